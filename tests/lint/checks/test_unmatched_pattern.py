from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "unmatched-pattern"
FILES = ("app/src/auth/login.py", "docs/usage.md", "README.md", "Cargo.toml", "lib/vendored", "infrastructure/main.tf")


@pytest.mark.parametrize(
    ("pattern", "near"),
    [
        ("src/auth/**", "app/src/auth/**"),
        ("/src/auth/", "/app/src/auth/"),
        ("!src/auth/", "!app/src/auth/"),
        ("Docs/**", "docs/**"),
        ("docs/Usage.md", "docs/usage.md"),
        ("cargo.toml", "Cargo.toml"),
        ("/readme.md", "/README.md"),
        ("infrastucture/**", "infrastructure/**"),
        ("docs/usages.md", "docs/usage.md"),
        ("doc/usage.md", "docs/usage.md"),
        ("doc/other.md", None),
        ("*.pem", None),
        ("nothing/like/it", None),
    ],
)
def test_the_nearest_that_there_is(pattern: str, near: str | None) -> None:
    found = findings(ID, subject(f"lib/ {pattern}  @agents  block\n", FILES, against=True))
    assert said(found) == [f"1 `{pattern}`: `{pattern}` matches no file"]
    assert helps(found) == [f"did you mean `{near}`?" if near is not None else None]


@pytest.mark.parametrize("pattern", ["lib/vendored/", "*.md", "app/", "auth", "/app/src/*/login.py", "**/auth/**"])
def test_silent_where_a_file_matches(pattern: str) -> None:
    assert findings(ID, subject(f"{pattern}  @agents  block\n", FILES, against=True)) == ()


def test_silent_unless_asked() -> None:
    assert findings(ID, subject("nothing  @agents  block\n", FILES)) == ()


def test_modes_and_unprotect_lines_too() -> None:
    text = "mode workspace-write @agents nowhere/**\nunprotect .github/none.yml @copilot\n"
    assert [line.partition(":")[0] for line in said(findings(ID, subject(text, FILES, against=True)))] == [
        "1 `nowhere/**`",
        "2 `.github/none.yml`",
    ]
    yaml = "modes: [{mode: approved-online, principals: [x], workspace: [docs/], approved: [none]}]"
    assert said(findings(ID, subject(yaml, FILES, against=True, name=YAML))) == ["1 `none`: `none` matches no file"]


def test_a_revision_without_files_has_no_match_for_anything() -> None:
    assert len(findings(ID, subject("docs/  @agents  block\n", (), against=True))) == 1
