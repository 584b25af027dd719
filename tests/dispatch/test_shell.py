"""What a shell command is known to touch, and why it may touch more."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agentowners.dispatch.model import Reach, Touches
from agentowners.dispatch.shell import read_command
from agentowners.dispatch.words import said_of_opaque
from agentowners.policy.model import Action

_LETTERS = {Action.FILE_READ: "r", Action.FILE_WRITE: "w", Action.SHELL_EXECUTE: "x"}
_MARKS = {Reach.FILE: "", Reach.PLACE: "/", Reach.BELOW: "/**", Reach.SEARCH: "/?"}

KNOWN = [
    ("cat .env > leak.txt", "r .env, w leak.txt"),
    ("cat <in >>out 2>&1 >/dev/null", "r in, w out"),
    ("cat 'a b'/\"c d\" e\\ f", "r a b/c d, r e f"),
    ("cat .e\\nv", "r .env"),
    ("cd security && rm -rf keys", "w security/keys/**"),
    ("cd a; cat b", "r b, r a/b"),
    ("cd a && cat b; cat c", "r a/b, r c, r a/c"),
    ("(cd a && cat b); cat c", "r a/b, r c"),
    ("cd a || cat b", "r b, r a/b"),
    ("cat a | tee -a b", "r a, w b"),
    ("cat x |& tee y", "r x, w y"),
    ("sed -i 's/a/b/g' f", "r f, w f"),
    ("sed -n '1,5p' f", "r f"),
    ("cp -r a b", "r a/**, r a/?, w b/a/**, w b"),
    ("cp -r a/. .", "r a/./**, r a/./?, w ././**, w ."),
    ("cp -rT a b", "r a/**, r a/?, w b/a/**, w b/**"),
    ("ln a b", "w a, w b/a, w b"),
    ("diff -r a b", "r a, r a/?, r b, r b/?"),
    ("date -fa -u", "r a"),
    ("sort -uoa b", "r b, w b, w a"),
    ("sort --outp=a b", "r b, r a, w b, w a"),
    ("rm --rec a", "w a/**"),
    ("sed --in-pl s/a/b/ f", "r f, w f"),
    ("grep -d recurse w a", "r w, r w/?, r a, r a/?"),
    ("find -L a -delete", "r a/, w a/**"),
    ("git checkout HEAD~5 -- a", "w a/**"),
    ("git restore --source=HEAD~5 a", "w a/**"),
    ("git symbolic-ref --short HEAD", ""),
    ("cd sub && git show HEAD:a", "r sub/./?, r ./?, r sub/HEAD:a, r sub/a, r a"),
    ("cat ~+/a", "r ./a"),
    ("tee < a b", "w b, r a"),
    ("rm < a -r b > c d", "w b/**, w d/**, r a, w c"),
    ("tee <<EOF a\nx\nEOF", "w a"),
    ("tee <<EOF > a b\nx\nEOF", "w b, w a"),
    ("cat a | tee > b c", "r a, w c, w b"),
    ("> a rm b", "w a, w b"),
    ("[ -n a ] && test -f b && printf '%s' c", ""),
    ("mv a ../b", "w a/**, w ../b/a, w ../b"),
    ("git add a && git rm -r b && git mv c d", "w a, w b/**, w c/**, w d/c, w d"),
    ("git checkout -- a b; git restore c", "w a, w b, w c"),
    ("git -C sub rm a", "w sub/a"),
    ("git show HEAD:.env", "r ./?, r HEAD:.env, r .env"),
    ("grep -rn word src", "r src, r src/?"),
    ("grep word a b", "r a, r b"),
    ("rg word", "r ./?"),
    ("ls src", "r src/"),
    ("find src -name '*.py' -delete", "r src/, w src/**"),
    ("dd if=a of=b", "r a, w b"),
    ("sort a -o b", "r a, r b, w a, w b"),
    ("if [ -f a ]; then cat a; fi", "r a"),
    ("! rm a", "w a"),
    ("{ rm a; }", "w a"),
    ("/usr/bin/cat a", "r a"),
    ("cat <<'EOF' > a\n$(rm b)\nEOF", "w a"),
    ("cat <<< word", ""),
    ("agentowners explain security/keys.py --as @claude", ""),
    ("agentowners denials --last 1 --format json", ""),
    ("agentowners propose p.json", "r p.json"),
    ("agentowners inbox show p-0123456789abcdef", ""),
    ("[[ -f a ]] && echo b", ""),
]
OPAQUE = [
    ("echo $(cat .env)", "r .env", "output of another command"),
    ("cat <(rm a)", "w a", "output of another command"),
    ("cat <<EOF\n$(rm a)\nEOF", "w a", "output of another command"),
    ("rm $f", "", "a variable"),
    ('sed -i "s/$a/b/" f', "r f, w f", "a variable"),
    ('grep "$p" f', "r f", "a variable"),
    ('uniq "$a" f', "r f, w f", "a variable"),
    ('git -C "$d" rm f', "w f", "a variable"),
    ('echo "a$b"', "", "a variable"),
    ("rm security/*", "w security", "pattern that the shell expands"),
    ("rm security/'a'*", "w security", "pattern that the shell expands"),
    ("cat {a,b}", "r {a,b}", "braces"),
    ("cat $'a'", "", "text in"),
    ("PATH=. cat a", "r a", "sets a variable"),
    ("export A=1; cat a", "r a", "sets a variable"),
    ("sleep 1 & cat a", "r a", "background"),
    ("f() { rm a; }; f", "w a", "defines a function"),
    ("python x.py", "", "`python` may do more"),
    ("bash <<EOF\nrm a\nEOF", "", "`bash` may do more"),
    ("./cat a", "", "`./cat` may do more"),
    ("eval rm a", "", "`eval` may do more"),
    ("sudo rm a", "", "`sudo` may do more"),
    ("xargs rm", "", "`xargs` may do more"),
    ("find . -exec rm {} +", "r ./", "runs commands"),
    ("sed 's/a/b/e' f", "r f", "its script"),
    ("sed 'w out' f", "r f", "its script"),
    ("git commit -m a", "", "what `commit` does"),
    ("agentowners inbox approve p-1 --token x", "w ~/.local/state/agentowners", "for a person"),
    ("agentowners serve", "w ~/.local/state/agentowners", "for a person"),
    ("agentowners hook install --client claude", "w ~/.local/state/agentowners", "for a person"),
    ("agentowners export --to claude-code -o .claude/settings.json", None, "for a person"),
    ("agentowners convert --out=a -q", "w convert, w a", "for a person"),
    ("agentowners explain x --policy-file .env", "", "for a person"),
    ("agentowners lint --policy-file .env", "", "for a person"),
    ("rg --pre=sh a", "r sh, r sh/?, r ./?", "runs another program"),
    ("cd; cat a", "r a", "`cd`"),
    ("cd $x && cat a", "r a", "`cd`"),
    ("cat a\u00a0b", "r a\u00a0b", "blank"),
    ("cat a\rb", "r a, r b", "blank"),
    ("cat 'a", "", "not understood"),
    ("cp -t a b", "r a, w a, r b, w b, w a/a, w a/b, w b/a, w b/b", "an option"),
    ("cp -tx b", "r b, w b, r x, w x, w b/b, w x/b", "an option"),
    ("{ rm a; } < b c", "w a, r b", "behind a redirection"),
    ("ln -s a b && tee b/c", "r a, w b/a, w b, w b/c", "through the link"),
    ("for PATH in a; do cat b; done", "r b", "sets a variable"),
    ("printf -v PATH a; cat b", "r b", "sets a variable"),
    ("((PATH=5)); cat b", "r b", "a sum"),
    ("[[ 'a[$(rm b)]' -eq 0 ]]", "", "run what is quoted"),
    ("test -v 'a[$(rm b)]'", "", "run what is quoted"),
    ("sort --files0-from=a", "r a", "a file names"),
    ("find -files0-from a -delete", "r ./, w ./**", "runs commands"),
    ("cat ~root/a", "r ~root/a", "a home directory"),
    ("git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/a", "w .git", "what `symbolic-ref` does"),
    ("git update-ref refs/remotes/origin/main a", "w .git", "what `update-ref` does"),
    ("git config core.hooksPath a", "w .git", "what `config` does"),
    ("git config user.name a", "", "what `config` does"),
    ("git restore ':(top)a'", "w a", "a pattern that git expands"),
    ("git rm 'a/*.py'", "w a", "a pattern that git expands"),
    ("git restore --pathspec-from-file=a", "", "a file names"),
    ("git diff --outp=a", "r ./?, w a", "an option of it"),
    ("git grep -O./a b", "r ./?, r b", "an option of it"),
    ("cat a 1<> b", "r a, w b", "not understood"),
    ("cat <<EOF > a\nb", "w a", "not understood"),
    ("x" * 70_000, "", "too long"),
    ("(" * 300 + "cat a" + ")" * 300, "", "nested too deeply"),
    (" && ".join(f"cd d{n}; cat a" for n in range(9)), None, "too many directories"),
]


def told(touches: Touches) -> str:
    found: dict[str, None] = {}
    for touch in touches.touches:
        if touch.action is not Action.SHELL_EXECUTE and touch.reach is not Reach.NAMED:
            below = touch.base.removeprefix("/r").removeprefix("/")
            path = f"{below}/{touch.path}" if below else touch.path
            found[f"{_LETTERS[touch.action]} {path}{_MARKS[touch.reach]}"] = None
    return ", ".join(found)


@pytest.mark.parametrize(("command", "touches"), KNOWN)
def test_what_words_tell_is_all_there_is(command: str, touches: str) -> None:
    read = read_command(command, "/r")
    assert (told(read), read.opaque) == (touches, ())


@pytest.mark.parametrize(("command", "touches", "why"), OPAQUE)
def test_what_words_do_not_tell_is_said(command: str, touches: str | None, why: str) -> None:
    read = read_command(command, "/r")
    assert any(why in reason for reason in read.opaque), read.opaque
    assert touches is None or told(read) == touches


def test_every_plain_word_that_may_be_a_path_is_named() -> None:
    read = read_command("python security/keys.py --out=a --flag=b/c 'd e' x=f", "/r")
    words = {touch.path for touch in read.touches if touch.action is Action.SHELL_EXECUTE}
    assert words == {"security/keys.py", "a", "b/c", "d e", "x=f", "f"}
    assert words == {touch.path for touch in read.touches if touch.reach is Reach.NAMED}


def test_what_is_only_asked_about_is_not_touched() -> None:
    """Every denial says to run it, also about a path that no command may name."""
    asked = read_command("agentowners explain security/keys.py --as @claude > security/out", "/r")
    assert {touch.path for touch in asked.touches} == {"security/out"}
    for command in ("agentowners explain $x security/keys.py", "agentowners explain --policy-file security/keys.py a"):
        assert "security/keys.py" in {touch.path for touch in read_command(command, "/r").touches}


def test_a_patch_in_a_command_is_read() -> None:
    patch = "apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: security/k\n+x\n*** Move to: a\n*** End Patch\nEOF"
    assert told(read_command(patch, "/r")) == "w security/k, w a"
    assert read_command("apply_patch x", "/r").opaque == ("the patch names no file",)


def test_without_the_grammar_every_command_is_opaque(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter_bash", None)
    read = read_command("cat .env", "/r")
    assert (read.touches, len(read.opaque)) == ((), 1)


_PIECES = st.sampled_from(
    [
        *"ab;|&<>(){}[]$'\"`\\#!*?~= \n\t\r\0",
        "cat ",
        "cd ",
        "rm ",
        "&& ",
        "|| ",
        "$(",
        "<<EOF\n",
        "EOF\n",
        "for ",
        "in ",
        "do ",
        "done ",
    ]
)


@given(st.lists(_PIECES, max_size=40).map("".join) | st.text(max_size=60))
@example("'<<EOF\n'")
def test_no_command_is_too_odd_to_be_read(command: str) -> None:
    read = read_command(command, "/r")
    # reasons are made visible where they are shown
    assert "\n" not in said_of_opaque(read.opaque)
