"""The TextMate grammar colours a policy as the parser reads it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from agentowners import PolicyError, Source, load_policy
from agentowners.cases.model import FILE_NAMES
from agentowners.policy.builtin import POLICY_NAMES
from agentowners.policy.model import Default, Rule

ROOT = Path(__file__).resolve().parents[2]
EXTENSION = ROOT / "editors/vscode"
GRAMMAR = EXTENSION / "syntaxes/agentowners.tmLanguage.json"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules/vscode-textmate").is_dir(),
    reason="needs node and `npm ci`, as `make lint` does",
)


def tokens(text: str) -> list[list[tuple[str, str]]]:
    """Tokens of each line with their innermost scope, blanks left out."""
    command = ["node", str(ROOT / "tests/editors/tokenize.cjs"), str(GRAMMAR)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    lines: list[list[tuple[str, list[str]]]] = json.loads(done.stdout)
    return [
        [(part, scopes[-1].removesuffix(".agentowners") if scopes else "") for part, scopes in line if part.strip()]
        for line in lines
    ]


def decisions(text: str) -> list[str]:
    """The decision of each line as it is coloured."""
    return [part for line in tokens(text) for part, scope in line if scope.startswith("keyword.other.decision")]


def test_every_part_of_a_rule_has_its_colour() -> None:
    (line,) = tokens(r"/a\ b/*.p[yc] !refs/heads/main @agents !@copilot require_approval(2) @acme/sre actions=file_write # why")
    assert line == [
        ("/a", "string.unquoted.pattern"),
        ("\\ ", "constant.character.escape"),
        ("b/", "string.unquoted.pattern"),
        ("*", "keyword.operator.wildcard"),
        (".p", "string.unquoted.pattern"),
        ("[yc]", "constant.character.character-class"),
        ("!", "keyword.operator.negation"),
        ("refs/", "support.type.ref"),
        ("heads/main", "string.unquoted.pattern"),
        ("@agents", "entity.name.tag.principal"),
        ("!", "keyword.operator.negation"),
        ("@copilot", "entity.name.tag.principal"),
        ("require_approval", "keyword.other.decision.require-approval"),
        ("(", "punctuation.section.parens.begin"),
        ("2", "constant.numeric"),
        (")", "punctuation.section.parens.end"),
        ("@acme/sre", "entity.name.tag.principal"),
        ("actions", "entity.other.attribute-name"),
        ("=", "keyword.operator.assignment"),
        ("file_write", "string.unquoted"),
        ("# why", "comment.line.number-sign"),
    ]


@pytest.mark.parametrize("word", ["default", "mode", "unprotect", "agent", "approvals", "dispatch", "assert"])
def test_a_directive_is_one_only_at_the_beginning(word: str) -> None:
    first, second = tokens(f"{word} @x\n/{word} {word} @x block")
    assert first[0] == (word, "keyword.control.directive")
    assert "keyword.control.directive" not in dict(second).values()


def test_a_file_may_be_called_by_a_decision_or_hold_a_hash() -> None:
    assert decisions("block allow @agents require_approval\na#b \\#c @x allow") == ["require_approval", "allow"]
    assert not [part for line in tokens("a#b \\#c @x allow") for part, scope in line if scope.startswith("comment")]


def test_what_parses_is_coloured_as_it_is_read() -> None:
    parsed = 0
    for path in (ROOT / ".github/AGENTOWNERS", *sorted((ROOT / "tests/fuzz/corpus/lines").iterdir())):
        content = path.read_bytes()
        try:
            (layer, *_) = load_policy([Source("AGENTOWNERS", content)]).layers
        except PolicyError:
            continue
        parsed += 1
        lines = re.split(r"\r?\n", content.decode("utf-8-sig"))
        statements: list[Rule | Default] = [*layer.rules, *layer.defaults]
        read = sorted((each.span.line, each.outcome.decision.value) for each in statements if each.span)
        coloured = [
            (number, part)
            for number, line in enumerate(tokens("\n".join(lines)), 1)
            for part, scope in line
            if scope.startswith("keyword.other.decision") and not lines[number - 1].lstrip().startswith("assert")
        ]
        assert coloured == read, path
    assert parsed >= 5


def test_the_extension_names_what_there_is() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    (language,) = manifest["contributes"]["languages"]
    (grammar,) = manifest["contributes"]["grammars"]
    assert language["filenames"] == ["AGENTOWNERS"]
    assert (EXTENSION / language["configuration"]).is_file()
    assert (EXTENSION / grammar["path"]).resolve() == GRAMMAR
    assert grammar["scopeName"] == json.loads(GRAMMAR.read_text("utf-8"))["scopeName"]


def test_the_schema_store_gets_schemas_that_there_are_and_names_that_are_read() -> None:
    entries = json.loads((ROOT / "editors/schemastore.json").read_text("utf-8"))
    named = {name.rpartition("/")[2] for name in (*POLICY_NAMES, *FILE_NAMES)}
    for entry in entries:
        schema = ROOT / "src/agentowners/schemas" / entry["url"].rpartition("/")[2]
        assert json.loads(schema.read_text("utf-8"))["$schema"] == "http://json-schema.org/draft-07/schema#"
        assert entry["url"].startswith(
            "https://raw.githubusercontent.com/agentowners/agentowners-action/v1/src/agentowners/schemas/"
        )
        assert {pattern.rpartition("/")[2] for pattern in entry["fileMatch"]} <= named
