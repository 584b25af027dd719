"""Every table of the documentation: what it says of a policy is judged, what it lists is compared with the code."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, Final

import pytest
import yaml
from msgspec.structs import replace

from agentowners.action.events import _READERS
from agentowners.action.failure import no_verdict
from agentowners.action.inputs import FailJob
from agentowners.action.run import exit_code
from agentowners.audit import events
from agentowners.cases import parts, reader
from agentowners.change.model import (
    Account,
    AccountType,
    Change,
    Evidence,
    FileChange,
    Kind,
    Review,
    ReviewState,
    Signal,
    Status,
    Strength,
)
from agentowners.checkup.findings import Question
from agentowners.cli import test as cli_test
from agentowners.cli.commands import COMMANDS
from agentowners.cli.help import overview
from agentowners.cli.shell import ExitCode
from agentowners.diagnostics import PolicyError
from agentowners.engine.facts import Known, Need, PermissionOf, Reply, Requesters
from agentowners.engine.settle import inquire
from agentowners.engine.verdict import Verdict
from agentowners.github.app import WANTED
from agentowners.policy import egress, yaml_rules
from agentowners.policy.builtin import POLICY_NAMES, builtin
from agentowners.policy.draft import MAX_RULES
from agentowners.policy.model import MAX_APPROVALS, Decision, EffectiveApprovals, Mode, Permission, Policy
from agentowners.policy.patterns import MAX_NAME, MAX_PATTERN_BYTES
from agentowners.policy.words import ACTIONS, AT_CALL, BY_COMMENT, DECISIONS, OPAQUE, PERMISSIONS
from agentowners.report.verdict.conclusion import Conclusion, Enforcement, conclude
from agentowners.text.source import MAX_BYTES
from agentowners.tokens.verify import Refused, verify
from tests.action import test_fall_back
from tests.docs import explaining, threats
from tests.docs.pages import ROOT, Page, Table, codes, user_pages
from tests.docs.policies import in_force, judge, load
from tests.schemas.policies import ONLY_THE_PARSER
from tests.tokens import issuing

_MANIFEST: Final = ROOT / ".pre-commit-hooks.yaml"
_JUDGED: Final = {"path", "branch", "action", "who", "decision", "the check says", "why", "mergeable"}


def check_decisions(page: Page, table: Table) -> None:
    """Each row is a change; the policy above the table decides as the row says."""
    policy = load(in_force(page, table.line))
    for cells in table.rows:
        row = dict(zip(table.header, cells, strict=True))
        path = " → ".join(codes(row["path"]))
        verdict = judge(
            policy,
            path,
            row["who"],
            (codes(row.get("branch", "")) or ["main"])[0],
            (codes(row.get("action", "")) or ["file_modify"])[0],
        )
        required = f"({verdict.approvals.required})" if verdict.decision is Decision.REQUIRE_APPROVAL else ""
        said = f"`{verdict.decision.value}{required}`" + (" (observed)" if verdict.observed_only else "")
        assert said == row["decision"], f"{table}: {cells}"
        if "the check says" in row:
            assert f"`{conclude(verdict).title}`" == row["the check says"], f"{table}: {cells}"


def check_patterns(page: Page, table: Table) -> None:
    """Each pattern, in a rule of its own, covers the one and not the other."""
    for pattern, covers, others in table.rows:
        (text,) = codes(pattern)
        policy = load({"POLICY": f"{text.replace('#', chr(92) + '#')} @agents block actions=file_create\n"})
        for cell, expected in ((covers, Decision.BLOCK), (others, Decision.ALLOW)):
            for path in codes(cell):
                # The built-in layer has its own view of some of these paths; only a block is the pattern's.
                decision = judge(policy, path, "`@agents`", action="file_create").decision
                assert (decision is Decision.BLOCK) == (expected is Decision.BLOCK), f"{table}: {text} and {path}"
    assert all(codes(row[1]) for row in table.rows)


def check_refs(page: Page, table: Table) -> None:
    """The same for refs."""
    for pattern, covers, others in table.rows:
        policy = load({"POLICY": f"{codes(pattern)[0]} @agents block\n"})
        for cell, expected in ((covers, Decision.BLOCK), (others, Decision.ALLOW)):
            for ref in codes(cell):
                assert judge(policy, "a", "`@agents`", ref=ref).decision is expected, f"{table}: {pattern} and {ref}"


def check_builtin(page: Page, table: Table) -> None:
    """Every built-in rule, with its patterns."""
    rules = builtin(()).rules
    assert [codes(row[0])[0] for row in table.rows] == [rule.id for rule in rules]
    for row, rule in list(zip(table.rows, rules, strict=True))[1:]:
        assert codes(" ".join(row[1:])) == [pattern.text for pattern in rule.patterns]


def check_egress(page: Page, table: Table) -> None:
    listed = [pattern for row in table.rows for pattern in codes(row[1])]
    assert listed == [pattern.text for pattern in egress.EGRESS]


def check_places(page: Page, table: Table) -> None:
    assert [codes(row[0])[0] for row in table.rows] == list(POLICY_NAMES)
    for row in table.rows:
        assert row[1] == ("YAML" if codes(row[0])[0].endswith((".yml", ".yaml")) else "lines")


def check_settings(page: Page, table: Table) -> None:
    standard = EffectiveApprovals()
    assert {codes(row[0])[0] for row in table.rows} == set(EffectiveApprovals.__annotations__)
    for name, value, values, _ in table.rows:
        held = getattr(standard, codes(name)[0])
        assert codes(value) == [str(held).lower() if isinstance(held, bool) else held.value]
        words = PERMISSIONS if isinstance(held, Permission) else BY_COMMENT
        assert codes(values) == (["true", "false"] if isinstance(held, bool) else list(words))


def first_column(expected: Callable[[], Iterable[str]]) -> Callable[[Page, Table], None]:
    """A check that the first column lists exactly these."""

    def check(page: Page, table: Table) -> None:
        listed = [code for row in table.rows for code in codes(row[0])]
        wanted = list(expected())
        assert listed == wanted, f"{table}: lists {listed}, and there are {wanted}"

    return check


def first_cells(expected: Callable[[], Iterable[str]]) -> Callable[[Page, Table], None]:
    """A check that the cells of the first column are exactly these."""
    return lambda _, table: _same([row[0] for row in table.rows], list(expected()))


def check_inputs(page: Page, table: Table) -> None:
    """The Action's inputs and what they are if nobody sets them, as ``action.yml`` has them."""
    declared = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    assert [codes(row[0])[0] for row in table.rows] == list(declared)
    for row in table.rows:
        default = str(declared[codes(row[0])[0]]["default"])
        assert codes(row[1]) == ([default] if default else []), f"{table}: {row[0]}"


