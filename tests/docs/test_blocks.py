"""Every fenced block of the documentation is what its info string says: no block is exempt."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from agentowners.cases.model import FILE_NAMES
from agentowners.diagnostics import PolicyError, Severity
from agentowners.policy.builtin import POLICY_NAMES, protected_patterns
from agentowners.policy.modes import expand
from tests.docs import consoles, doctoring, sessions
from tests.docs.other_tools import check_cases, check_edit, check_github, check_hooks, check_settings, check_shell
from tests.docs.pages import ROOT, Block, Page, pages, user_pages
from tests.docs.policies import load, name
from tests.schemas.policies import PATH, SCHEMA

ACTION: Final = "agentowners/agentowners-action@v1"
REUSABLE: Final = "agentowners/agentowners-action/.github/workflows/agentowners.yml@v1"
IN_ENVIRONMENT: Final = "agentowners/agentowners-action/.github/workflows/agentowners-audit.yml@v1"
CHECKOUT: Final = "actions/checkout@v6"
GRANTS: Final = {"contents": "read", "pull-requests": "write", "checks": "write"}
TRUSTED: Final = {"pull_request_target", "merge_group", "workflow_run", "push", "schedule", "workflow_dispatch", "workflow_call"}
_RULESET: Final = {"name", "target", "enforcement", "bypass_actors", "conditions", "rules"}


def check_policy(page: Page, block: Block, tmp: Path) -> None:
    """A policy loads without an error and, unless it is about one, without a warning; in its other syntax it is the same."""
    if "invalid" in block.words:
        with pytest.raises(PolicyError):
            load({name(block): block.text})
        return
    policy = load({name(block): block.text})
    warned = {d.id for d in policy.diagnostics if d.severity is Severity.WARNING}
    assert warned == set(block.attributes.get("warns", "").split()), f"{block}: {warned}"
    if "same" in block.words:
        other = _before(page, block)
        assert policy.layers[0] == load({name(other): other.text}).layers[0], f"{block} is not the policy of {other}"
    if "compiled" in block.words:
        mode = _before(page, block)
        layer = load({name(mode): mode.text}).layers[0]
        assert expand(layer, protected_patterns([name(mode)])) == policy.layers[0].rules, (
            f"{block} is not what {mode} compiles to"
        )


def check_workflow(page: Page, block: Block, tmp: Path) -> None:
    """A workflow is valid, takes its events from the default branch unless it says otherwise, and is granted what it needs."""
    workflow = _workflow(block)
    file = tmp / "workflow.yml"
    file.write_text(yaml.safe_dump({"on" if key is True else key: value for key, value in workflow.items()}))
    schema = ["--builtin-schema", "vendor.github-workflows"]
    done = CliRunner().invoke(check_jsonschema, [*schema, str(file)])
    assert done.exit_code == 0, f"{block}: {done.output}"
    assert workflow["permissions"] == {}, f"{block}: begins without any permission"
    declared = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
    named = {uses: Path(uses.partition("@")[0]).name for uses in (REUSABLE, IN_ENVIRONMENT)}
    calls = {
        uses: yaml.safe_load((ROOT / ".github/workflows" / file).read_text())[True]["workflow_call"]
        for uses, file in named.items()
    }
    for job in workflow["jobs"].values():
        steps = [job, *job.get("steps", [])]
        gates = [step for step in steps if str(step.get("uses", "")).startswith("agentowners/")]
        for gate in gates:
            assert gate["uses"] in (ACTION, *calls), f"{block}: {gate['uses']}"
            called = calls.get(gate["uses"], {"inputs": declared, "secrets": {}})
            assert set(gate.get("with", {})) <= set(called["inputs"]), f"{block}: an input that there is not"
            assert set(gate.get("secrets", {})) <= set(called["secrets"])
        if gates:
            # whoever knows a group's name can cancel what waits in it
            assert "concurrency" not in workflow | job, f"{block}: a concurrency group"
        allowed = set(block.attributes.get("also", "").split())
        if gates:
            granted = job["permissions"]
            own = any("app-id" in gate.get("with", {}) for gate in gates)
            assert own <= ("environment" in job), f"{block}: the App's key has to be an environment's"
            needed = {} if own else GRANTS
            assert {k: v for k, v in granted.items() if k not in allowed} == needed, f"{block}: {granted}"
            events = set(workflow[True])
            assert events <= TRUSTED or "fall-back" in block.words, f"{block}: {events}"
        else:
            used = [step["uses"] for step in job.get("steps", []) if "uses" in step]
            reads = "checkout" in block.words
            assert job.get("permissions", {}) == ({"contents": "read"} if reads else {})
            assert used == ([CHECKOUT] if reads else []), f"{block}: {used}"


def _workflow(block: Block) -> dict[Any, Any]:
    """The workflow, or the one that a job or some steps would stand in."""
    parsed = yaml.safe_load(block.text)
    if block.title == "jobs":
        return {"name": "x", True: {"merge_group": None}, "permissions": {}, "jobs": parsed["jobs"]}
    if block.title == "steps":
        job = {"runs-on": "ubuntu-latest", "permissions": _granted(block), "steps": parsed["steps"]}
        return {"name": "x", True: {"merge_group": None}, "permissions": {}, "jobs": {"gate": job}}
    assert block.title.startswith(".github/workflows/"), f"{block}: no check knows `{block.title}`"
    assert isinstance(parsed, dict)
    return parsed


def _granted(block: Block) -> dict[str, str]:
    return GRANTS | dict.fromkeys(block.attributes.get("also", "").split(), "write")


def check_yaml(page: Page, block: Block, tmp: Path) -> None:
    if block.title in FILE_NAMES:
        check_cases(page, block)
        return
    if block.title == ".pre-commit-config.yaml":
        check_hooks(block, tmp)
        return
    (check_policy if name(block) in POLICY_NAMES and not block.title.startswith(".github/w") else check_workflow)(
        page, block, tmp
    )


def check_console(page: Page, block: Block, tmp: Path) -> None:
    """A session prints today what it shows."""
    shown = sessions.commands(block)
    for (command, wanted), (_, printed) in zip(shown, consoles.today(page, block, tmp / "shop"), strict=True):
        assert printed == wanted, f"{block}: $ {command}\nprints\n{printed}"


def check_sh(page: Page, block: Block, tmp: Path) -> None:
    """A script is one that a shell can read, and that a test elsewhere runs; anything else is for `make`."""
    if block.title:
        done = subprocess.run(["sh", "-n"], input=block.text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), str(block)
        assert tried_elsewhere(block), f"{block}: no test"
        return
    check_make(page, block, tmp)


def tried_elsewhere(block: Block) -> bool:
    """Whether a test of another room takes the block by its title."""
    return any(
        f'"{block.title}"' in path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path.parent.name != "docs"
    )


def check_make(page: Page, block: Block, tmp: Path) -> None:
    """Each line is a target of the Makefile, and CI runs it (these tests cannot: they are what `make test` runs)."""
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    ci = (ROOT / ".github/workflows/ci.yml").read_text() + (ROOT / ".ci/run").read_text()
    for line in block.text.splitlines():
        command = line.partition("#")[0].strip()
        tool, _, target = command.partition(" ")
        assert (tool, target in targets) == ("make", True), f"{block}: {line}"
        assert command in ci, f"{block}: nothing in CI runs `{command}`"


def check_json(page: Page, block: Block, tmp: Path) -> None:
    """A ruleset is one that GitHub takes; a verdict is one of ours."""
    found = json.loads(block.text)
    if block.title == "ruleset.json":
        assert set(found) == _RULESET
        components = json.loads((ROOT / "tests/data/openapi/api.github.com.json").read_text())["components"]
        schema = {"$ref": "#/components/schemas/repository-rule-required-status-checks", "components": components}
        for rule in found["rules"]:
            assert rule["type"] == "required_status_checks"
            jsonschema.validate(rule, schema)
        check = found["rules"][0]["parameters"]["required_status_checks"]
        app = int(block.attributes.get("app", "15368"))
        assert check == [{"context": check[0]["context"], "integration_id": app}]
        return
    if block.title == ".vscode/settings.json":
        check_settings(found)
        return
    if block.title != "verdict.json":
        assert tried_elsewhere(block), f"{block}: no check knows `{block.title}`"
        return
    schema = json.loads((ROOT / "src/agentowners/schemas/verdict-1.schema.json").read_text())
    jsonschema.validate(found, schema)
    printed = consoles.document(page, block, tmp / "shop")
    assert json.loads(printed) == found, f"{block}: is now\n{printed}"


def check_python(page: Page, block: Block, tmp: Path) -> None:
    """A program runs; the lines of its output stand after it as comments that begin with `#>`."""
    wanted = "".join(f"{line.removeprefix('#> ')}\n" for line in block.text.splitlines() if line.startswith("#>"))
    done = subprocess.run([sys.executable, "-c", block.text], capture_output=True, text=True, cwd=tmp, check=False)
    assert (done.stderr, done.stdout) == ("", wanted), str(block)


def check_text(page: Page, block: Block, tmp: Path) -> None:
    (check_github if "github" in block.attributes else check_rooms)(page, block, tmp)


def check_rooms(page: Page, block: Block, tmp: Path) -> None:
    """Everything named with a slash at its end, or with a file's ending, is there."""
    for word in re.findall(r"[a-z_]+(?:/|\.py)", block.text):
        assert list((ROOT / "src/agentowners").rglob(word.rstrip("/"))), f"{block}: there is no {word}"


