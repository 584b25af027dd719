from __future__ import annotations

import pytest

from agentowners.change.model import Account
from agentowners.identity.claims import own_text
from tests.identity.evidence import ACTIONS, DEPENDABOT, OCTOCAT, body, by, shown, who

CLAUDE = "🤖 Generated with [Claude Code](https://claude.com/claude-code)"
SESSION = "https://claude.ai/code/session_01TQ2FCHHAnuJWF5TJB3838S"
BADGE = (
    '<a href="https://cursor.com/agents/bc-33616c17-2ec5-4de3-ac54-85b9e0e037ca"><picture>'
    '<img alt="Open in Web" width="114" height="28" src="https://cursor.com/assets/images/open-in-web-dark.png"></picture></a>'
)
DEVIN = "https://app.devin.ai/sessions/d1991f5d4f0a47d994adb358b084d182"

DEPENDENCY_UPDATE = f"""Bumps [@openai/codex](https://github.com/openai/codex) from 0.153.0 to 0.154.0.
<details>
<summary>Release notes</summary>
<p><em>Sourced from <a href="https://github.com/openai/codex/releases"><code>@\u200bopenai/codex</code>'s releases</a>.</em></p>
<blockquote>
<h2>0.154.0</h2>
<ul>
<li>raider: faster start of <code>codex/</code> worktrees (<a href="https://redirect.github.com/openai/codex/issues/36963">#36963</a>)</li>
</ul>
<p>{CLAUDE}</p>
{CLAUDE}
Generated with [Codex](https://openai.com/codex/)
{SESSION}
Co-Authored-By: Claude &lt;noreply@anthropic.com&gt;
</blockquote>
<p>... (truncated)</p>
</details>
<details>
<summary>Commits</summary>
<ul>
<li><a href="https://github.com/openai/codex/commit/1"><code>1</code></a> Link attribution in PR bodies</li>
<li>See full diff in <a href="https://github.com/openai/codex/compare/0.153.0...0.154.0">compare view</a></li>
</ul>
</details>
<br />

[![Dependabot compatibility score](https://dependabot-badges.githubapp.com/badges/compatibility_score?dependency-name=@openai/codex)](https://docs.github.com/en/github/managing-security-vulnerabilities)

Dependabot will resolve any conflicts with this PR as long as you don't alter it yourself.

[//]: # (dependabot-automerge-start)
[//]: # (dependabot-automerge-end)

---

<details>
<summary>Dependabot commands and options</summary>
<br />

You can trigger Dependabot actions by commenting on this PR:
- `@dependabot rebase` will rebase this PR
</details>
"""


@pytest.mark.parametrize(
    ("footer", "identity"),
    [
        (CLAUDE, "claude"),
        ("Generated with [Claude Code](https://claude.ai/code)", "claude"),
        (SESSION, "claude"),
        ("🤖 Generated with [Codex](https://openai.com/codex/).", "codex"),
        ("[Codex Task](https://chatgpt.com/codex/tasks/task_b_690e862a1db4832aa14833952637dc38)", "codex"),
        ("https://chatgpt.com/codex/tasks/task_e_6aa91395baf483268a13e1a5cd9db403", "codex"),
        ("<!-- CURSOR_AGENT_PR_BODY_BEGIN -->", "cursor"),
        (BADGE, "cursor"),
        (f"<div>{BADGE}&nbsp;</div>", "cursor"),
        ("Made with [Cursor](https://cursor.com)", "cursor"),
        (f"Link to Devin run: {DEVIN}", "devin"),
        (f"**Link to Devin run:** {DEVIN}  ", "devin"),
        (f"## Link to Devin run\n{DEVIN}", "devin"),
        (
            "*PR created automatically by Jules for task [11416783800756512557](https://jules.google.com/task/11416783800756512557)"
            " started by @octocat*",
            "jules",
        ),
        ("🤖 Generated with [OpenCode](https://opencode.ai)", "opencode"),
        ("💘 Generated with Crush", "crush"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "## Summary\r\n\r\nFixes it.\r\n\r\n{}\r\n", "Text\n\n---\n{}\n\n- [x] tested\n"])
def test_a_tools_whole_footer_makes_it_a_contributor_beside_the_person(footer: str, identity: str, frame: str) -> None:
    found = who(by(OCTOCAT), body(frame.format(footer)), author=OCTOCAT)
    assert shown(found) == ["@octocat humans verified", f"@{identity} agents asserted"]
    assert found[1].evidence == ("footer in the description",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please do not write `Generated with [Claude Code](https://claude.com/claude-code)` in descriptions",
        f"> {CLAUDE}",
        f">{CLAUDE}",
        f"```\n{CLAUDE}\n```",
        f"~~~~md\n{CLAUDE}\n~~~\n{SESSION}\n~~~~",
        f"    {CLAUDE}",
        f"\t{SESSION}",
        f"- {CLAUDE}",
        f"See {SESSION} for how",
        f"<details>\n<summary>Log</summary>\n<details>\n</details>\n{CLAUDE}\n</details>",
        f"<details><summary>Log</summary> {CLAUDE}</details>",
        f"<blockquote>\n{CLAUDE}\n</blockquote>",
        f"<!-- If an agent wrote this, end with:\n{CLAUDE}\n-->",
        "Generated with Claude Code",
        "Generated with [Claude Code](https://claude.example/code)",
        f"We evaluated {BADGE}",
        "Open in Cursor: https://cursor.com/agents/bc-1",
        "Adds app.devin.ai/sessions to the blocklist",
        "raider: bump @openai/codex, keep .codex/ and CLAUDE.md",
        "Generated with [Codex](https://claude.com/claude-code)",
        "Made with Cursor",
    ],
)
def test_threat_21_a_mention_of_an_agent_is_no_footer(text: str) -> None:
    assert shown(who(by(OCTOCAT), body(text), author=OCTOCAT)) == ["@octocat humans verified"]


@pytest.mark.parametrize("author", [DEPENDABOT, OCTOCAT, ACTIONS])
def test_threat_21_release_notes_quoted_by_an_update_are_not_the_updates(author: Account) -> None:
    assert len(who(by(author), body(DEPENDENCY_UPDATE), author=author)) == 1


def test_threat_21_what_a_verified_bot_writes_is_not_read_at_all() -> None:
    plain = f"Release notes of another project:\n\n{CLAUDE}\n"
    assert shown(who(by(DEPENDABOT), body(plain), author=DEPENDABOT)) == ["@dependabot bots verified"]


def test_the_actions_bot_speaks_for_any_workflow_so_its_description_is_read() -> None:
    assert shown(who(by(ACTIONS), body(CLAUDE), author=ACTIONS)) == ["@github-actions agents verified", "@claude agents asserted"]


def test_only_what_the_author_says_in_the_open_is_own_text() -> None:
    kept = "a\n> q\n```py\nb\n``` x\n```\nc\n<!-- one line -->\n<!--\nd\n--> e\nf\n<DETAILS>\ng\n</DETAILS>\n   h\n    i\n"
    assert own_text(kept) == "a\nc\n<!-- one line -->\nf\n   h\n"


@pytest.mark.parametrize(
    "hostile",
    [
        "<details>" * 7000,
        "> " * 30_000,
        "🤖 Generated with [Claude Code](" * 1800,
        "<!--" * 16_000,
        "\n" * 65_000,
        "```\n" * 16_000,
        "\udcff" * 65_000,
    ],
)
def test_hostile_descriptions_of_65_kilobytes_say_nothing(hostile: str) -> None:
    assert shown(who(by(OCTOCAT), body(hostile), author=OCTOCAT)) == ["@octocat humans verified"]