def _outputs() -> Iterable[str]:
    return list(yaml.safe_load((ROOT / "action.yml").read_text())["outputs"])


def check_exit_codes(page: Page, table: Table) -> None:
    """Every exit code that ``--help`` names, in its words' order."""
    promised = re.findall(r"([0-9]) ", overview().partition("exit codes:")[2])
    assert [codes(row[0])[0] for row in table.rows] == promised
    assert {int(code) for code in promised} | {ExitCode.INTERRUPTED} >= set(ExitCode)


def check_results(page: Page, table: Table) -> None:
    """Whether the job fails, for each conclusion and each value of ``fail-job``."""
    assert table.header[1:] == tuple(f"`{value.value}`" for value in FailJob)
    for first, *cells in table.rows:
        conclusion = Conclusion(codes(first)[0])
        board = SimpleNamespace(run=None if "may not write" in first else object())
        for value, cell in zip(FailJob, cells, strict=True):
            publisher: Any = SimpleNamespace(
                errors=[],
                published=[SimpleNamespace(board=board)],
                conclusion=lambda _, said=conclusion: said,
                inputs=SimpleNamespace(fail_job=value),
            )
            assert cell == ("fails" if exit_code(publisher) else "passes"), f"{table}: {first}, {value}"
    assert {codes(row[0])[0] for row in table.rows} == {conclusion.value for conclusion in Conclusion}


