"""Maps in every format; a page holds nothing that a browser would take for more than text."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentowners.change.model import Kind
from agentowners.cli.formats import assets
from agentowners.cli.offline import answer
from agentowners.diagnostics import Source
from agentowners.map.draw import draw
from agentowners.map.model import Standpoint
from agentowners.report.map.html import map_html
from agentowners.report.map.json import map_json
from agentowners.report.map.report import MapReport
from agentowners.report.map.text import map_text
from agentowners.report.page.frame import Assets
from tests.docs.pages import ROOT
from tests.engine.build import policy
from tests.examples import examples
from tests.report.strategies import names

MAIN = "refs/heads/main"
POLICY = (
    "/security/ @agents block  # keys\n/infra/ @agents require_approval(2) @acme/sre\npackage.json @agents require_approval\n"
)
OTHER = "/infra/ @agents require_approval @acme/sre\n/src/ refs/heads/release @copilot block\n"
FILES = ["README.md", "infra/a.tf", "infra/b/c.tf", "package.json", "security/k.py", "src/a.py", "src/api/b.py"]
VALIDATOR = Draft202012Validator(json.loads((ROOT / "src/agentowners/schemas/map-1.schema.json").read_text()))
WHO = [Standpoint(who, ref) for ref in (MAIN, "refs/heads/release") for who in ("@agents", "@copilot")]


def report(files: list[str], *, compare: bool = True) -> MapReport:
    other = policy(OTHER) if compare else None
    found = draw(dict.fromkeys(files, Kind.FILE), policy(POLICY), WHO, answer, other=other)
    source = Source("AGENTOWNERS", POLICY.encode())
    return MapReport(found, (source,), (source,) if compare else None, "old" if compare else None, "acme/shop")


def test_text() -> None:
    assert (
        map_text(report(FILES, compare=False), trees=False)
        == """\
What may be done: change any of 7 files

blocked  approval  allowed  who, and on which branch
      1         3        3  @agents, @copilot on refs/heads/main, refs/heads/release

@agents, @copilot on refs/heads/main, refs/heads/release
blocked  approval  allowed  folder
      1         3        3  /
      -         1        1    (files of this folder)
      -         2        -    infra/  <- AGENTOWNERS:2: /infra/ @agents require_approval(2) @acme/sre
      1         -        -    security/  <- AGENTOWNERS:1: /security/ @agents block
      -         -        2    src/
"""
    )


def test_text_of_a_comparison_says_what_differs_for_everybody() -> None:
    said = map_text(report(FILES))
    assert "looser  stricter  other  who, and on which branch" in said
    assert said.count("looser  stricter  other  folder") == 2
    (line,) = [line for line in said.splitlines() if line.endswith("  @copilot on refs/heads/release")]
    assert line.split()[:6] == ["1", "3", "3", "2", "4", "-"]


@pytest.mark.parametrize("compare", [True, False])
def test_json_is_as_its_schema_says(compare: bool) -> None:
    document = json.loads("".join(map_json(report([*FILES, "src/\udcff"], compare=compare))))
    VALIDATOR.validate(document)
    assert document["files"][-1]["path"] == "src/\udcff"
    copilot = next(each for each in document["standpoints"] if each["principal"] == "@copilot" and each["ref"] != MAIN)
    by_path = {file["path"]: document["shades"][copilot["shades"][file["class"]]]["decision"] for file in document["files"]}
    assert by_path["security/k.py"] == "block"
    assert by_path["src/a.py"] == "allow"
    root = document["folders"][0]
    assert (root["path"], root["counts"][0]["block"]) == ("/", 1)


class _Elements(HTMLParser):
    """Every tag of a page with its attributes, and what stands in its scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] in self.inside:
            self.inside[self.tags[-1][0]].append(data)


def elements(page: str) -> _Elements:
    parser = _Elements()
    parser.feed(page)
    return parser


def test_a_page_asks_for_nothing_and_lets_no_script_run_but_its_own() -> None:
    page = "".join(map_html(report(FILES), assets("map")))
    found = elements(page)
    (policy_tag,) = [attributes for tag, attributes in found.tags if attributes.get("http-equiv") == "Content-Security-Policy"]
    said = policy_tag["content"] or ""
    style, script = assets("map").style, assets("map").script
    digests = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (style, script)]
    assert said.split("; ") == [
        "default-src 'none'",
        f"style-src {digests[0]}",
        f"script-src {digests[1]}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not [attributes for _, attributes in found.tags if {"src", "href", "style", "onload"} & set(attributes)]
    assert not re.search(r"https?://|innerHTML|insertAdjacent|document\.write|eval\(|setAttribute\(\"style", page)


@given(st.lists(names.filter(lambda name: "/" not in name and "\0" not in name), min_size=1, max_size=6, unique=True))
@examples(10)
def test_names_that_are_more_than_text_stay_text(hostile: list[str]) -> None:
    made = MapReport(report([f"src/{name}" for name in hostile]).chart, (), None, hostile[0], hostile[-1])
    page = "".join(map_html(made, assets("map")))
    plain = elements("".join(map_html(report(["src/a"]), assets("map"))))
    assert [tag for tag, _ in elements(page).tags if tag not in ("code",)] == [t for t, _ in plain.tags if t not in ("code",)]
    assert not set(page) & set("\u202e\u2066\u200b\ufeff\u2028\u2029\x1b\x00")
    page.encode()
    (data, _) = (text for text in elements(page).inside["script"] if text.strip())
    tree = json.loads(data)["tree"].split("\n")
    assert len([token for token in tree if not token.endswith("/")]) == len(hostile)


def test_a_script_that_would_end_its_element_is_refused() -> None:
    with pytest.raises(ValueError, match="end its element"):
        Assets("", "a = '</script>'")
