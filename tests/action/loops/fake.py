"""The classes of `agentowners.github`, answering from plain fields; what is not overridden here is real code above what is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from agentowners.change.model import Account, FileChange, Review
from agentowners.github.checks import Checks
from agentowners.github.conversation import Conversation
from agentowners.github.errors import PlatformError, Trouble
from agentowners.github.host import GitHubHost
from agentowners.github.model import (
    ActingApp,
    Activity,
    Assignment,
    Budget,
    CheckRun,
    CommentEdit,
    CommitHistory,
    Deletion,
    Glance,
    IssueComment,
    MergedPull,
    Patience,
    Pull,
    PullComment,
    PullSummary,
    Remark,
    RunOutput,
)
from agentowners.github.people import People
from agentowners.github.policy_files import PolicyFiles
from agentowners.github.pulls import Pulls
from agentowners.github.timeline import Timelines
from agentowners.github.tree_changes import TreeChanges
from agentowners.policy.model import Permission
from agentowners.report.verdict.annotations import Annotation
from tests.action.loops.facts import REPOSITORY, Facts, account
from tests.action.loops.fake_commits import FakeCommits, FakeTrees, asks, summary

OUR_APP = 15368


class FakeTimelines(Timelines):
    """Of nothing but what is asked for in a pull request itself."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @asks
    def forget(self, number: int) -> None:
        pass

    @asks
    def assignments(self, number: int, *, issue: bool = False) -> tuple[Assignment, ...]:
        return ()

    @asks
    def remarks(self, number: int, *, issue: bool = False) -> tuple[Remark, ...]:
        return ()

    @asks
    def review_requests(self, number: int) -> frozenset[str]:
        return frozenset()

    @asks
    def base_changed(self, number: int) -> str | None:
        return None

    @asks
    def former_bases(self, number: int) -> tuple[str, ...]:
        return ()

    @asks
    def has_issues(self) -> bool:
        return True


class FakePulls(Pulls):
    """Pull requests of the fields."""

    def __init__(self, facts: Facts, commits: FakeCommits) -> None:
        self.facts = facts
        self.commits = commits
        self.timelines = FakeTimelines(facts)

    @asks
    def get(self, number: int) -> Pull:
        return self._now(number)

    def _now(self, number: int) -> Pull:
        pull = self.facts.pulls.get(number)
        if pull is None:
            raise PlatformError(Trouble.NOT_FOUND, f"no #{number}")
        return replace(
            pull,
            base=pull.base if pull.merged else self.facts.branches[pull.base_ref],
            changed_files=len(self._files(pull)),
            commits=len(self.commits.own(pull).commits),
        )

    def _files(self, pull: Pull) -> tuple[FileChange, ...]:
        return self.commits.compared(pull.base if pull.merged else self.facts.branches[pull.base_ref], pull.head).files

    @asks
    def later(self, number: int, attempt: int) -> Pull | None:
        return self._now(number) if attempt < 6 else None

    @asks
    def begin_merging(self) -> None:
        pass

    @asks
    def rebase_allowed(self) -> bool:
        return True

    @asks
    def open_pulls(self, *, base: str | None = None, head: str | None = None) -> tuple[PullSummary, ...]:
        listed = [pull for pull in reversed(self.facts.pulls.values()) if pull.open and base in (None, pull.base_ref)]
        return tuple(summary(pull) for pull in listed if head is None or head == f"acme:{pull.head_ref}")

    @asks
    def glances(self, base: str, check: str) -> tuple[Glance, ...]:
        pulls = [pull for pull in self.facts.pulls.values() if pull.open and pull.base_ref == base]
        return tuple(
            Glance(
                pull=summary(pull),
                paths=frozenset(file.path for file in self._files(pull)),
                says=tuple(
                    self.facts.outputs[run.id].title if run.status == "completed" else ""
                    for run in self.facts.checks.values()
                    if (run.head, run.name) == (pull.head, check)
                ),
            )
            for pull in pulls
        )

    @asks
    def files(self, pull: Pull) -> tuple[FileChange, ...]:
        return self._files(pull)

    @asks
    def history(self, pull: Pull) -> CommitHistory:
        return self.commits.own(pull)

    @asks
    def reviews(self, number: int) -> tuple[Review, ...]:
        return tuple(self.facts.reviews.get(number, ()))

    @asks
    def review_times(self, number: int) -> Mapping[int, str]:
        return {}

    @asks
    def said(self, number: int) -> tuple[PullComment, ...]:
        return ()

    @asks
    def edits(self, number: int) -> Mapping[int, CommentEdit | None]:
        return {}

    @asks
    def deletions(self, number: int) -> tuple[Deletion, ...]:
        return ()

    @asks
    def same_reviews(self, number: int, before: Sequence[Review]) -> bool:
        return self.facts.reviews.get(number, []) == list(before)

    @asks
    def app(self, number: int) -> ActingApp:
        return ActingApp()

    @asks
    def merged_into(self, branch: str) -> Iterator[MergedPull]:
        return iter(())

    @asks
    def default_branch(self) -> str:
        return "main"

    @asks
    def issue(self, number: int) -> Remark | None:
        raise PlatformError(Trouble.NOT_FOUND, f"no #{number}")

    @asks
    def activity(self, repository: str, branch: str) -> Iterator[Activity]:
        return iter(self.facts.moves.get(branch, ()))


