"""A proposal's JSON becomes a proposal, strictly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from agentowners.proposals.model import (
    MAX_BYTES,
    MAX_OPERATIONS,
    AddException,
    AddRule,
    Operation,
    PolicyProposal,
    ProposalError,
    RemoveRule,
)
from agentowners.tokens.strict_json import read_object

MOST_INTENT: Final = 2_000
MOST_TEXT: Final = 16_384
_MEMBERS: Final = frozenset({"intent_summary", "operations", "denial"})
_OPERATIONS: Final[Mapping[str, type[Operation]]] = {
    "add_rule": AddRule,
    "add_exception": AddException,
    "remove_rule": RemoveRule,
}
_CAMEL: Final = {"addRule": "add_rule", "addException": "add_exception", "removeRule": "remove_rule"}
_OPTIONAL: Final = frozenset({"file"})
_DENIAL: Final = re.compile(r"d-[0-9a-f]{16}")


def read_proposal(data: bytes) -> PolicyProposal:
    """Read a proposal.

    Raises:
        AgentownersError: it is larger than 64 KiB, no JSON of one meaning, or has members of another name or type.
    """
    if len(data) > MAX_BYTES:
        raise ProposalError(f"the proposal is larger than {MAX_BYTES >> 10} KiB")
    members = read_object(data, "the proposal")
    unknown = next((name for name in members if name not in _MEMBERS), None)
    if unknown is not None:
        raise ProposalError(f"the proposal has a member `{unknown}`", help=f"there are {_listed(sorted(_MEMBERS))}")
    intent = _bounded_text(members.get("intent_summary"), "intent_summary", MOST_INTENT)
    operations = members.get("operations")
    if not isinstance(operations, list) or not 1 <= len(operations) <= MAX_OPERATIONS:
        raise ProposalError(f"`operations` is not a list of 1 to {MAX_OPERATIONS} operations")
    denial = members.get("denial")
    if denial is not None and not (isinstance(denial, str) and _DENIAL.fullmatch(denial)):
        raise ProposalError(
            "`denial` is not the id of a denial", help="it looks like `d-0123456789abcdef`; leave it out without one"
        )
    return PolicyProposal(intent, tuple(_operation(operation, number) for number, operation in enumerate(operations, 1)), denial)


def _operation(value: object, number: int) -> Operation:
    if not isinstance(value, dict) or len(value) != 1:
        raise ProposalError(f"operation {number} is not an object with one member", help=f"name it {_listed(_OPERATIONS)}")
    ((spelled, fields),) = value.items()
    name = _CAMEL.get(str(spelled), str(spelled))
    kind = _OPERATIONS.get(name)
    if kind is None:
        raise ProposalError(f"operation {number} is `{spelled}`", help=f"there are {_listed(_OPERATIONS)}")
    if not isinstance(fields, dict):
        raise ProposalError(f"`{spelled}` of operation {number} is not an object")
    known = kind.__struct_fields__
    unknown = next((field for field in fields if field not in known), None)
    if unknown is not None:
        raise ProposalError(f"`{spelled}` of operation {number} has a member `{unknown}`", help=_listed(known))
    given = [field for field in known if field not in _OPTIONAL or field in fields]
    return kind(**{field: _bounded_text(fields.get(field), f"{spelled}.{field}", MOST_TEXT) for field in given})


def _bounded_text(value: object, name: str, most: int) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        raise ProposalError(f"`{name}` is not a text of 1 to {most:,} characters")
    return value


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
