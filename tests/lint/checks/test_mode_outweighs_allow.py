from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "mode-outweighs-allow"


@pytest.mark.parametrize(
    ("mode", "pattern", "tip"),
    [
        ("read-only @ci-bot", "/a", "remove it, or the mode: `read-only` leaves nothing to write for @ci-bot"),
        ("workspace-write @ci-bot /src/", "/a", "put `/a` into the mode's workspace"),
        ("reviewed-egress @ci-bot /src/", "/a", "put `/a` into the mode's workspace"),
        (
            "reviewed-egress @ci-bot /src/",
            "/src/go.mod",
            "choose `approved-online`, and list `/src/go.mod` with what the mode approves",
        ),
        ("approved-online @ci-bot /Cargo.toml", "/go.mod", "list `/go.mod` with what the mode approves"),
    ],
)
def test_the_way_out_is_the_modes(mode: str, pattern: str, tip: str) -> None:
    found = findings(ID, subject(f"mode {mode}\n{pattern} @ci-bot allow\n"))
    name = mode.partition(" ")[0]
    assert said(found) == [
        f"2 `{pattern} @ci-bot allow`: this `allow` has no effect on a write: "
        f"mode `{name}` of line 1 is stricter wherever it matches"
    ]
    assert helps(found) == [tip]


def test_a_single_pattern() -> None:
    found = findings(ID, subject("mode workspace-write @claude /src/\n/src/lib/ /docs/ @claude allow\n"))
    assert said(found) == [
        "2 `/docs/`: the `allow` of `/docs/` has no effect on a write: "
        "mode `workspace-write` of line 1 is stricter wherever it matches"
    ]


def test_yaml() -> None:
    text = """\
    modes: [{mode: read-only, principals: ["@ci-bot"]}]
    rules:
      - {patterns: ["/a"], principals: ["@ci-bot"], decision: allow}
    """
    assert [f.diagnostic.span.line for f in findings(ID, subject(text, name=YAML))] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "mode read-only @ci-bot\n/a @agents allow",  # others are free
        "mode read-only @ci-bot\n/a @ci-bot allow actions=file_read",
        "mode workspace-write @claude /src/\n/src/lib/ @claude allow",
        "mode workspace-write @claude /src/\n/src/ @agents allow\n/docs/ @agents allow",
        "mode observe-only @claude\n/a @claude allow",
        "mode reviewed-egress @claude\n/src/ @claude allow",
        "mode read-only @ci-bot\n/a @ci-bot block",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()
