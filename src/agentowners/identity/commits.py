"""Evidence of one commit about its makers; the same for GitHub's commits and local ones."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.identity.accounts import is_web_flow, same_account
from agentowners.identity.trailers import CO_AUTHORED_BY, person, trailers
from agentowners.policy.patterns import ascii_lower

_MAKER_KEYS: Final = frozenset({CO_AUTHORED_BY, "co-developed-by", "generated-by", "assisted-by"})
"""Trailers whose value may be a ``Name <e-mail>`` that names a maker; those of reviewers and testers are none."""
_SHORT_SHA: Final = 7


class Commit(Struct, frozen=True, kw_only=True):
    """The plain fields of a commit, and what the platform says about them."""

    sha: str
    author_name: str = ""
    author_email: str = ""
    author: Account | None = None
    """Account that the platform links the author's e-mail to; None where it links none, or there is no platform."""
    committer_name: str = ""
    committer_email: str = ""
    committer: Account | None = None
    verified: bool = False
    """True if the platform vouches for a signature, which is the committer's."""
    message: str = ""


def commit_evidence(commit: Commit, author: Account | None, *, offline: bool = False) -> tuple[Evidence, ...]:
    """Everything a commit says about its makers.

    A signature is evidence of the committer's account and of no other. The commit's author, and its committer, are asserted
    unless the account is ``author``, the one that the platform vouches for as the change's. GitHub's own committer says nothing.
    All of it counts on the commit's own paths alone. With ``offline`` nobody was asked whose the e-mails are.
    """
    where = f"commit {commit.sha[:_SHORT_SHA]}"

    def made_by(signal: Signal, account: Account | None, name: str, email: str) -> Evidence:
        known = account is not None and author is not None and same_account(account, author)
        strength = Strength.VERIFIED if known else Strength.ASSERTED
        return Evidence(signal, strength, account, name or None, email or None, where=where)

    found = [made_by(Signal.COMMIT_AUTHOR, commit.author, commit.author_name, commit.author_email)]
    if not is_web_flow(commit.committer, commit.committer_email):
        found.append(made_by(Signal.COMMITTER, commit.committer, commit.committer_name, commit.committer_email))
        if commit.verified and commit.committer is not None:
            found.append(Evidence(Signal.SIGNATURE, Strength.VERIFIED, commit.committer, where=where))
    for key, value in trailers(commit.message):
        name, email = person(value) if ascii_lower(key) in _MAKER_KEYS else (None, None)
        if email is not None:
            found.append(Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, None, name, email, where=where))
        found.append(Evidence(Signal.TRAILER, Strength.ASSERTED, text=f"{key}: {value}", where=where))
    if commit.message.strip():
        found.append(Evidence(Signal.BODY, Strength.ASSERTED, text=commit.message, where=where))
    return tuple([replace(evidence, commits=(commit.sha,), offline=offline) for evidence in found])