CHECKS: Final[dict[str, Callable[[Page, Block, Path], None]]] = {
    "agentowners": check_policy,
    "": check_policy,
    "yaml": check_yaml,
    "console": check_console,
    "sh": check_sh,
    "json": check_json,
    "python": check_python,
    "text": check_text,
    "markdown": check_github,
    "diff": check_edit,
    "bash": check_shell,
    "zsh": check_shell,
    "fish": check_shell,
}
WORDS: Final = {
    doctoring.WORD,
    "invalid",
    "same",
    "mode",
    "compiled",
    "indented",
    "fall-back",
    "make",
    "rooms",
    "broken",
    "checkout",
    "no-policy",
}
ATTRIBUTES: Final = {"title", "warns", "made-by", "also", "github", "app"}
BLOCKS = [(page, block) for page in user_pages() for block in page.blocks]


def _before(page: Page, block: Block) -> Block:
    return next(one for one, following in pairwise(page.blocks) if following is block)


@pytest.mark.parametrize(("page", "block"), [pytest.param(p, b, id=str(b)) for p, b in BLOCKS])
def test_a_block_is_what_it_says(page: Page, block: Block, tmp_path: Path) -> None:
    assert block.language in CHECKS, f"{block}: no check knows `{block.language}`"
    assert set(block.words) <= WORDS, f"{block}: {block.words}"
    assert set(block.attributes) <= ATTRIBUTES, f"{block}: {block.attributes}"
    CHECKS[block.language](page, block, tmp_path)


