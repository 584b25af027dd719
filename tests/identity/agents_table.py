"""The tables of docs/agents.md, from the catalogue. ``python -m tests.identity.agents_table`` writes them anew."""

from __future__ import annotations

from pathlib import Path

from agentowners.identity.catalogue import ALIASES, CatalogueSignal, signals
from agentowners.identity.model import Group

PAGE = Path(__file__).parents[2] / "docs" / "agents.md"
BEGIN = "<!-- catalogue: written by tests/identity/agents_table.py -->\n"
END = "<!-- end of catalogue -->\n"
_KINDS = {
    "login": "login",
    "id": "account id",
    "app": "App",
    "email": "commit e-mail",
    "name": "commit name",
    "branch": "branch",
    "trailer": "trailer",
    "body": "description",
    "label": "label",
}


def tables() -> str:
    """Two tables, agents and bots, one row a signal; and one of other names."""
    known = "\n".join(
        f"### {title}\n\n| identity | signal | value | source |\n|---|---|---|---|\n" + "".join(map(_row, _of(group)))
        for title, group in (("AI agents: `@agents`", Group.AGENTS), ("Other automation: `@bots`", Group.BOTS))
    )
    others = "".join(f"| `@{name}` | {', '.join(f'`@{alias}`' for alias in ALIASES[name])} |\n" for name in ALIASES)
    return f"{known}\n### Other names\n\n| identity | may also be written |\n|---|---|\n{others}"


def rendered(page: str) -> str:
    """The page with its tables as they should be."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    assert begin, "the page has no place for the tables"
    assert end, "the tables have no end"
    return f"{head}{BEGIN}\n{tables()}\n{END}{tail}"


def _of(group: Group) -> list[CatalogueSignal]:
    return [signal for signal in signals() if signal.group is group]


def _row(signal: CatalogueSignal) -> str:
    value = signal.value.replace("|", "\\|")
    where = "observed" if signal.observed else "documented"
    return f"| `@{signal.identity}` | {_KINDS[signal.kind]} | `{value}` | [{where}]({signal.source}) |\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text("utf-8")), "utf-8")
