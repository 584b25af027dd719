"""A branch's record, sorted out: who brought what, who set it back, and what nobody is known to have brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentowners.action.own_commits import OwnCommits
from agentowners.action.pushers import MAX_LOOKUPS, Pushed, pushed
from agentowners.change.model import Account, AccountType
from agentowners.github.model import Activity

MONA, HUBOT, LISA = (Account(login, number, AccountType.USER) for number, login in enumerate(("mona", "hubot", "lisa"), 7))
AUTHOR = Account("author", 6, AccountType.USER)
WEB_FLOW = Account("web-flow", 19864447, AccountType.USER)
LINE = {"c1": ("base",), "c2": ("c1",), "c3": ("c2",)}


def move(before: str | None, after: str | None, kind: str = "push", actor: Account | None = MONA) -> Activity:
    return Activity(before=before, after=after, kind=kind, actor=actor)


@dataclass
class Answers:
    """Answers to what the record does not tell, and what was asked."""

    base: set[str] = field(default_factory=lambda: {"base", "old"})
    holding: set[str] = field(default_factory=set)
    clean: set[str] = field(default_factory=set)
    copies: Mapping[str, str] | None = None
    asked: list[str] = field(default_factory=list)

    def adds_nothing(self, sha: str) -> bool:
        self.asked.append(f"merge {sha}")
        return sha in self.clean

    def on_base(self, sha: str) -> bool:
        self.asked.append(f"base {sha}")
        return sha in self.base

    def holds(self, sha: str, roots: Sequence[str]) -> bool:
        self.asked.append(f"holds {sha}")
        return sha in self.holding

    def moved_onto(self, old: str, new: str) -> Mapping[str, str] | None:
        self.asked.append(f"rebase {old} {new}")
        return self.copies


def sorted_out(
    record: Sequence[Activity],
    own: Mapping[str, tuple[str, ...]],
    answers: Answers | None = None,
    *,
    told: Activity | None = None,
    merges: Mapping[str, str] | None = None,
    cut: bool = False,
) -> tuple[dict[str | None, str | tuple[str, ...]], Pushed]:
    commits = OwnCommits(own)
    found = pushed(record, told, commits, merges or {}, AUTHOR, answers or Answers(), cut=cut)
    scopes = {
        None if push.actor is None else push.actor.login: "everywhere" if push.everywhere else commits.names(push.commits)
        for push in found.pushes
    }
    return scopes, found


def scopes(record: Sequence[Activity], own: Mapping[str, tuple[str, ...]] = LINE, answers: Answers | None = None) -> object:
    return sorted_out(record, own, answers)[0]


CREATED, DELETED, FORCED = "branch_creation", "branch_deletion", "force_push"


@pytest.mark.parametrize(
    ("record", "found"),
    [
        # each for what came by the push
        ([move("c2", "c3"), move("c1", "c2", actor=HUBOT), move("base", "c1")], {"mona": ("c3", "c1"), "hubot": ("c2",)}),
        ([move("base", "c3", actor=None)], {None: ("c3", "c2", "c1")}),
        ([move("base", "c3", actor=WEB_FLOW)], {}),
        ([move("base", "c3", actor=AUTHOR)], {}),
        # who made it of a commit of the base, or set it back to one, brought nothing
        ([move("base", "c3", actor=AUTHOR), move(None, "base", CREATED)], {}),
        ([move("base", "c3", actor=AUTHOR), move("x", "base", FORCED), move("base", "x", actor=AUTHOR)], {}),
        # who set it back to one of its own commits, or brought something that was replaced, counts everywhere
        ([move("c1", "c3", actor=AUTHOR), move("c2", "c1", FORCED), move("base", "c2", actor=AUTHOR)], {"mona": "everywhere"}),
        ([move("x", "c3", FORCED, AUTHOR), move("base", "x")], {"mona": "everywhere"}),
        ([move("x", "c3", "teleport"), move(None, "x", CREATED, AUTHOR)], {"mona": "everywhere"}),
        # whoever brought it first, whatever was set back, deleted or made since
        ([move("base", "c3", actor=AUTHOR), move("c1", "base", FORCED), move("base", "c1", actor=HUBOT)], {"hubot": ("c1",)}),
        (
            [move(None, "c3", CREATED, AUTHOR), move("c1", None, DELETED), move("base", "c1", actor=HUBOT)],
            {"hubot": ("c1",)},
        ),
        (
            [move(None, "c3", CREATED, HUBOT), move("c3", None, DELETED, HUBOT), move("base", "c3")],
            {"hubot": ("c3", "c2", "c1"), "mona": ("c3", "c2", "c1")},
        ),
        # what is older than the branch's standing on the base, and has landed
        ([move("base", "c3", actor=AUTHOR), move("older", "base"), move(None, "older", CREATED, HUBOT)], {}),
    ],
)
def test_who_brought_what(record: list[Activity], found: object) -> None:
    assert scopes(record) == found


def test_who_brought_a_commit_with_others_that_were_dropped_is_asked_for() -> None:
    record = [move("base", "c3", actor=AUTHOR), move("x", "base", FORCED, AUTHOR), move("base", "x")]
    answers = Answers(holding={"x"})
    assert scopes(record, LINE, answers) == {"mona": "everywhere"}
    assert answers.asked == ["holds x"]


def test_what_led_to_a_commit_that_holds_none_holds_none() -> None:
    old = [move(f"x{n}", f"x{n + 1}", actor=Account(f"p{n}", 100 + n)) for n in reversed(range(30))]
    answers = Answers()
    assert scopes([move("base", "c3", actor=AUTHOR), move("x30", "base", FORCED, AUTHOR), *old], LINE, answers) == {}
    assert answers.asked == ["holds x30"]


def test_who_is_not_looked_into_any_more_counts_everywhere() -> None:
    people = [Account(f"p{n}", 100 + n, AccountType.USER) for n in range(MAX_LOOKUPS + 2)]
    answers = Answers(base={f"x{n}" for n in range(len(people))})
    record = [move("x0", "c3", FORCED, AUTHOR), *(move(f"x{n + 1}", f"x{n}", FORCED, who) for n, who in enumerate(people))]
    record.append(move(None, f"x{len(people)}", CREATED, AUTHOR))
    found = scopes(record, LINE, answers)
    assert found == {who.login: "everywhere" for who in people[MAX_LOOKUPS:]}


def test_a_merge_of_the_base_is_looked_into_where_it_makes_a_difference() -> None:
    own = {"c1": ("base",), "m": ("c1", "newer"), "c2": ("m",)}
    record = [move("m", "c2", actor=AUTHOR), move("c1", "m"), move("base", "c1", actor=AUTHOR)]
    for answers, found in ((Answers(clean={"m"}), {}), (Answers(), {"mona": ("m",)})):
        assert sorted_out(record, own, answers, merges={"m": "c1"})[0] == found
        assert answers.asked == ["merge m"]
    mine, answers = [move("c1", "m", actor=AUTHOR), move("base", "c1")], Answers()
    assert sorted_out(mine, {"c1": ("base",), "m": ("c1", "newer")}, answers, merges={"m": "c1"})[0] == {"mona": ("c1",)}
    assert answers.asked == []


def test_the_same_commits_on_a_newer_base_are_whose_they_were() -> None:
    record = [move("o2", "c2", FORCED), move("o1", "o2", actor=HUBOT), move("older", "o1", actor=LISA)]
    own = {"c1": ("base",), "c2": ("c1",)}
    assert sorted_out(record, own, Answers(copies={"o1": "c1", "o2": "c2"}))[0] == {"hubot": ("c2",), "lisa": ("c1",)}
    found, rest = sorted_out(record[:1], own, Answers(copies={"o1": "c1", "o2": "c2"}))
    assert (found, rest.unread) == ({"mona": "everywhere"}, 0b11)


def test_a_rebase_of_the_authors_own_is_not_looked_into() -> None:
    answers = Answers()
    record = [move("o2", "c3", FORCED, AUTHOR), move(None, "o2", CREATED, actor=AUTHOR)]
    assert scopes(record, LINE, answers) == {}
    assert answers.asked == []


@pytest.mark.parametrize("kind", ["pr_merge", "merge_queue_merge"])
def test_what_github_merged_was_pushed_by_nobody(kind: str) -> None:
    found, rest = sorted_out([move("c1", "c3", kind), move("base", "c1", actor=AUTHOR)], LINE)
    assert found == {}
    assert [(each.after, commits) for each, commits in rest.merges] == [("c3", 0b110)]
    assert rest.unread == 0


@pytest.mark.parametrize(
    ("record", "found", "unread"),
    [
        ([], {}, ("c3", "c2", "c1")),
        ([move("c2", "c3"), move("base", "c1", actor=HUBOT)], {"mona": ("c3", "c2"), "hubot": ("c2", "c1")}, ("c2",)),
        ([move("base", "c2")], {"mona": ("c3", "c2", "c1")}, ("c3",)),
        # set back from something that may have held it, and who brought that was not read
        ([move("x", "c3", FORCED)], {"mona": "everywhere"}, ("c3", "c2", "c1")),
        ([move("x", "c3", FORCED), move(None, "x", CREATED)], {"mona": "everywhere"}, ()),
        ([move("x", "c3", FORCED), move("old", "x")], {"mona": "everywhere"}, ()),
        ([move("x", "c3", FORCED), move("z", "x")], {"mona": "everywhere"}, ("c3", "c2", "c1")),
        ([move("x", "c3", FORCED), move(None, "y", CREATED)], {"mona": "everywhere"}, ("c3", "c2", "c1")),
        (
            [move("c2", "c3"), move("y", "z", "push", HUBOT), move("z", None, DELETED, LISA)],
            {"mona": ("c3", "c2", "c1"), "hubot": "everywhere", "lisa": "everywhere"},
            ("c2", "c1"),
        ),
    ],
)
def test_of_what_nobody_is_known_to_have_brought_everybody_is_suspect(
    record: list[Activity], found: object, unread: tuple[str, ...]
) -> None:
    scope, rest = sorted_out(record, LINE)
    assert scope == found
    assert OwnCommits(LINE).names(rest.unread) == unread


def test_where_the_record_is_cut_off_who_set_back_anything_counts_everywhere() -> None:
    record = [move("base", "c3", actor=AUTHOR), move("old", "base"), move("base", "old", FORCED, HUBOT)]
    assert sorted_out(record, LINE)[0] == {}
    assert sorted_out(record, LINE, cut=True)[0] == {"hubot": "everywhere"}


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (move("base", "c3", "", AUTHOR), {}),
        (move("c2", "c3", "", HUBOT), {"hubot": ("c3",)}),
        (move("base", "c1", "", HUBOT), {"hubot": ("c1",)}),
        (move("y", "c3", "", HUBOT), {"hubot": "everywhere"}),
        (move("y", "x", "", HUBOT), {}),
    ],
)
def test_what_the_event_tells_counts_beside_the_record(told: Activity, found: object) -> None:
    assert sorted_out([move("base", "c3", actor=AUTHOR)], LINE, told=told)[0] == found


def test_threat_38_who_merged_a_pull_request_is_told_and_not_whose_it_is() -> None:
    record, merged = [move("base", "c1", actor=AUTHOR)], move("c1", "c3", "", AUTHOR)
    found = pushed(record, merged, OwnCommits(LINE), {}, AUTHOR, Answers(), pulled={"c3"})
    assert OwnCommits(LINE).names(found.unread) == ("c3", "c2")
    known = pushed(
        [move("c1", "c3", "pr_merge", AUTHOR), *record], merged, OwnCommits(LINE), {}, AUTHOR, Answers(), pulled={"c3"}
    )
    assert (known.unread, len(known.merges)) == (0, 1)


# --- against a model that has all of git's history at hand ---

STEPS = st.lists(st.tuples(st.sampled_from([MONA, HUBOT, LISA]), st.integers(0, 5), st.integers(0, 30)), max_size=12)


@dataclass
class History:
    """A branch that people move, and every commit there ever was."""

    parents: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"b0": (), "b1": ("b0",), "b2": ("b1",)})
    tip: str | None = "b1"
    record: list[Activity] = field(default_factory=lambda: [move(None, "b1", CREATED, LISA)])

    def upto(self, sha: str | None) -> set[str]:
        return set() if sha is None else {sha}.union(*(self.upto(parent) for parent in self.parents[sha]))

    def step(self, who: Account, what: int, number: int) -> None:
        old, known = self.tip, sorted(self.parents)
        if what == 0:
            self.tip = None if old is not None and number % 3 == 0 else known[number % len(known)]
        elif what < 4 and old is not None:
            self.tip = f"c{len(self.parents):02}"
            self.parents[self.tip] = (old,) if number % 4 else (old, known[number % len(known)])
        else:
            self.tip = known[number % len(known)]
        if self.tip != old:
            onward = old in self.upto(self.tip)
            kind = DELETED if self.tip is None else CREATED if old is None else "push" if onward else FORCED
            self.record.insert(0, move(old, self.tip, kind, who))


@given(steps=STEPS, keep=st.integers(0, 12))
def test_nobody_who_brought_a_commit_is_missed_however_the_branch_was_moved_since(
    steps: list[tuple[Account, int, int]], keep: int
) -> None:
    history = History()
    for step in (*steps, (AUTHOR, 4, 30) if history.tip is None else (AUTHOR, 1, 1)):
        history.step(*step)
    if history.tip is None:
        return
    base = history.upto("b2")
    own = {sha: history.parents[sha] for sha in sorted(history.upto(history.tip) - base)}
    answers = Answers(base=base, holding={sha for sha in history.parents if history.upto(sha) & own.keys()})
    record = history.record[:keep] if keep < 10 else history.record
    found, rest = sorted_out(record, own, answers, cut=record != history.record)
    commits = OwnCommits(own)
    brought: set[str] = set()
    for each in record:
        came = (history.upto(each.after) - history.upto(each.before)) & own.keys()
        brought |= came
        scope = found.get(each.actor.login if each.actor is not None else None, ())
        if each.actor != AUTHOR:
            assert scope == "everywhere" or came <= set(scope)
            if each.kind == FORCED and each.after in own:
                assert scope == "everywhere"
    assert set(commits.names(rest.unread)) >= own.keys() - brought
    if record == history.record:
        assert rest.unread == 0
        # whoever moved it among commits of the base alone is none of them
        for who in (MONA, HUBOT, LISA):
            if all(each.after is None or each.after in base for each in record if each.actor == who):
                assert who.login not in found


def test_a_thousand_commits_and_five_hundred_moves_take_no_time() -> None:
    own = {f"c{n}": (f"c{n - 1}" if n else "base",) for n in range(10_000)}
    record = [move(f"c{n * 20}", f"c{n * 20 + 20 if n < 499 else 9999}") for n in reversed(range(500))]
    found, _ = sorted_out([*record, move("base", "c0")], own)
    assert len(found["mona"]) == 10_000
