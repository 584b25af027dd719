"""Claims of one piece of evidence: an identity or an account, how strongly, and why.

Of a description only the author's own text is read, without what is quoted from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from agentowners.change.model import Account, Evidence, Signal, Strength
from agentowners.identity.accounts import group_of, is_ghost, is_web_flow, noreply_account
from agentowners.identity.index import UNNAMED, AccountCertainty, DefinitionIndex, named
from agentowners.identity.model import AgentDefinition, Group
from agentowners.policy.patterns import ascii_lower

WEAK: Final = frozenset({Signal.BRANCH, Signal.LABEL})
"""Signals that anybody may set off by naming something as agents do."""
_CONTRIBUTORS: Final = frozenset({Signal.AUTHOR, Signal.PUSHER, Signal.COMMIT_AUTHOR, Signal.COMMITTER})
"""Somebody did it; where nobody can be named, that somebody is unattributed. A co-author is only credited."""
_ACTED: Final = frozenset({Signal.AUTHOR, Signal.PUSHER})
"""It was an account that did it. One that is gone, or was not read, may have been an agent's."""
_ROLES: Final = {
    Signal.COMMIT_AUTHOR: "author",
    Signal.COMMITTER: "committer",
    Signal.SIGNATURE: "signature of",
}


class Claim(Struct, frozen=True):
    """One reading of one piece of evidence. It names an identity, else an account, else only a group."""

    group: Group
    strength: Strength
    phrase: str
    evidence: Evidence
    identity: str | None = None
    """Ends in ``/*`` where the namespace is known and nothing says who in it."""
    definition: str | None = None
    """Name of the definition behind the identity, in lower case."""
    account: Account | None = None
    by_wildcard: bool = False
    """True if the identity rests on a login with a wildcard, which proves nothing that loosens."""
    order: int = 0
    """Place of the evidence among all."""


class EvidenceReader:
    """Reads evidence against definitions."""

    def __init__(self, index: DefinitionIndex) -> None:
        self._index = index

    def read(self, evidence: Evidence, order: int = 0) -> list[Claim]:
        """Every claim that a piece of evidence makes; none where it tells nothing."""
        return [replace(claim, order=order) for claim in self._claims(evidence)]

    def _claims(self, evidence: Evidence) -> Iterator[Claim]:
        text = evidence.text or ""
        match evidence.signal:
            case Signal.AUTHOR | Signal.PUSHER | Signal.SIGNATURE | Signal.COMMIT_AUTHOR | Signal.COMMITTER | Signal.CO_AUTHOR:
                yield from self._maker(evidence)
            case Signal.APP:
                yield from self._app(evidence)
            case Signal.TRAILER:
                phrase = f"{text.partition(':')[0]} trailer{_in(evidence)}"
                yield from self._identities(self._index.trailers.matching(text), phrase, evidence)
            case Signal.BRANCH:
                branch = text.removeprefix("refs/heads/")
                yield from self._identities(self._index.branches.matching(branch), f"branch {branch}", evidence)
            case Signal.LABEL:
                yield from self._identities(self._index.labels.matching(text), f"label {text}", evidence)
            case Signal.BODY:
                definitions = self._index.by_body(own_text(text))
                yield from self._identities(definitions, f"footer in {evidence.where or 'the description'}", evidence)
            case Signal.TOKEN:
                yield from self._token(evidence)
            case Signal.DECLARED:
                principal = named(evidence.name or "", self._index)
                named_by = "named by the caller"
                yield Claim(
                    principal.group,
                    evidence.strength,
                    named_by,
                    evidence,
                    principal.identity,
                    principal.definition,
                    principal.account,
                )
            case _:
                assert_never(evidence.signal)

    def _maker(self, evidence: Evidence) -> Iterator[Claim]:
        account, email = evidence.account, evidence.email
        if evidence.signal in (Signal.COMMITTER, Signal.SIGNATURE) and is_web_flow(account, email):
            return
        gone = account is not None and (is_ghost(account) or is_web_flow(account, None))
        explained = own_address = False
        noreply = noreply_account(email)
        local = None if email is None else email.rpartition("@")[0]
        segment = local if noreply is None else noreply.login
        for definition, exact in () if email is None else self._index.emails.read(email):
            agent = self._index.group(definition) is Group.AGENTS
            explained |= agent
            own_address |= agent and exact
            yield self._identity(definition, segment, _who(evidence, f"e-mail {email}"), Strength.ASSERTED, evidence)
        for definition in () if evidence.name is None else self._index.people.matching(evidence.name):
            explained |= self._index.group(definition) is Group.AGENTS
            yield self._identity(definition, segment, _who(evidence, f"name {evidence.name}"), Strength.ASSERTED, evidence)
        if account is not None and not gone:
            label = f"login {account.login}" if account.id is None else f"id {account.id}"
            for claim in self._account(account, evidence.strength, _who(evidence, label), evidence):
                # An account that the platform links to an agent's own address is that agent's, under whatever login.
                if claim.identity is not None or not own_address or claim.strength is Strength.VERIFIED:
                    yield claim
            return
        if noreply is not None and not gone:
            for claim in self._account(noreply, Strength.ASSERTED, _who(evidence, f"e-mail {email}"), evidence):
                explained |= claim.group is Group.AGENTS
                if claim.identity is not None or not own_address:
                    yield claim
            explained |= evidence.offline
        if evidence.signal in _CONTRIBUTORS and not explained and evidence.offline and email:
            phrase = _who(evidence, f"e-mail {email}, not known here; the gate asks GitHub")
            yield Claim(Group.HUMANS, Strength.ASSERTED, phrase, evidence)
        elif evidence.signal in _CONTRIBUTORS and not explained:
            yield Claim(Group.UNATTRIBUTED, Strength.ASSERTED, _unattributed(evidence), evidence)
            if evidence.signal in _ACTED:
                yield Claim(Group.AGENTS, Strength.ASSERTED, _unattributed(evidence), evidence)

    def account(self, account: Account, strength: Strength) -> list[Claim]:
        """Claims of an account by itself."""
        return self.read(Evidence(Signal.AUTHOR, strength, account))

    def _account(self, account: Account, strength: Strength, phrase: str, evidence: Evidence) -> Iterator[Claim]:
        known = False
        for definition, certainty in self._index.by_account(account):
            if certainty is AccountCertainty.OTHER:
                whose = f"{phrase}, whose login is {account.login}"
                yield self._identity(definition, account.login, whose, Strength.ASSERTED, evidence)
                continue
            known = True
            by_wildcard = certainty is AccountCertainty.BY_WILDCARD
            yield self._identity(definition, account.login, phrase, strength, evidence, account, by_wildcard=by_wildcard)
        if not known:
            yield Claim(group_of(account), strength, phrase, evidence, account=account)

    def _app(self, evidence: Evidence) -> Iterator[Claim]:
        # An App acts for a person here. One that nobody lists may be a Codespace or the person's own client: it is that person.
        slug = evidence.name or ""
        for definition, certainty in self._index.by_app(slug) if slug else ():
            by_wildcard = certainty is AccountCertainty.BY_WILDCARD
            yield self._identity(definition, slug, f"app {slug}", evidence.strength, evidence, by_wildcard=by_wildcard)

    def _token(self, evidence: Evidence) -> Iterator[Claim]:
        import json  # no pull request has a token

        try:
            claims = json.loads(evidence.text or "")
        except (ValueError, RecursionError):
            claims = None
        subject = claims.get("sub") if isinstance(claims, dict) else None
        phrase = evidence.where or "token"
        phrase += f" of {subject}" if isinstance(subject, str) else ""
        matches = self._index.by_token(claims) if isinstance(claims, dict) else []
        for definition, name in matches:
            yield self._identity(definition, name or UNNAMED, phrase, evidence.strength, evidence)
        if not matches:
            # whoever signs it may say anything: a token that the policy does not know proves nothing
            yield Claim(Group.AGENTS, Strength.ASSERTED, phrase, evidence)

    def _identities(self, definitions: list[AgentDefinition], phrase: str, evidence: Evidence) -> Iterator[Claim]:
        for definition in definitions:
            yield self._identity(definition, None, phrase, Strength.ASSERTED, evidence)

    def _identity(
        self,
        definition: AgentDefinition,
        segment: str | None,
        phrase: str,
        strength: Strength,
        evidence: Evidence,
        account: Account | None = None,
        *,
        by_wildcard: bool = False,
    ) -> Claim:
        group, identity = self._index.group(definition), self._index.identity(definition, segment)
        return Claim(group, strength, phrase, evidence, identity, ascii_lower(definition.name), account, by_wildcard)


