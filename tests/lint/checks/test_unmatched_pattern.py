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


@pytest.mark.parametrize(
    ("pattern", "near"),
    [
        ("/infrastucture/", "/infrastructure/"),
        ("src/auth/**", "app/src/auth/**"),
        ("/doc/", "/docs/"),
        ("!/Docs/", "!/docs/"),
        ("/app/srx/auth/", None),
        ("/lab/", None),
        ("/libs/vendored", "/lib/vendored"),
        ("nothing/like/it", None),
        ("*.pem", None),
    ],
)
def test_against_the_index_only_where_one_is_surely_meant(pattern: str, near: str | None) -> None:
    found = findings(ID, subject(f"lib/ {pattern}  @agents  block\n", FILES))
    assert helps(found) == ([f"did you mean `{near}`?"] if near is not None else [])


@pytest.mark.parametrize("against", [True, False])
@pytest.mark.parametrize(
    ("path", "pattern", "meant"),
    [
        ("pages/users/[userId].js", "/pages/users/[userId].js", r"/pages/users/\[userId].js"),
        ("pages/users/[userId].js", "[userId].js", r"\[userId].js"),
        ("app/[...slug]/page.tsx", "/app/[...slug]/", r"/app/\[...slug]/"),
        ("app/[...slug]/page.tsx", "!/app/[...slug]/", r"!/app/\[...slug]/"),
        ("app/api/[[...rest]]/route.ts", "/app/api/[[...rest]]/", r"/app/api/\[\[...rest]]/"),
        ("app/api/[[...rest]]/route.ts", "/app/*/[[...rest]]/**", r"/app/*/\[\[...rest]]/**"),
    ],
)
def test_brackets_that_are_in_a_name(path: str, pattern: str, meant: str, *, against: bool) -> None:
    files = (path, "lib/vendored")
    found = findings(ID, subject(f"lib/ {pattern}  @agents  block\n", files, against=against))
    assert said(found) == [f"1 `{pattern}`: `{pattern}` does not match `{path}`: brackets are a set of characters"]
    assert helps(found) == [f"did you mean `{meant}`?"]
    assert findings(ID, subject(f"lib/ {meant}  @agents  block\n", files, against=against)) == ()


def test_brackets_that_are_meant() -> None:
    assert findings(ID, subject("/log[0-9].txt  @agents  block\n", ("log1.txt", "lib/vendored"))) == ()


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("docs/[id].md", "/doc/[id].md"),
        ("web/sür [a]*?#.md", "/wev/sur"),
        ("Sec ret#1/[x]*/k", "sec ret#1/"),
        ("a/@scope/x", "@Scope/x"),
    ],
)
def test_what_is_suggested_matches(path: str, pattern: str) -> None:
    files = (path, "lib/vendored")
    given = pattern.replace(" ", "\\ ").replace("#", "\\#").replace("@", "\\@")
    for help in helps(findings(ID, subject(f"{given}  @agents  block\n", files, against=True))):
        if help is not None:
            meant = help.removeprefix("did you mean `").removesuffix("`?")
            assert findings(ID, subject(f"{meant}  @agents  block\n", files, against=True)) == ()


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