def test_policies_of_the_other_pages_load() -> None:
    shown = [
        block for page in pages() for block in page.blocks if block.language == "agentowners" or page.path == "docs/agents.md"
    ]
    assert shown
    for block in shown:
        if "invalid" not in block.words:
            load({name(block): block.text})


def test_the_gate_of_the_front_page_is_the_one_that_this_repository_uses() -> None:
    shown = {b.title: yaml.safe_load(b.text) for p, b in BLOCKS if p.path == "docs/set-up.md" and b.title.startswith(".github/w")}
    gate = yaml.safe_load((ROOT / ".github/workflows/gate.yml").read_text())
    signal = yaml.safe_load((ROOT / ".github/workflows/review-signal.yml").read_text())
    ours = shown[".github/workflows/agentowners.yml"]
    assert set(ours[True]) == set(gate[True]) - {"workflow_dispatch"}
    for event in ("pull_request_target", "workflow_run"):
        assert ours[True][event] == gate[True][event]
    assert ours["jobs"]["gate"]["permissions"] == gate["jobs"]["gate"]["permissions"]
    theirs = shown[".github/workflows/agentowners-review-signal.yml"]
    assert (theirs["name"], theirs[True]) == (signal["name"], signal[True])
    assert theirs["name"] in ours[True]["workflow_run"]["workflows"]


def test_the_line_that_names_a_schema_names_ours_as_it_calls_itself() -> None:
    mark = "# yaml-language-server: $schema="
    named = {line.removeprefix(mark) for _, block in BLOCKS for line in block.text.splitlines() if line.startswith(mark)}
    assert SCHEMA["$id"] in named
    for address in named:
        _, found, name = address.partition(
            f"https://raw.githubusercontent.com/{ACTION.replace('@', '/')}/src/agentowners/schemas/"
        )
        assert found, address
        assert json.loads((ROOT / PATH).with_name(name).read_text())["$id"] == address
