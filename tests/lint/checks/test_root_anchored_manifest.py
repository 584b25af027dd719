from __future__ import annotations

import pytest

from tests.lint.linting import findings, helps, said, subject

ID = "root-anchored-manifest"
FILES = ("package.json", "web/package.json", "web/Package.json", "services/api/requirements.txt", "Cargo.toml", "a/main.py")


def test_it_names_a_nested_one() -> None:
    found = findings(ID, subject("/package.json /Cargo.toml  @agents  block\n", FILES))
    assert said(found) == ["1 `/package.json`: `/package.json` is the one at the root only: it lets `web/package.json` escape"]
    assert helps(found) == ["write `package.json` for the one in every directory"]


def test_a_name_that_is_one_of_many() -> None:
    found = findings(ID, subject("/requirements.txt  @agents  require_approval\n", FILES))
    assert said(found)[0].endswith("it lets `services/api/requirements.txt` escape")


@pytest.mark.parametrize(
    "text",
    [
        "/package.json  @agents  allow",
        "/package.json web/package.json  @agents  block",
        "/package.json package.json  @agents  block",
        "/package.json !web/  @agents  block",
        "/package.json  @copilot  block\npackage.json  @agents  block",
        "web/ !/package.json  @agents  block",
        "/main.py  @agents  block",  # no manifest
        "/Cargo.toml  @agents  block",  # there is no other
        "/PACKAGE.JSON  @agents  block",
        "/web  @agents  block",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text, FILES)) == ()


def test_silent_where_the_files_are_not_known() -> None:
    assert findings(ID, subject("/package.json  @agents  block")) == ()