def _who(evidence: Evidence, label: str) -> str:
    if evidence.signal is Signal.CO_AUTHOR:
        return f"co-author trailer{_in(evidence)}"
    role = _ROLES.get(evidence.signal)
    return f"{evidence.signal.value} {label}" if role is None else f"{evidence.where or 'commit'} {role} {label}"


def _unattributed(evidence: Evidence) -> str:
    if evidence.account is not None:
        return _who(evidence, f"login {evidence.account.login}, which is nobody's account")
    return _who(evidence, f"e-mail {evidence.email}, linked to no account" if evidence.email else "has no account")


def _in(evidence: Evidence) -> str:
    return f" in {evidence.where}" if evidence.where else ""


_FENCES: Final = ("```", "~~~")
_REGIONS: Final = (("<!--", "-->"), ("<details", "</details"), ("<blockquote", "</blockquote"))
"""HTML in which changelogs, release notes and templates stand."""


def own_text(body: str) -> str:
    """The lines of a description that are neither quoted, code, folded away nor in a comment of several lines.

    Descriptions of dependency updates quote whole changelogs, other projects' footers included, and people paste them; a
    footer that counts stands by itself, as its tool put it there. Nothing is lost by leaving much out: a description proves
    nothing, and whoever wants no footer writes none.
    """
    lines: list[str] = []
    fence = ""
    region = ("", "")
    depth = 0
    for line in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        text = line.strip()
        lower = text.lower()
        if depth > 0:
            depth += _opened(lower, region)
        elif fence:
            if text.startswith(fence) and not text.strip(fence[0]):
                fence = ""
        elif text.startswith(_FENCES):
            fence = text[: len(text) - len(text.lstrip(text[0]))]
        elif block := next((region for region in _REGIONS if lower.startswith(region[0]) and _opened(lower, region) > 0), None):
            region, depth = block, _opened(lower, block)
        elif not lower.startswith((">", "<details", "<blockquote")) and not line.startswith(("    ", "\t")):
            lines.append(line)
    return "\n".join(lines)


def _opened(lower: str, region: tuple[str, str]) -> int:
    """Number of regions that a line opens and does not close."""
    return lower.count(region[0]) - lower.count(region[1])
