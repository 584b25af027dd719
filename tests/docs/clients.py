"""A page for each client, and their matrix, written from what the code knows: ``python -m tests.docs.clients``."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from agentowners.cli.commands import COMMANDS
from agentowners.dispatch.clients import CLIENTS, AccessKind, guarantees
from agentowners.dispatch.matrix import matrix as places
from agentowners.dispatch.model import Client
from agentowners.report.shared.matrix import matrix_table
from tests.clients.scenarios import SCENARIOS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/clients"
MATRIX_PAGE = ROOT / "docs/commands/hook.md"
MODES_PAGE = ROOT / "docs/commands/mode.md"
_MATRIX = re.compile(r"(?<=<!-- matrix -->\n).*?(?=<!-- end of matrix -->)", re.DOTALL)


def matrix() -> str:
    """The table of all clients."""
    lines = ["| client | " + " | ".join(kind.value for kind in AccessKind) + " |", "|---" * (len(AccessKind) + 1) + "|"]
    for client, facts in CLIENTS.items():
        held = guarantees(client)
        cells = [f"[{facts.name}](../clients/{client}.md)", *(held[kind].hold.value for kind in AccessKind)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def page(client: Client) -> str:
    """What a client's page says."""
    facts = CLIENTS[client]
    held = guarantees(client)
    ask = "asks the person at the machine where an approval is needed" if facts.asks else "has no way to ask a person from a hook"
    unit = "milliseconds" if facts.milliseconds else "seconds"
    table = ["| what an agent does | what holds | why |", "|---|---|---|"]
    table += [f"| {kind.value} | {held[kind].hold.value} | {held[kind].why} |" for kind in AccessKind]
    parts = [
        f"# {facts.name}",
        f"{_known(client)} It asks [`agentowners hook`](../commands/hook.md) at `{facts.event}`, {ask}, and counts its"
        f" timeouts in {unit}.",
        "## In a repository",
        f"`agentowners hook install --client {client}` writes `{facts.project}`; {_KEPT}",
        *([_TRUST[client]] if client in _TRUST else []),
        "## On a machine",
        f"`agentowners hook install --client {client} --machine` writes `~/{facts.user}` {_MACHINE}",
        "`agentowners hook doctor` fires made-up calls through what is installed, and says what it finds.",
        "## What holds",
        "\n".join(table),
        *(
            ["## Known ways to switch its hooks off", "\n".join(f"- {switch}" for switch in facts.switches)]
            if facts.switches
            else []
        ),
        "## What its hooks never see",
        "\n".join(f"- {unseen}" for unseen in facts.unseen),
    ]
    wrapped = (part if part.startswith(("|", "-")) else textwrap.fill(part, 130, break_on_hyphens=False) for part in parts)
    return "\n\n".join(wrapped) + "\n"


def _known(client: Client) -> str:
    version = CLIENTS[client].run
    scenario = next((each for each in SCENARIOS if each.client == client.value), None)
    if scenario is not None:
        return f"`{'NIGHTLY=1 ' if scenario.nightly else ''}make clients-test` runs version {version}, headless, on Linux."
    if version:
        why = _WHY[client]
        return f"What version {version} sends was recorded, headless, on Linux; it is not run in continuous integration, {why}."
    return "Documented by its makers, not run here."


_KEPT = (
    "everything else in it stays as it is. Commit it, and whoever works in the repository with this client is asked for. Where"
    " agentowners is not installed, the line refuses and says so. Whoever may write the file can take the line out: it is a guard"
    " rail."
)
_MACHINE = (
    "with the Python that runs it and nothing of the environment, for every repository. What nobody in a repository can switch"
    " off takes one step more: the line in a configuration that only the administrator may write, with `--policy-file` before"
    " a file that only the administrator may write."
)
_WHY = {Client.DROID: "since its package is under no licence (`UNLICENSED`)"}
_TRUST = {
    Client.CODEX: "Codex skips a repository's hooks in silence until somebody trusts them: start it there, look into `/hooks`.",
    Client.CLINE: "A denial ends its session: what was denied is not done, and the reason reaches no model.",
    Client.COPILOT: "`-p` ignores a repository's hooks unless `GITHUB_COPILOT_PROMPT_MODE_REPO_HOOKS=true` is set.",
}


def whole_matrix_page() -> str:
    """The page of the command, with the matrix of today in it."""
    return _MATRIX.sub(lambda _: matrix(), MATRIX_PAGE.read_text(encoding="utf-8"))


def whole_modes_page() -> str:
    """The page of the modes, with the matrix of all places in it."""
    return _MATRIX.sub(lambda _: f"{matrix_table(places(COMMANDS))}\n", MODES_PAGE.read_text(encoding="utf-8"))


def main() -> None:
    """Write all of it."""
    FOLDER.mkdir(exist_ok=True)
    for client in CLIENTS:
        (FOLDER / f"{client}.md").write_text(page(client), encoding="utf-8")
    MATRIX_PAGE.write_text(whole_matrix_page(), encoding="utf-8")
    MODES_PAGE.write_text(whole_modes_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