def check_conclusions(page: Page, table: Table) -> None:
    """What a check run says of each kind of outcome."""
    asks, blocks = load({"P": "* @agents require_approval\n"}), load({"P": "* @agents block\n"})
    outcomes = [
        conclude(judge(load({"P": ""}), "a", "`@copilot`")),
        conclude(_approved(asks)),
        conclude(judge(asks, "a", "`@copilot`")),
        conclude(replace(judge(load({"P": ""}), "a", "`@copilot`"), conflict=True)),
        conclude(judge(blocks, "a", "`@copilot`")),
        conclude(judge(blocks, "a", "`@copilot`"), Enforcement.EVALUATE),
        conclude(judge(load({}), "a", "`@copilot`")),
        conclude(no_verdict(_policy_error())),
    ]
    assert [row[1:] for row in table.rows] == [(f"`{said.conclusion.value}`", f"`{said.title}`") for said in outcomes]


def _approved(policy: Policy) -> Verdict:
    """The verdict on a change of Copilot's that somebody with write permission approved."""
    reviewer = Account("octocat", 583231, AccountType.USER)
    change = Change(
        ref="refs/heads/main",
        files=(FileChange("a", Status.MODIFIED, None, Kind.FILE, Kind.FILE),),
        evidence=(Evidence(Signal.DECLARED, Strength.VERIFIED, name="copilot"),),
        reviews=(Review(1, reviewer, ReviewState.APPROVED, "1" * 40),),
        head="1" * 40,
    )
    answers: dict[Need, Reply] = {PermissionOf(reviewer): Known(Permission.WRITE), Requesters(): Known(())}
    return inquire(policy, change, answers.__getitem__)


def _policy_error() -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load({"P": "nonsense\n"})
    return caught.value


def check_limits(page: Page, table: Table) -> None:
    """Every number is the one in force."""
    limits = {
        "a policy file": f"{MAX_BYTES // 1024 // 1024} MiB",
        "rules in a file": f"{MAX_RULES:,}, and as many statements beside them",
        "a pattern": f"{MAX_PATTERN_BYTES:,} bytes",
        "a name": f"{MAX_NAME} characters",
        "approvals that one rule asks for": f"{MAX_APPROVALS}",
    }
    assert {row[0]: row[1] for row in table.rows} == limits


def _warnings() -> list[str]:
    """The ids of all warnings about a policy, as the code has them."""
    found = []
    for file in ("policy/warnings.py", "engine/warnings.py"):
        text = (ROOT / "src/agentowners" / file).read_text(encoding="utf-8")
        found += re.findall(r'(?:Diagnostic\(\s*|for id, fault in \(\(|\), \()"([a-z]+-[a-z-]+)",', text)
    return found


def check_rooms(page: Page, table: Table) -> None:
    """Every room of the product has its row, and nothing else has."""
    there = {f"{path.name}/" for path in (ROOT / "src/agentowners").iterdir() if (path / "__init__.py").exists()}
    there |= {path.name for path in (ROOT / "src/agentowners").glob("*.py") if not path.name.startswith("__")}
    assert {codes(row[0])[0] for row in table.rows} == there


def check_permissions(page: Page, table: Table) -> None:
    """The scopes that are not optional are those that the reusable workflow takes."""
    gate = yaml.safe_load((ROOT / ".github/workflows/agentowners.yml").read_text())["jobs"]["gate"]["permissions"]
    listed = {codes(row[0])[0]: codes(row[1])[0] for row in table.rows if "optional" not in row[1]}
    assert listed == gate


def check_scopes(page: Page, table: Table) -> None:
    """The scopes are those that an App's token is asked for; tests/action/test_permissions.py takes each away in turn."""
    highest = dict(codes(row[0])[0].replace("-", "_").split(": ") for row in table.rows)  # read stands before write
    assert highest == {"metadata": "read", **WANTED}


def _told_permissions() -> Iterable[str]:
    """What a token may lack, as ``doctor`` names it."""
    rooms = [ROOT / "src/agentowners/github" / f"{name}.py" for name in ("settings", "protection", "examination")]
    return sorted({one for room in rooms for one in re.findall(r'"((?:[a-z]+ )?[a-z]+: (?:read|write))[",]', room.read_text())})


