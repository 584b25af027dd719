"""The engine against the plainest reading of the language: every rule, path, action and principal, one by one, nothing kept."""

from __future__ import annotations

import re2
from hypothesis import given
from hypothesis import strategies as st

from agentowners.change.model import Account, Change, FileChange, Kind, Signal, Status, Strength
from agentowners.engine.path_changes import actions_of
from agentowners.engine.verdict import Verdict
from agentowners.identity.match import Match, Names, Team
from agentowners.identity.model import Group, Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.expressions import subject
from agentowners.policy.model import ALLOW, WRITE_KINDS, Action, Layer, Outcome, Policy, Rule
from agentowners.policy.modes import expand
from agentowners.policy.patterns import PathPattern, PrincipalPattern, RefPattern
from tests.engine.build import policy
from tests.engine.test_properties import Paths, changes, defaults, extras, judge, rule, shared_work
from tests.examples import examples

LINKS = {Kind.SYMLINK, Kind.SUBMODULE}
Decided = dict[str, tuple[int, frozenset[tuple[int, frozenset[str]]]]]


def said(regex: str, text: str) -> bool:
    return re2.compile(regex).search(subject(text)) is not None


def within(patterns: tuple[PathPattern, ...], names: list[str]) -> bool:
    positive = [p for p in patterns if not p.negative]
    taken_out = any(said(p.regex(), name) for p in patterns if p.negative for name in names)
    return not taken_out and (not positive or any(said(p.regex(), name) for p in positive for name in names))


def on_ref(patterns: tuple[RefPattern, ...], ref: str) -> bool:
    positive = [p for p in patterns if not p.negative]
    return not any(said(p.regex(), ref) for p in patterns if p.negative) and (
        not positive or any(said(p.regex(), ref) for p in positive)
    )


class Oracle:
    def __init__(self, text: Policy, change: Change, paths: Paths | None = None) -> None:
        self.policy, self.change, self.paths = text, change, paths or {}
        known = definitions(text)
        self.principals = resolve(change.evidence, known, change.author)
        self.names = Names(known, "acme")
        self.protected = tuple(p for layer in text.layers if layer.source is None for r in layer.rules for p in r.patterns)

    def means(self, patterns: tuple[PrincipalPattern, ...], who: Principal, *, loosens: bool) -> bool:
        def membership(team: Team, account: Account) -> Match:
            return Match.NO if self.paths else Match.MAYBE

        found = [self.names.meaning(pattern, who, membership, loosens=loosens) for pattern in patterns]
        if loosens:
            # the author's permission is not known here, so that nobody answers for who is asserted
            return any(meaning.proven and meaning.match is Match.YES for meaning in found)
        return any(meaning.match is not Match.NO for meaning in found)

    def holds(self, one: Rule, views: list[list[str]], action: Action, who: Principal) -> bool:
        restricts = one.decision.restricts
        if not on_ref(one.refs, self.change.ref) or not self.means(one.principals, who, loosens=not restricts):
            return False
        inside = [within(one.patterns, names) for names in views]
        if not (any(inside) if restricts else all(inside)):
            return False
        if not one.actions or action in one.actions or (action in WRITE_KINDS and Action.FILE_WRITE in one.actions):
            return True
        if action is Action.FILE_WRITE:
            return bool(one.actions & WRITE_KINDS) if restricts else one.actions >= WRITE_KINDS
        return False

    def default(self, layer: Layer, who: Principal) -> Outcome:
        own: list[tuple[str | None, ...]] = [(None,), (who.group.value,)]
        for words in [*own, *([("humans",)] if who.group is Group.UNATTRIBUTED else []), ("anyone",)]:
            fitting = []
            for one in layer.defaults:
                if one.principal.group not in words:
                    continue
                loosens = not one.outcome.decision.restricts
                by_word = one.principal.group is not None and (not loosens or who.strength is Strength.VERIFIED)
                if by_word or (one.principal.group is None and self.means((one.principal,), who, loosens=loosens)):
                    fitting.append(one.outcome)
            if fitting:
                return max(fitting, key=lambda outcome: (outcome.decision.strictness, outcome.count))
        return ALLOW

    def lifted(self, views: list[list[str]], who: Principal) -> bool:
        # the author's permission is not known here, so that only a verified principal is taken out
        return any(
            all(within(line.patterns, names) for names in views) and self.means(line.principals, who, loosens=True)
            for layer in self.policy.layers
            for line in layer.unprotects
        )

    def together(self, path: str) -> set[str]:
        """A path with all that renames tie to it."""
        renames = [{f.path, f.previous_path} for f in self.change.files if f.status is Status.RENAMED]
        found = {path}
        for _ in renames:
            found |= {p for pair in renames if pair & found for p in pair if p is not None}
        return found

    def made(self, commits: tuple[str, ...], path: str) -> bool:
        return any(self.together(path) & (self.paths.get(commit) or set()) for commit in commits)

    def is_on(self, who: Principal, path: str) -> bool:
        if who.commits is None or any(self.paths.get(commit) is None for commit in who.commits):
            return True
        flagged = any(f.everybodys for f in self.change.files for p in (f.path, f.previous_path) if p in self.together(path))
        answered_for = any(one.commits is None and one.strength is Strength.VERIFIED for one in self.principals)
        everybodys = (flagged or not answered_for) and not self.made(self.change.commits, path)
        return everybodys or self.made(who.commits, path)

    def judged_on(self, path: str) -> list[Principal]:
        files = [f for f in self.change.files if f.path in self.together(path)]
        places = [path, *(f.stands_for for f in files if f.stands_for is not None)]
        found = [who for who in self.principals if any(self.is_on(who, place) for place in places)]
        return found or list(self.principals)

    def outcomes(self, path: str, views: list[list[str]], action: Action) -> list[Outcome]:
        found: list[Outcome] = []
        for layer in self.policy.layers:
            for who in self.judged_on(path):
                matching = [r.outcome for r in expand(layer, self.protected) if self.holds(r, views, action, who)]
                if layer.source is None and matching and self.lifted(views, who):
                    continue
                found += matching or [self.default(layer, who)]
        return found

    def judge(self) -> Decided:
        decided: dict[str, list[Outcome]] = {}
        for path, actions, kinds in [entry for file in self.change.files for entry in entries(file)]:
            plain, directory = [path], [path, f"{path}/"]
            doubtful = [plain, directory] if Kind.UNKNOWN in kinds else [plain]
            views = [directory] if kinds & LINKS else doubtful
            for action in actions:
                decided.setdefault(path, []).extend(self.outcomes(path, views, action))
        return {
            path: (
                max(outcome.decision.strictness for outcome in found),
                frozenset((o.count, frozenset(a.key for a in o.approvers)) for o in found if o.count),
            )
            for path, found in decided.items()
        }


