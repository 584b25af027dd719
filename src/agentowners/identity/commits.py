"""Evidence of one commit about its makers, and its message's trailers; the same for GitHub's commits and local ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.identity.accounts import is_web_flow, same_account
from agentowners.policy.patterns import ascii_lower

MAX_TRAILERS: Final = 1000
"""As many of one message are looked at."""
_MAX_KEY: Final = 64
_CO_AUTHORED_BY: Final = "co-authored-by"
_GIT_GENERATED: Final = ("signed-off-by: ", "(cherry picked from commit ")

_MAKER_KEYS: Final = frozenset({_CO_AUTHORED_BY, "co-developed-by", "generated-by", "assisted-by"})
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

    pieces = [made_by(Signal.COMMIT_AUTHOR, commit.author, commit.author_name, commit.author_email)]
    if not is_web_flow(commit.committer, commit.committer_email):
        pieces.append(made_by(Signal.COMMITTER, commit.committer, commit.committer_name, commit.committer_email))
        if commit.verified and commit.committer is not None:
            pieces.append(Evidence(Signal.SIGNATURE, Strength.VERIFIED, commit.committer, where=where))
    for key, value in trailers(commit.message):
        name, email = person(value) if ascii_lower(key) in _MAKER_KEYS else (None, None)
        if email is not None:
            pieces.append(Evidence(Signal.CO_AUTHOR, Strength.ASSERTED, None, name, email, where=where))
        pieces.append(Evidence(Signal.TRAILER, Strength.ASSERTED, text=f"{key}: {value}", where=where))
    if commit.message.strip():
        pieces.append(Evidence(Signal.BODY, Strength.ASSERTED, text=commit.message, where=where))
    return tuple([replace(evidence, commits=(commit.sha,), offline=offline) for evidence in pieces])


Trailer = tuple[str, str]


def trailers(message: str) -> tuple[Trailer, ...]:
    """The ``(key, value)`` pairs of a message, each once, in order; keys as written, values on one line.

    A paragraph counts where git would take it for a trailer block if it stood last (only trailers, or one that git writes and
    a quarter of trailers), since squashed messages carry blocks in their middle. Of the last paragraph every line counts that
    has the shape of a trailer. ``Co-authored-by`` counts at the start of any line but the first: evidence only tightens, and
    what GitHub reads as a co-author is not specified to the line.

    Sources: https://git-scm.com/docs/git-interpret-trailers,
    https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/creating-a-commit-with-multiple-authors
    """
    trailers: dict[Trailer, None] = {}
    blocks = list(_paragraphs(message))
    for number, block in enumerate(blocks):
        pairs = [_parse(line) for line in block]
        whole = number + 1 == len(blocks) or (number > 0 and _is_trailer_block(block, pairs))
        for pair in pairs[1:] if number == 0 else pairs:
            if pair is not None and (whole or ascii_lower(pair[0]) == _CO_AUTHORED_BY):
                trailers[pair] = None
                if len(trailers) == MAX_TRAILERS:
                    return tuple(trailers)
    return tuple(trailers)


def person(value: str) -> tuple[str | None, str | None]:
    """Name and e-mail of a value like ``Name <e-mail>``; what is not there is None."""
    start = value.rfind("<")
    end = value.find(">", start)
    if start < 0 or end < 0:
        text = value.strip()
        return (None, text) if "@" in text and " " not in text else (text or None, None)
    return value[:start].strip() or None, value[start + 1 : end].strip() or None


def _paragraphs(message: str) -> Iterator[list[str]]:
    """Runs of non-blank lines, a folded line joined to the one that it continues."""
    block: list[list[str]] = []
    folds = False
    for line in [*message.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if not line.strip():
            if block:
                yield [" ".join(parts) for parts in block]
            block = []
        elif line[0] in " \t" and block and folds:
            block[-1].append(line.strip())
        else:
            block.append([line])
            folds = _parse(line) is not None


def _parse(line: str) -> Trailer | None:
    at = line.find(":", 0, _MAX_KEY + 1)
    key = line[:at].rstrip(" \t") if at > 0 else ""
    value = line[at + 1 :].strip()
    if not key or not value or value.startswith("//") or not (key.isascii() and key.replace("-", "").isalnum()):
        return None
    return key, value


def _is_trailer_block(block: list[str], pairs: list[Trailer | None]) -> bool:
    count = sum(pair is not None for pair in pairs)
    generated = any(ascii_lower(line).startswith(_GIT_GENERATED) for line in block)
    return count == len(block) or (generated and count * 4 >= len(block))
