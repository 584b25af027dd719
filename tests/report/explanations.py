"""Explanations of every kind, made by the engine of small policies."""

from __future__ import annotations

from collections.abc import Callable

from agentowners.change.model import Change, Evidence, FileChange, Kind, Signal, Strength
from agentowners.cli.offline import answer
from agentowners.diagnostics import Source
from agentowners.engine.path_changes import STATUS_OF
from agentowners.explain.explain import explain
from agentowners.explain.model import Explanation
from agentowners.policy.load import load_policy
from agentowners.policy.model import Action

HOSTILE = "src/\u202e\x1b[31m\nspy `x`|.py"
SHOP = """\
security/    @agents  block                       # keys live here
*.pem        @agents  require_approval
docs/**      @copilot @claude  allow  id=docs
docs/legal/** !docs/legal/readme.md  @agents  require_approval(2) @acme/legal @octocat
infra/ refs/heads/production refs/heads/release/*  @agents  block  actions=file_delete
default      @agents  require_approval  @acme/core
default      @humans  allow
"""
ORGANISATION = """\
agent smooth-operative/* login=smooth-operative-*[bot]
mode observe-only @codex
mode workspace-write @smooth-operative/* src/ !src/secret/
unprotect AGENTS.md @copilot   # ours
** @acme/sre require_approval actions=file_delete
** @acme/sre allow
src/ @codex block
"""
YAML = """\
rules:
  - {id: secrets, patterns: ["**/.env*", "!**/.env.example"], decision: block, reason: no secrets}
defaults: {agents: require_approval}
"""


def explained(
    path: str,
    *who: str,
    files: dict[str, str] | None = None,
    ref: str = "refs/heads/main",
    action: Action = Action.FILE_MODIFY,
    asserted: bool = False,
) -> Explanation:
    """An explanation for an agent that changes a path on main, under the shop's policy, unless said otherwise."""
    policies = {".github/AGENTOWNERS": SHOP} if files is None else files
    strength = Strength.ASSERTED if asserted else Strength.VERIFIED
    change = Change(
        ref=ref,
        files=(FileChange(path, STATUS_OF[action], before=Kind.FILE, after=Kind.FILE),),
        evidence=tuple(Evidence(Signal.DECLARED, strength, name=name) for name in who or ("agents",)),
        repository="acme/shop",
    )
    sources = [Source(name, text.encode("utf-8", "surrogateescape")) for name, text in policies.items()]
    return explain(load_policy(sources), change, answer)


BOTH = {".github/AGENTOWNERS": SHOP, "org/AGENTOWNERS": ORGANISATION}
ALONE = {"org/AGENTOWNERS": ORGANISATION}

EXAMPLES: dict[str, Callable[[], list[Explanation]]] = {
    "blocked": lambda: [explained("security/keys.py")],
    "allowed": lambda: [explained("docs/a.md", "copilot")],
    "default": lambda: [explained("src/a.py", "copilot")],
    "withheld": lambda: [explained("docs/a.md", "copilot", asserted=True)],
    "outweighed": lambda: [explained("docs/legal/terms.md", "copilot", "octocat")],
    "ref": lambda: [explained("infra/a", "octocat"), explained("infra/a", ref="refs/heads/release/1", action=Action.FILE_DELETE)],
    "nothing": lambda: [explained("a", "octocat", files={"AGENTOWNERS": "a @agents block\n"})],
    "builtin": lambda: [explained("AGENTS.md", files={})],
    "unprotected": lambda: [explained("AGENTS.md", "copilot", files=ALONE)],
    "layers": lambda: [explained("src/secret/x", "smooth-operative/alpha", files=BOTH)],
    "observed": lambda: [explained("src/a", "codex", files=ALONE)],
    "beside": lambda: [explained("src/a", "codex", files=BOTH)],
    "team": lambda: [explained("src/a", "octocat", files=ALONE, action=Action.FILE_DELETE)],
    "yaml": lambda: [
        explained("app/.env", files={".agentowners.yml": YAML}),
        explained("app/x", files={".agentowners.yml": YAML}),
    ],
    "hostile": lambda: [explained(HOSTILE, "x[bot]", files={"A\u202eB": "x** @agents block # \u200bwhy\n** @agents block\n"})],
    "many": lambda: [explained("a1", files={"AGENTOWNERS": "".join(f"a{n}* @agents block\n" for n in range(30))})],
}