class FakePeople(People):
    """Accounts of the fields; who has no permission there may read."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @asks
    def permission(self, account: Account) -> Permission:
        return self.facts.permissions.get(account.login, Permission.READ)

    @asks
    def members(self, owner: str, team: str) -> tuple[Account, ...]:
        raise PlatformError(Trouble.NOT_FOUND, f"no {owner}/{team}")

    @asks
    def named(self, login: str) -> Account:
        return account(login)

    @asks
    def account(self, id: int) -> Account | None:
        return next((who for who in map(account, [*self.facts.permissions, "Copilot"]) if who.id == id), None)


class FakeChecks(Checks):
    """Check runs of the fields."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @asks
    def create(self, *, name: str, head: str, external_id: str, details_url: str, output: RunOutput) -> CheckRun:
        id = len(self.facts.checks) + 1
        run = CheckRun(
            id=id,
            name=name,
            head=head,
            status="in_progress",
            conclusion=None,
            external_id=external_id,
            app=OUR_APP,
            url=f"https://github.com/{REPOSITORY}/runs/{id}",
            annotations=0,
        )
        return self._shown(run, output)

    @asks
    def complete(self, run: CheckRun, conclusion: str, output: RunOutput, annotations: Sequence[Annotation]) -> CheckRun:
        return self._shown(replace(run, status="completed", conclusion=conclusion), output)

    @asks
    def add(self, run: CheckRun, output: RunOutput, annotations: Sequence[Annotation]) -> CheckRun:
        return self._shown(run, output)

    @asks
    def set_conclusion(self, run: CheckRun, conclusion: str, output: RunOutput) -> CheckRun:
        return self._shown(replace(run, status="completed", conclusion=conclusion), output)

    @asks
    def of_commit(self, head: str, name: str) -> tuple[CheckRun, ...]:
        return tuple(run for run in self.facts.checks.values() if (run.head, run.name) == (head, name))

    def _shown(self, run: CheckRun, output: RunOutput) -> CheckRun:
        self.facts.outputs[run.id] = output
        self.facts.checks[run.id] = replace(run, text=output.text or "")
        return self.facts.checks[run.id]


class FakeConversation(Conversation):
    """Labels and comments of the fields."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @asks
    def add_label(self, number: int, name: str, color: str, description: str) -> None:
        self.facts.change(number, labels=(*self.facts.pulls[number].labels, name))

    @asks
    def remove_label(self, number: int, name: str) -> None:
        self.facts.change(number, labels=tuple(each for each in self.facts.pulls[number].labels if each != name))

    @asks
    def request_reviews(self, number: int, people: Sequence[str], teams: Sequence[str]) -> None:
        pass

    @asks
    def comments(self, number: int) -> tuple[IssueComment, ...]:
        return tuple(self.facts.comments.get(number, ()))

    @asks
    def add_comment(self, number: int, body: str) -> None:
        written = self.facts.comments.setdefault(number, [])
        written.append(IssueComment(id=100 * number + len(written), body=body, app=OUR_APP))

    @asks
    def change_comment(self, id: int, body: str) -> None:
        self.facts.comments[id // 100][id % 100] = IssueComment(id=id, body=body, app=OUR_APP)


class FakeHost(GitHubHost):
    """Everything of GitHub that the action needs, from plain fields."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.repository = REPOSITORY
        self.commits = commits = FakeCommits(facts)
        self.trees = FakeTrees(facts)
        self.changes = TreeChanges(self.trees, lambda _: None)
        self.pulls = FakePulls(facts, commits)
        self.timelines = self.pulls.timelines
        self.policies = PolicyFiles(self.trees)
        self.people = FakePeople(facts)
        self.checks = FakeChecks(facts)
        self.conversation = FakeConversation(facts)

    @property
    def budget(self) -> Budget | None:
        return self.facts.budget

    @property
    def requests(self) -> int:
        return len(self.facts.asked)

    @property
    def waited(self) -> float:
        return 0.0

    def hurry(self, patience: Patience) -> None:
        self.facts.asked.append("hurry")

    def close(self) -> None:
        self.facts.asked.append("close")