def check_claims(page: Page, table: Table) -> None:
    """A claim of the wrong type is refused by its name; so is one that is not there, where it has to be."""
    github = replace(issuing.EXPECTED, by_github=True)
    for row in table.rows:
        for claim in codes(row[0]):
            wrong = "pull_request_target" if claim == "event_name" else [[]]
            refused = verify(issuing.token(issuing.but(**{claim: wrong})), issuing.issuer_keys(), github, issuing.NOW)
            assert isinstance(refused, Refused), f"{table}: {claim}"
            assert (wrong if isinstance(wrong, str) else f"`{claim}`") in refused.why, f"{table}: {claim}"
            without = verify(issuing.token(issuing.but(**{claim: None})), issuing.issuer_keys(), github, issuing.NOW)
            assert isinstance(without, Refused) is (claim not in ("nbf", "event_name")), f"{table}: {claim}"


def _same_pairs(written: list[tuple[str, str]], there: list[tuple[str, str]]) -> None:
    assert written == there


def check_least(page: Page, table: Table) -> None:
    """What is asked of a GitHub App is what the App's token is made with, and what each scope's own test takes away."""
    asked = {"read": "read", "write": "write", "none": None}
    for row in table.rows:
        name = row[0].replace(" ", "_").replace("commit_statuses", "statuses")
        assert WANTED.get(name) == asked[row[2].partition(",")[0]], f"{table}: {row[0]}"


def check_ocsf(page: Page, table: Table) -> None:
    """Each conclusion has the numbers that the events have."""
    rows = {codes(row[0])[0]: tuple(map(int, row[1:])) for row in table.rows}
    mapped = (events._COMPLIANCE, events._ACTION, events._DISPOSITION)
    assert rows == {one.value: tuple(numbers[one.value] for numbers in mapped) for one in Conclusion}


CHECKS: Final[dict[tuple[str, ...], Callable[[Page, Table], None]]] = {
    ("setting", "value", "meaning"): lambda page, table: _same_pairs(
        [(codes(row[0])[0], codes(row[1])[0]) for row in table.rows],
        [*(("opaque", value) for value in OPAQUE), *(("at_call", value) for value in sorted(AT_CALL))],
    ),
    ("pattern", "covers", "does not cover"): check_patterns,
    ("ref pattern", "covers", "does not cover"): check_refs,
    ("rule", "paths"): check_builtin,
    ("kind", "patterns"): check_egress,
    ("file", "syntax"): check_places,
    ("setting", "standard", "values", "stricter is"): check_settings,
    ("input", "default", "meaning"): check_inputs,
    ("output", "meaning"): first_column(_outputs),
    threats.HEADER: threats.check_threats,
    ("scope", "requests", "without it"): check_scopes,
    ("what happens", "in the supported wiring", "in the fall-back"): first_cells(lambda: test_fall_back.ROWS),
    ("what", "limit"): check_limits,
    ("scope of a GitHub App", "there", "here", "what would be lost without it"): check_least,
    ("claim", "what it has to be"): check_claims,
    ("conclusion", "`compliance.status_id`", "`action_id`", "`disposition_id`"): check_ocsf,
    ("warning", "what it is about"): first_column(_warnings),
    ("key of a rule", "what it holds", "without it"): lambda page, table: _same(
        sorted(codes(row[0])[0] for row in table.rows), sorted(yaml_rules.RULE_KEYS)
    ),
    ("room", "what is in it", "may import"): check_rooms,
    ("mode", "on a pull request", "at a push", "on the agent's machine"): first_column(lambda: [mode.value for mode in Mode]),
    ("code", "meaning"): check_exit_codes,
    ("key of a test case", "what it holds", "without it"): first_column(lambda: reader.CASE_KEYS),
    ("key of a path", "what it holds", "without it"): first_column(lambda: parts.PATH_KEYS),
    ("key of the file", "what it holds", "without it"): first_column(lambda: reader.FILE_KEYS),
    ("field of a test report", "meaning"): first_column(lambda: _schema("test-1")["properties"]),
    ("exit code", "of `agentowners test`"): lambda page, table: _same(
        [codes(row[0])[0] for row in table.rows], re.findall(r"([0-9]) [a-z]", cli_test._EPILOG.partition("exit codes:")[2])
    ),
    ("field of the explanation", "what it holds"): first_column(explaining.fields),
    ("in front", "what became of the rule or default"): lambda page, table: _same(
        sorted(codes(row[0])[0] for row in table.rows), explaining.marks()
    ),
    ("question", "what it asks", "strong where"): first_column(lambda: [question.value for question in Question]),
    ("permission", "what it tells"): first_column(_told_permissions),
    ("field of a finding", "what it holds"): first_column(lambda: _schema("doctor-1")["$defs"]["answer"]["properties"]),
    ("", "command"): lambda page, table: _same(
        [code.split()[1] for row in table.rows for code in codes(row[1]) if code.split()[1] not in COMMANDS], []
    ),
    ("command", "what it is for", "the policy is read from"): first_column(lambda: COMMANDS),
    ("found by AGENTOWNERS alone", "why"): lambda page, table: _same(
        sorted(code for row in table.rows for code in codes(row[0])), sorted(ONLY_THE_PARSER)
    ),
    ("hook", "what it does", "runs"): first_column(lambda: [hook["id"] for hook in yaml.safe_load(_MANIFEST.read_bytes())]),
    ("the check run concludes", "`auto`", "`always`", "`never`"): check_results,
    ("verdict", "conclusion", "title"): check_conclusions,
    ("scope", "level", "why"): check_permissions,
    ("event", "what is judged"): first_column(lambda: _READERS),
    ("action", "when"): first_column(lambda: _order(ACTIONS)),
    ("mode", "what the principal may do"): first_column(lambda: [mode.value for mode in Mode]),
    ("decision", "meaning"): lambda page, table: _same(
        [re.sub(r"\(N\)", "", codes(row[0])[0]) for row in table.rows], list(DECISIONS)
    ),
}
"""Tables that are compared with the code, by their header."""

