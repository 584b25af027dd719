"""CODEOWNERS files as people write them: each line here covers the files that it covers there.

The examples are those whose meaning GitHub's documentation states ("About code owners", section "Example of a CODEOWNERS file",
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners),
and the questions on which libraries that read CODEOWNERS are known to differ; the table is this project's own.
"""

from __future__ import annotations

import pytest

from agentowners.cli.offline import answer
from agentowners.diagnostics import Source
from agentowners.engine.settle import inquire
from agentowners.policy.load import load_policy
from agentowners.policy.model import Decision
from tests.corpus.model import Case, File

CASES = [
    # what GitHub's documentation says of its own example
    ("*", "any file in the repository", ["README.md", "src/app.js", "a/b/c/d"], []),
    ("*.js", "every JavaScript file", ["index.js", "src/lib/x.js"], ["index.jsx", "js", "src/js/x.ts"]),
    ("*.txt", "every text file, however deep", ["notes.txt", "a/b/notes.txt"], ["notes.txt.gz"]),
    (
        "/build/logs/",
        "the directory at the root and its subdirectories",
        ["build/logs/today.log", "build/logs/2024/may.log"],
        ["build/logs.txt", "src/build/logs/today.log", "build/other/today.log"],
    ),
    (
        "docs/*",
        "files in docs but not further nested ones",
        ["docs/getting-started.md"],
        ["docs/build-app/troubleshooting.md", "src/docs/x.md"],
    ),
    ("apps/", "an apps directory anywhere", ["apps/web/main.go", "deep/down/apps/x"], ["apps.txt", "webapps/x"]),
    ("/docs/", "docs at the root and its subdirectories", ["docs/a.md", "docs/b/c.md"], ["x/docs/a.md", "docs.md"]),
    ("/scripts/", "any change inside /scripts", ["scripts/run.sh", "scripts/ci/run.sh"], ["lib/scripts/run.sh"]),
    (
        "**/logs",
        "a logs directory such as /build/logs, /scripts/logs and /deeply/nested/logs",
        ["build/logs/x", "scripts/logs/y", "deeply/nested/logs/z/w", "logs/x"],
        ["build/catalogs/x", "logs.txt"],
    ),
    ("/apps/github", "one subdirectory", ["apps/github/x", "apps/github/y/z"], ["apps/githubber/x", "apps/x", "x/apps/github/y"]),
    # a name and a directory
    ("Makefile", "a name at any depth", ["Makefile", "lib/Makefile"], ["Makefile.am", "makefile", "MyMakefile"]),
    ("vendor", "a name that is a directory", ["vendor/a/b", "x/vendor/c"], ["vendors/a", "vendored"]),
    ("/vendor", "a name at the root", ["vendor", "vendor/a/b"], ["x/vendor/c"]),
    ("src/gen", "two segments are anchored", ["src/gen", "src/gen/x/y"], ["lib/src/gen/x", "src/general"]),
    ("src/gen/", "two segments, and what lies below", ["src/gen/x"], ["src/gen", "lib/src/gen/x"]),
    # stars
    ("/*", "the root, one level", ["README.md", ".env"], ["src/a", "src/b/c"]),
    ("/*/", "below any directory at the root", ["src/a", "src/b/c"], ["README.md"]),
    ("lib*", "a beginning of a name", ["library.c", "libs/x", "src/libs/y/z"], ["mylib.c"]),
    ("lib*/", "directories whose names begin so", ["libs/x", "src/libs/y/z"], ["library.c", "src/library.c"]),
    ("/lib*/", "such directories at the root", ["libs/x", "lib/y/z"], ["src/libs/y", "library.c"]),
    ("lib/*.py", "one level of one type", ["lib/a.py"], ["lib/sub/a.py", "src/lib/a.py"]),
    ("lib/*/test", "one directory between", ["lib/a/test", "lib/a/test/x"], ["lib/test", "lib/a/b/test"]),
    ("?oo", "one character", ["foo", "src/boo", "zoo/x"], ["fooo", "oo"]),
    # two stars
    ("**/migrations/*", "one level of such a directory", ["migrations/1.sql", "a/b/migrations/2.sql"], ["migrations/old/1.sql"]),
    ("**/*test*", "a part of a name", ["test", "src/mytests/x", "a/contest.py"], ["src/tst"]),
    ("src/**", "everything below", ["src/a", "src/b/c/d"], ["lib/src/a"]),
    ("src/**/*.rs", "a type at any depth below", ["src/a.rs", "src/b/c/d.rs"], ["a.rs", "lib/src/a.rs"]),
    ("src/**/mod", "a name at any depth below", ["src/mod", "src/a/mod", "src/a/b/mod/c"], ["mod", "x/src/mod"]),
    ("a/**/b/c*", "two stars, then segments", ["a/b/cd", "a/x/b/c", "a/x/y/b/cc/z"], ["a/b/d", "a/x/b"]),
    # names that must be taken as they are
    ("a.b", "a dot is a dot", ["a.b", "x/a.b"], ["axb"]),
    ("(x)+|$", "expression signs are characters", ["(x)+|$"], ["x", "xx"]),
    ("re\\*d", "an escaped star", ["re*d"], ["read", "red"]),
    ("wh\\?", "an escaped question mark", ["wh?"], ["why"]),
    ("with\\ space", "an escaped space", ["with space"], ["with"]),
]


@pytest.mark.parametrize(("pattern", "says", "covered", "others"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_a_line_covers_what_codeowners_covers(pattern: str, says: str, covered: list[str], others: list[str]) -> None:
    policy = load_policy([Source("AGENTOWNERS", f"{pattern} @agents block\n".encode())])
    change = Case("", says, {}, tuple(File(path) for path in (*covered, *others))).change
    verdict = inquire(policy, change, answer)
    blocked = {file.path for file in verdict.files if file.judgement.decision is Decision.BLOCK}
    assert blocked == set(covered)


def test_order_does_not_matter_as_it_does_there() -> None:
    """In CODEOWNERS the last matching line takes precedence; here the strictest does, wherever it stands."""
    lines = ["* @agents require_approval", "/apps/ @agents block", "/apps/github @agents allow"]
    for text in ("\n".join(lines), "\n".join(reversed(lines))):
        change = Case("", "", {}, (File("apps/github/x"), File("x"))).change
        verdict = inquire(load_policy([Source("AGENTOWNERS", text.encode())]), change, answer)
        assert [file.judgement.decision for file in verdict.files] == [Decision.BLOCK, Decision.REQUIRE_APPROVAL]
