"""The story, step by step. Each ends with what was checked of it."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import StringIO

from tests.action.world import World
from tests.clients.model import Wanted
from tests.demo.claims import Claim
from tests.demo.page import Page
from tests.demo_agent.machine import PLACE, POLICY, Agent, Machine, lines_with
from tests.github_server import GitHubServer

_FILE = "security/CHANGELOG.md"
_MINUTES = 30
_SIGNALS = ("Prover", "Reviewer", "Mode compatibility")


def tell(page: Page, machine: Machine, agent: Agent) -> None:
    """The whole way on one machine.

    Raises:
        NotAsToldError: something is not as it is told.
    """
    denial = denied(page, machine, agent)
    id = proposed(page, machine, agent, denial)
    granted(page, machine, id)
    again(page, machine, agent, id)


def denied(page: Page, machine: Machine, agent: Agent) -> str:
    """The agent's first try, and the denial's id."""
    page.step("An agent writes a file that the policy blocks")
    page.row("agent", agent.name)
    page.code(POLICY.decode().splitlines())
    heard = agent.work(_write(machine))
    reason = next(iter(re.findall(r"agentowners: blocked: [^\"\\]*", heard)), "")
    page.quote([reason])
    (entry,) = [entry for entry in machine.journal() if "denial" in entry]
    page.checks(
        Claim("the model is told the rule", f"{_FILE} by {PLACE}:1" in reason, True),
        Claim("the file is as it was", (machine.root / _FILE).read_text(), "nothing yet\n"),
        Claim("the journal has the denial", entry["denial"]["decision"], "block"),
    )
    return str(entry["denial"]["id"])


def proposed(page: Page, machine: Machine, agent: Agent, denial: str) -> str:
    """The agent inspects and proposes; the proposal's id."""
    page.step("It reads the denial, inspects the policy, and proposes one exception")
    proposal = {
        "intent_summary": "the release notes lie below security/",
        "operations": [{"add_exception": {"rule": f"{PLACE}:1", "pattern": f"!/{_FILE}"}}],
        "denial": denial,
    }
    page.quote([json.dumps(proposal)])
    place = machine.root / "proposal.json"
    heard = agent.work(
        Wanted("Bash", {"command": "agentowners denials --last 1 --format json", "description": "x"}),
        Wanted("Bash", {"command": f"agentowners explain {_FILE} --as @claude", "description": "x"}),
        Wanted("Write", {"file_path": str(place), "content": json.dumps(proposal)}),
        Wanted("Bash", {"command": "agentowners propose proposal.json", "description": "x"}),
    )
    (entry,) = [entry for entry in machine.journal() if entry.get("event") == "proposal"]
    page.checks(
        Claim("it saw the lines that would allow it", "rule_missing" in heard, True),
        Claim("and why, rule by rule", "Deciding" in heard or "decid" in heard, True),
        Claim("it was answered with an id and what becomes looser", entry["proposal"] in heard and "looser" in heard, True),
        Claim("the proposal is said to be Claude's", entry["principal"], "@claude"),
        Claim("a proposal alone changes nothing", "blocked" in agent.work(_write(machine)), True),
    )
    return str(entry["proposal"])


def granted(page: Page, machine: Machine, id: str) -> None:
    """A person looks and approves."""
    page.step(f"A person looks at it, and grants it for {_MINUTES} minutes")
    seen = machine.person("inbox", "show", id)
    page.quote(
        lines_with(seen, "because: says", "who: says", "+/security", "Prover:", "Mode compat", "for example", "review token")
    )
    token = seen.split("review token: ")[1].split()[0]
    said = machine.person("inbox", "approve", id, "--token", token, "--minutes", str(_MINUTES))
    page.quote(lines_with(said, "best-effort", "unavailable", "granted"))
    page.checks(
        Claim("the witness was before the person's eyes", f"for example: {_FILE}" in seen, True),
        Claim("what an approval is worth was said", "best-effort" in said and "unavailable" in said, True),
        Claim(
            "without a terminal it is refused", "takes a terminal" in machine.run("inbox", "approve", id, "--token", token), True
        ),
    )


def again(page: Page, machine: Machine, agent: Agent, id: str) -> None:
    """The retry, and the one after the grant has ended."""
    page.step("The agent tries again, and once more when the grant has ended")
    agent.work(_write(machine, "released\n"))
    written = (machine.root / _FILE).read_text()
    machine.forward(_MINUTES + 1)
    heard = agent.work(_write(machine, "too late\n"))
    machine.forward(0)
    events = [entry.get("event") or f"{entry['tool']}: {entry['reply']}" for entry in machine.journal()]
    page.row("journal", ", ".join(events))
    page.checks(
        Claim("the first retry went through", written, "released\n"),
        Claim("the second did not", ("blocked" in heard, (machine.root / _FILE).read_text()), (True, "released\n")),
        Claim("nothing of the grant is in the repository", "AGENTOWNERS" in machine.repo.git("status", "--porcelain"), False),
        Claim(
            "every step is in the journal",
            [event for event in events if event.startswith(("Write: ", "proposal", "grant"))],
            ["Write: deny", "Write: pass", "proposal", "Write: deny", "grant", "Write: pass", "Write: deny"],
        ),
    )


def by_pull_request(page: Page, machine: Machine, server: GitHubServer) -> None:
    """The same for good: a pull request that changes the policy alone."""
    page.step("For good, the same goes by a pull request, where the check asks a person")
    world = World.make(server, machine.base, policy=POLICY)
    token = server.token("actions", permissions={"contents": "write", "pull-requests": "write"}, repository=world.repo)
    variables = {"GITHUB_TOKEN": token, "GITHUB_API_URL": server.url, "GITHUB_REPOSITORY": "acme/shop", "CLAUDECODE": "1"}
    answer = json.loads(machine.run("propose", "proposal.json", "--pull-request", env=variables))
    (pull,) = world.repo.pulls.values()
    with redirect_stdout(StringIO()):
        code = world.judge(pull)
    check = world.check(pull.head_sha)
    page.row("opened", f"#{pull.number} {pull.title}, by {pull.user.login}")
    page.check(check)
    said = check.summary or ""
    page.quote(lines_with(said, *(f"| {signal} |" for signal in _SIGNALS)))
    page.checks(
        Claim("it changes the policy alone", [file.path.decode() for file in world.repo.files_of(pull)], [PLACE]),
        Claim("the answer names it", answer["pull_request"].endswith(f"/pull/{pull.number}"), True),
        Claim("the check asks a person", (code, check.conclusion), (0, "action_required")),
        Claim(
            "the three signals stand on it",
            [signal in said for signal in ("Prover", "Reviewer", "Mode compatibility")],
            [True] * 3,
        ),
    )


def _write(machine: Machine, content: str = "mine\n") -> Wanted:
    return Wanted("Write", {"file_path": str(machine.root / _FILE), "content": content})