def entries(file: FileChange) -> list[tuple[str, list[Action], set[Kind]]]:
    if file.status is not Status.RENAMED:
        return [(file.path, list(actions_of(file.status)), {file.before, file.after})]
    assert file.previous_path is not None
    return [
        (file.previous_path, [Action.FILE_RENAME, Action.FILE_DELETE], {file.before}),
        (file.path, [Action.FILE_RENAME, Action.FILE_CREATE], {file.after}),
    ]


@given(st.lists(rule(), max_size=5), st.lists(rule(), max_size=3), defaults, extras, changes())
@examples(75)
def test_the_engine_decides_as_the_plainest_reading_does(
    first: list[str], second: list[str], given: list[str], more: list[str], change: Change
) -> None:
    text = policy("\n".join([*first, *more]), "\n".join([*second, *given]))
    assert all(evidence.signal is not Signal.DECLARED for evidence in change.evidence)
    assert decided(judge(text, change)) == Oracle(text, change).judge()


@given(st.lists(rule(), max_size=5), st.lists(rule(), max_size=3), defaults, extras, shared_work())
@examples(75)
def test_the_engine_judges_each_path_for_its_makers_as_the_plainest_reading_does(
    first: list[str], second: list[str], given: list[str], more: list[str], work: tuple[Change, Paths]
) -> None:
    text = policy("\n".join([*first, *more]), "\n".join([*second, *given]))
    change, paths = work
    assert decided(judge(text, change, paths)) == Oracle(text, change, paths).judge()


def decided(result: Verdict) -> Decided:
    asked = [(o.count, frozenset(name.removeprefix("@").lower() for name in o.approvers)) for o in result.approvals.obligations]
    return {
        f.path: (f.judgement.decision.strictness, frozenset(asked[index] for index in f.judgement.obligations))
        for f in result.files
    }
