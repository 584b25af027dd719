"""What is judged: a monorepo of components with owners, and thirty security rules."""

from __future__ import annotations

from agentowners.change.model import Account, AccountType, Change, Evidence, FileChange, Kind, Signal, Status, Strength
from agentowners.diagnostics import Source
from agentowners.identity.commits import Commit
from agentowners.policy.load import load_policy
from agentowners.policy.model import Policy

SECURITY = (
    "**/.env*", "*.pem", "*.key", "*.p12", "**/secrets/**", "/security/", "/infra/**", "/.github/workflows/", "/deploy/*",
    "*.tfvars", "**/credentials*.json", "/auth/**/*.py", "**/crypto/**", "id_rsa", "id_ed25519", "/vault/**", "*.kdbx",
    "**/kms/*.yaml", "/certs/**", "*.jks", "**/oauth*/**", "/policies/", "*.gpg", "/release/**", "**/signing/**",
    "/terraform/**/*.tf", "*.keystore", "**/token*.txt", "/billing/**", "/.npmrc",
)  # fmt: skip
_NAMES = ("billing", "search", "login", "catalog", "shipping", "reports", "gateway", "mailer", "pricing", "inventory")
_FILES = ("main.py", "handler.py", "README.md", "src/model.py", "tests/test_main.py", "config.json", "client.ts", "private.key")


def component(number: int) -> str:
    """Name of a component."""
    return f"{_NAMES[number % len(_NAMES)]}-{number}"


def patterns(rules: int) -> list[str]:
    """Patterns of a policy with so many rules: one for each component, and the security rules."""
    return [f"components/{component(number)}/*" for number in range(rules - len(SECURITY))] + list(SECURITY)


def paths(count: int, components: int = 2100) -> list[str]:
    """So many paths, one component after the other: some deeper, some protected; not every component has a rule."""
    made = []
    for number in range(count):
        turn, index = divmod(number, components)
        folder, _, base = _FILES[turn % len(_FILES)].rpartition("/")
        made.append(f"components/{component(index)}/{folder}{'/' if folder else ''}{turn}-{base}")
    return made


def lines(rules: int) -> list[str]:
    """The text of a policy with so many rules; every component asks its team, every security rule blocks."""
    texts = patterns(rules)[: -len(SECURITY)]
    asking = [f"{text} @agents require_approval @acme/team-{number % 40}" for number, text in enumerate(texts)]
    return [*asking, *(f"{text} @agents block" for text in SECURITY)]


def policy(rules: int) -> Policy:
    """The same, loaded."""
    return load_policy([Source("AGENTOWNERS", "\n".join(lines(rules)).encode(), "refs/heads/main")])


def change(files: list[str]) -> Change:
    """An agent's change to these files."""
    return Change(
        ref="refs/heads/main",
        files=tuple(FileChange(path, Status.MODIFIED, before=Kind.FILE, after=Kind.FILE) for path in files),
        evidence=(Evidence(Signal.DECLARED, Strength.VERIFIED, name="copilot"),),
        repository="acme/shop",
    )


AUTHOR = Account("octocat", 583231, AccountType.USER)
_A_COMMIT = 500


def crowd(people: int) -> list[Commit]:
    """The author's commits, which name so many co-authors."""
    lines = [f"Co-authored-by: n <n{number}@users.noreply.github.com>\n" for number in range(people)]
    return [
        Commit(sha=f"{at:040}", author=AUTHOR, committer=AUTHOR, message=f"change\n\n{''.join(lines[at : at + _A_COMMIT])}")
        for at in range(0, people, _A_COMMIT)
    ]
