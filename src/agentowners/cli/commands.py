"""The commands there are. A new one is a file beside this one and a line here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Command:
    """A command: what it is for, and the module whose ``main`` takes its arguments and returns an exit code.

    Arguments that are not understood are a ``UsageError``, and whatever else goes wrong another ``AgentownersError``: ``guarded``
    answers both.
    """

    def __init__(self, module: str, purpose: str) -> None:
        """Name the module; it is imported by ``load``."""
        self.module = module
        self.purpose = purpose

    def load(self) -> Callable[[Sequence[str]], int]:
        """The command's ``main``."""
        from importlib import import_module

        main: Callable[[Sequence[str]], int] = import_module(self.module).main
        return main


COMMANDS = {
    "check": Command("agentowners.cli.check", "judge a change: a git range, a list of paths or a recorded event"),
    "explain": Command("agentowners.cli.explain", "why one path is decided as it is, rule by rule"),
    "lint": Command("agentowners.cli.lint", "find mistakes in a policy"),
    "diff": Command("agentowners.cli.diff", "what a change of the policy newly lets agents do"),
    "prove": Command("agentowners.cli.prove", "prove or refute what is promised about a policy"),
    "mode": Command("agentowners.cli.mode", "what a mode lets an agent do, and how much of it holds where"),
    "map": Command("agentowners.cli.map", "show who may change what, over all files of the repository"),
    "backtest": Command("agentowners.cli.backtest", "what the policy would have done to what was merged"),
    "fmt": Command("agentowners.cli.fmt", "print a policy in canonical form, or in the other syntax"),
    "convert": Command("agentowners.cli.convert", "another tool's policy as one of this tool, and what does not carry over"),
    "export": Command("agentowners.cli.export", "the policy as what other surfaces enforce by themselves, and what they cannot"),
    "test": Command("agentowners.cli.test", "run a policy's own test cases"),
    "init": Command("agentowners.cli.init", "write a first policy, its workflows and its test cases"),
    "hook": Command("agentowners.cli.hook", "answer an agent's client before a tool runs"),
    "mcp-gateway": Command("agentowners.cli.mcp_gateway", "run an MCP server behind the policy"),
    "denials": Command("agentowners.cli.denials", "show what was denied at tool calls on this machine"),
    "propose": Command("agentowners.cli.propose", "hand in a narrow change of the policy, which a person decides about"),
    "inbox": Command("agentowners.cli.inbox", "look at proposals, and grant or reject them"),
    "serve": Command("agentowners.cli.serve", "serve the policy, denials and proposals to agents: the API policy.local"),
    "skill": Command("agentowners.cli.skill", "write the text that tells agents how to propose"),
    "audit": Command("agentowners.cli.audit", "look at an audit trail: whether it is whole, and what it says"),
    "completion": Command("agentowners.cli.completion", "print what makes a shell complete commands and options"),
    "doctor": Command("agentowners.cli.doctor", "say what is guaranteed in a repository, and set it up"),
    "action": Command("agentowners.cli.action", "what the GitHub Action's container runs"),
}