PROSE: Final[frozenset[tuple[str, ...]]] = frozenset(
    {
        # written by tests.docs.clients, and compared with it
        ("client", "writes files", "reads files", "runs commands", "calls servers' tools", "uses the network"),
        ("where", "writes files", "reads files", "runs commands", "calls servers' tools", "uses the network"),
        ("what an agent does", "what holds", "why"),
        # compared by tests.docs.test_proposals
        ("faked", "what comes of it"),
        ("state", "means"),
        ("", "AGENTOWNERS", "CODEOWNERS", "rulesets", "policy-bot"),
        ("", "gitignore", "CODEOWNERS", "AGENTOWNERS"),
        ("part", "what it is"),
        ("", "own module, and dataclasses", "`msgspec.Struct`", "`dataclass(frozen=True, slots=True)` alone"),  # measured once
        ("key", "what it holds"),
        ("name", "meaning", "example"),
        ("group", "who is in it"),
        ("strength", "what", "what it can do"),
        ("condition", "setting that changes it"),
        ("instead of", "write"),
        ("attribute (lines)", "key (YAML)", "matches", "strength"),
        ("means", "what it takes", "what is left"),
    }
)
"""Tables for people alone: nothing in them is a decision, a list of the code's, or a number."""


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"src/agentowners/schemas/{name}.schema.json").read_text())
    return found


def _order(actions: Iterable[str]) -> list[str]:
    writes = ["file_create", "file_modify", "file_delete", "file_rename", "file_write", "file_read", "shell_execute"]
    assert set(writes) == set(actions)
    return writes


def _same(listed: list[str], wanted: list[str]) -> None:
    assert listed == wanted


TABLES = [(page, table) for page in user_pages() for table in page.tables]


@pytest.mark.parametrize(("page", "table"), [pytest.param(p, t, id=str(t)) for p, t in TABLES])
def test_what_a_table_says_is_so(page: Page, table: Table) -> None:
    if set(table.header) <= _JUDGED and {"path", "who", "decision"} <= set(table.header):
        check_decisions(page, table)
    elif table.header in CHECKS:
        CHECKS[table.header](page, table)
    else:
        assert table.header in PROSE, f"{table}: no check knows a table of {table.header}"


def test_every_check_has_a_table() -> None:
    headers = {table.header for _, table in TABLES}
    assert set(CHECKS) <= headers
    assert headers >= PROSE
