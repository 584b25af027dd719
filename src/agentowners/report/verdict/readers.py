"""Next steps, a line each for whoever made the change, whoever may approve it, and the agent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from agentowners.change.model import AccountType
from agentowners.engine.verdict import AppliedRule, Verdict
from agentowners.identity.model import Group as PrincipalGroup
from agentowners.policy.model import ByComment, Decision
from agentowners.report.shared.cut import count, shorten, shorten_middle
from agentowners.report.shared.escape import for_markdown, for_markdown_prose
from agentowners.report.verdict.advice import LATER, VALUE_LIMIT, asked
from agentowners.report.verdict.groups import FileGroup, strongest
from agentowners.report.verdict.links import ONE_PERSON, Links, linked
from agentowners.text.wording import listed

_SHOWN: Final = 3
"""Files, rules and people named in a line."""


def reader_lines(verdict: Verdict, file_groups: Sequence[FileGroup], links: Links, *, advisory: bool) -> list[str]:
    """The lines in Markdown; none where nothing has to be done."""
    unmet = [group for group in file_groups if not group.met]
    if not unmet:
        return []
    lines = _Lines(verdict, unmet, links)
    later = LATER if advisory else ""
    return [f"**{reader}**{name}: {later}{step}." for reader, name, step in lines]


def working_together(verdict: Verdict) -> str | None:
    """The author and the agents known from the change's content, where a person opened it: ``@alice, working with @claude``."""
    author = verdict.author
    if author is None or author.type is not AccountType.USER:
        return None
    agents = [p for p in verdict.principals if p.group is PrincipalGroup.AGENTS]
    names = dict.fromkeys(p.name for p in agents if p.name.lower() != f"@{author.login}".lower())
    if not names:
        return None
    return f"{_name(f'@{author.login}')}, working with {listed([_name(name) for name in names], limit=_SHOWN)}"


class _Lines(Struct, frozen=True):
    verdict: Verdict
    unmet: list[FileGroup]
    links: Links

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        together = working_together(self.verdict)
        has_agent = any(p.group is PrincipalGroup.AGENTS for p in self.verdict.principals)
        yield "Author", "" if together is None else f" ({together})", self._author(has_agent)
        if asking := [group for group in self.unmet if group.said.decision is Decision.REQUIRE_APPROVAL]:
            yield "Approver", "", self._approver(asking)
        if has_agent:
            yield "Agent", "", self._agent()

    @property
    def _blocked(self) -> list[FileGroup]:
        return [group for group in self.unmet if group.said.decision is Decision.BLOCK]

    def _author(self, has_agent: bool) -> str:
        steps = []
        if self._blocked:
            rules = dict.fromkeys(group.rule for group in self._blocked if group.rule is not None)
            steps += [] if has_agent else [self._taken_out()]
            if rules:
                places = listed([self._place_of(rule) for rule in rules], limit=_SHOWN)
                names = listed(list(dict.fromkeys(_who(group) for group in self._blocked)), limit=_SHOWN)
                steps.append(f"to let {names} make it, first change {places}")
            elif has_agent:
                steps.append(self._taken_out())
        if any(group.said.decision is Decision.REQUIRE_APPROVAL for group in self.unmet):
            missing = [for_markdown_prose(phrase) for phrase in asked(o for group in self.unmet for o in group.obligations)]
            steps.append(f"ask for {listed(missing)}" if missing else "ask somebody with write access to approve")
            if self._alone and self.verdict.approvals.by_comment is ByComment.AUTHOR and (command := self._command):
                steps.append(f"or approve it yourself, in a comment whose first line is {command}")
        return "; ".join(steps)

    def _place_of(self, rule: AppliedRule) -> str:
        statement = "the default" if rule.is_default else "rule"
        branch = self.links.branches.get(rule.source)
        on = f" on {_name(branch)}" if branch else ""
        source = "" if rule.id.startswith(rule.source) else f" in {_name(rule.source)}"
        return f"{statement} {linked(shorten(rule.id, VALUE_LIMIT), self.links.rule(rule))}{source}{on}"

    def _approver(self, asking: Sequence[FileGroup]) -> str:
        obligations = [o for o in strongest(o for group in asking for o in group.obligations) if not o.met]
        people = dict.fromkeys(name for o in obligations for name in o.approvers)
        names = [linked(shorten(name, VALUE_LIMIT), self.links.approver(name)) for name in people]
        if not obligations or any(not o.approvers for o in obligations):
            names.append(f"anyone with {self.verdict.approvals.permission.value} access")
        look = f"[look at the changes]({self.links.changes})" if self.links.changes else "look at the changes"
        steps = [f"{listed(names, limit=10, word='or')}, who had no part in it: {look} and approve them"]
        if self.verdict.approvals.by_comment is not ByComment.NEVER and (command := self._command):
            steps.append(f"a comment approves too, where its first line is {command}")
        elif self._alone:
            setting = for_markdown("approvals by_comment=author")
            steps.append(
                f"where nobody else can, the line {setting} in the policy lets the author approve in a comment "
                f"([a record, not a barrier]({ONE_PERSON}))"
            )
        return "; ".join(steps)

    def _agent(self) -> str:
        total, files = len(self.verdict.files), sum(len(group.files) for group in self.unmet)
        if self._blocked:
            rest = [group for group in self.unmet if group.said.decision is not Decision.BLOCK]
            after = "what is left then waits for approval" if rest else "what is left needs nobody else"
            everything = files == total and not rest
            return self._taken_out() + ("" if everything else f"; {after}")
        if files == total:
            return "every file of this change waits for people; there is nothing that you could take out"
        return f"without {self._files(self.unmet)} this change needs nobody else"

    def _taken_out(self) -> str:
        is_single = sum(len(group.files) for group in self._blocked) == 1
        return f"take {'this change' if is_single else 'these changes'} out: {self._files(self._blocked)}"

    def _files(self, file_groups: Sequence[FileGroup]) -> str:
        files = [file for group in file_groups for file in group.files[: _SHOWN + 1]]
        total = sum(len(group.files) for group in file_groups)
        links = [linked(shorten_middle(file.path, VALUE_LIMIT), self.links.file(file)) for file in files[:_SHOWN]]
        return listed([*links, count(total - _SHOWN, "more file")] if total > _SHOWN else links, limit=_SHOWN + 1)

    @property
    def _alone(self) -> bool:
        """True where an agent worked under the account of the person who opened the change."""
        return working_together(self.verdict) is not None

    @property
    def _command(self) -> str:
        """The first line of a comment that approves, empty where there is nothing to comment on."""
        head = self.verdict.head
        return for_markdown(f"/agentowners approve {head}") if head and self.verdict.pull_request is not None else ""


def _who(group: FileGroup) -> str:
    return "the contributor" if group.said.principal is None else _name(group.said.principal.name)


def _name(name: str) -> str:
    return for_markdown(shorten(name, VALUE_LIMIT))
