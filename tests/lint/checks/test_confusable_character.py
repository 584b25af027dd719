from __future__ import annotations

import pytest

from tests.lint.linting import YAML, findings, helps, said, subject

ID = "confusable-character"


@pytest.mark.parametrize(
    ("pattern", "char", "like"),
    [
        ("s\u0435cret/**", "U+0435 CYRILLIC SMALL LETTER IE", "e"),
        ("!docs/\u0440ublic", "U+0440 CYRILLIC SMALL LETTER ER", "p"),
        ("\u039fffice/", "U+039F GREEK CAPITAL LETTER OMICRON", "O"),
        ("refs/heads/m\u0430in", "U+0430 CYRILLIC SMALL LETTER A", "a"),
        ("infr\uff41/", "U+FF41 FULLWIDTH LATIN SMALL LETTER A", "a"),
    ],
)
def test_letters_of_two_scripts_in_one_word(pattern: str, char: str, like: str) -> None:
    found = findings(ID, subject(f"x {pattern}  @agents  block\n"))
    assert said(found) == [f"1 `{pattern}`: {char} in `{pattern}` stands among letters of another script"]
    assert helps(found) == [f"it looks like `{like}`, and is none: write the whole word in one script"]


def test_a_latin_letter_in_a_cyrillic_word() -> None:
    found = findings(ID, subject("д\u043eкумeнт  @agents  block\n"))
    assert said(found) == ["1 `докумeнт`: U+0065 LATIN SMALL LETTER E in `докумeнт` stands among letters of another script"]


def test_a_login_is_ascii() -> None:
    found = findings(ID, subject("x  @c\u043epilot @caf\u00e9  require_approval  @\u043ectocat\n"))
    assert said(found) == [
        "1 `@c\u043epilot`: U+043E CYRILLIC SMALL LETTER O in `@c\u043epilot`: a login is ASCII, so that nobody has this one",
        "1 `@caf\u00e9`: U+00E9 LATIN SMALL LETTER E WITH ACUTE in `@caf\u00e9`: a login is ASCII, so that nobody has this one",
        "1 `@\u043ectocat`: U+043E CYRILLIC SMALL LETTER O in `@\u043ectocat`: a login is ASCII, so that nobody has this one",
    ]
    assert helps(found) == ["did you mean `@copilot`?", None, "did you mean `@octocat`?"]


def test_agents_of_the_policy() -> None:
    found = findings(ID, subject("agent h\u0435lper login=h\u0435lper branch=h\u0435lper/**\n"))
    assert len(found) == 3


@pytest.mark.parametrize(
    "text",
    [
        "документы/отчёт-PDF/  @agents  block",
        "PDFфайл  @agents  block",
        "έγγραφα/αρχείο  @agents  block",
        "日本語ファイルPDF/café/naïve/straße  @agents  block",
        "Δt/ µservice β-release  @agents  block",
        "сору/  @agents  block",  # wholly Cyrillic, whatever it looks like
        "agent café login=cafe\nx  @café  block",
        "x  @agents  block  # s\u0435cret",
    ],
)
def test_silent(text: str) -> None:
    assert findings(ID, subject(text)) == ()


def test_in_yaml() -> None:
    found = findings(ID, subject("rules: [{patterns: ['s\u0435cret'], decision: block}]", name=YAML))
    assert said(found)[0].startswith("1 `'s\u0435cret'`: ")


@pytest.mark.parametrize(
    ("pattern", "there"), [("/\u0441\u043e\u0440\u0443/", "copy"), ("\uff53\uff45\uff43/**", "sec"), ("/sec\uff0f", "sec")]
)
def test_a_whole_name_that_looks_like_one_that_is_there(pattern: str, there: str) -> None:
    text = f"{pattern}  @agents  block\n"
    found = findings(ID, subject(text, files=("copy/a", "src/sec/k.py")))
    assert said(found) == [f"1 `{pattern}`: `{pattern}` looks like `{there}`, which is there, and is another name"]
    assert findings(ID, subject(text, files=("other",))) == ()


def test_a_name_of_its_own_is_meant_whatever_it_looks_like() -> None:
    text = "/\u0441\u043e\u0440\u0443/  @agents  block\n"
    assert findings(ID, subject(text, files=("copy/a", "\u0441\u043e\u0440\u0443/a"))) == ()
