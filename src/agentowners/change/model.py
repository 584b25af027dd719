"""The facts about one request to change a repository, as plain data. No client objects, no judgement."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum

from msgspec import Struct, field


class Status(StrEnum):
    """Status of a file, in the words of GitHub's REST API for pull request files."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"
    COPIED = "copied"
    CHANGED = "changed"
    """A change of mode or type."""
    WRITTEN = "written"
    """Not GitHub's: written somehow, which kind is not known."""
    READ = "read"
    """Not GitHub's: read, at the moment of a tool call."""
    EXECUTED = "executed"
    """Not GitHub's: a shell command touches it, at the moment of a tool call."""


class Kind(StrEnum):
    """Kind of entry at a path."""

    NOTHING = "nothing"
    FILE = "file"
    SYMLINK = "symlink"
    SUBMODULE = "submodule"
    UNKNOWN = "unknown"
    """The source of the change does not say; restricting rules then match as if it were a link."""


class Because(StrEnum):
    """Why a path is judged."""

    LISTED = "listed"
    """The head changed it since it left the base branch."""
    LANDS = "lands"
    """Merging writes it, though the head did not change it under this name."""
    REPLAYED = "replayed"
    """A single commit changes it, and a rebase applies commits one by one."""


class FileChange(Struct, frozen=True):
    """One changed file. Paths are repository-relative, ``/``-separated, bytes that are not UTF-8 surrogate-escaped."""

    path: str
    status: Status
    previous_path: str | None = None
    """Former path, for RENAMED and COPIED. RENAMED without it is a rename of which one side is asked about."""
    before: Kind = Kind.UNKNOWN
    after: Kind = Kind.UNKNOWN
    first_line: int | None = None
    """First changed line in the new file, from 1; None where the diff shows none."""
    because: Because = Because.LISTED
    stands_for: str | None = None
    """The listed path that lands here because the base branch has moved it: judged for whoever is judged on that one."""
    everybodys: bool = False
    """True if every contributor is judged on it, unless a commit whose paths are known changes it."""

    def __post_init__(self) -> None:
        if not self.path or self.previous_path == "":
            raise ValueError("a change of no path")
        if self.first_line is not None and self.first_line < 1:
            raise ValueError("lines count from 1")

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that it touches: of a rename both."""
        if self.status is Status.RENAMED and self.previous_path is not None:
            return self.path, self.previous_path
        return (self.path,)


class AccountType(Enum):
    """GitHub's types of account, as far as they matter here."""

    USER = "User"
    BOT = "Bot"
    OTHER = "other"
    """Organization, Mannequin, or a type that this version does not know."""
    UNKNOWN = "unknown"
    """Known only by a login or id that somebody wrote down."""


class Account(Struct, frozen=True):
    """An account on the platform. Where both sides have an id, ids are compared and logins are not."""

    login: str
    id: int | None = None
    type: AccountType = AccountType.UNKNOWN


class Signal(Enum):
    """Origin of a piece of evidence."""

    AUTHOR = "author"
    """Account that opened the pull request, or that pushed (for a push)."""
    PUSHER = "pusher"
    """Account that pushed to the head branch."""
    APP = "app"
    """GitHub App through which the author acted."""
    SIGNATURE = "signature"
    """Account whose verified signature a commit carries."""
    COMMIT_AUTHOR = "commit author"
    COMMITTER = "committer"
    CO_AUTHOR = "co-author"
    """A ``Co-authored-by`` trailer, or another trailer that names its maker."""
    TRAILER = "trailer"
    """Another trailer of a commit message, in ``text`` as ``Key: value``."""
    BRANCH = "branch"
    BODY = "body"
    LABEL = "label"
    TOKEN = "token"  # noqa: S105 (a kind of evidence, not a secret)
    """A verified OIDC token's claims."""
    DECLARED = "declared"
    """Named by the caller (``--as``)."""


class Strength(Enum):
    """Verified: the platform vouches for it. Asserted: somebody wrote it. Evidence may tighten; only proof may loosen."""

    VERIFIED = "verified"
    ASSERTED = "asserted"
    DECLARED = "declared"
    """The client of a tool call. Restricts like asserted; what allows holds, since whoever started the client could do
    the same."""


_WRITTEN = frozenset({Signal.TRAILER, Signal.BRANCH, Signal.BODY, Signal.LABEL})


class Evidence(Struct, frozen=True):
    """One observation about who contributed. Fields that the signal does not have are None."""

    signal: Signal
    strength: Strength
    account: Account | None = None
    """The account observed, where the platform linked one."""
    name: str | None = None
    """Name beside an e-mail; App slug for APP; principal name for DECLARED."""
    email: str | None = None
    text: str | None = None
    """Branch name, body, message of a commit, label or trailer."""
    where: str = ""
    """Place of the observation, for people: ``commit 1a2b3c4``; empty for the change as a whole."""
    commits: tuple[str, ...] | None = None
    """Ids of the commits on whose paths alone it counts; None where it counts on every path."""
    offline: bool = False
    """True where no platform was asked whose the e-mail is."""

    def __post_init__(self) -> None:
        if self.signal is Signal.DECLARED and not self.name:
            raise ValueError("a declaration that names nobody")
        if self.text is None and self.signal in _WRITTEN:
            raise ValueError("evidence of a text without the text")
        if self.strength is Strength.DECLARED and self.signal is not Signal.DECLARED:
            raise ValueError("only what is declared has the strength of a declaration")


class Via(StrEnum):
    """Way in which an approval was given."""

    REVIEW = "review"
    COMMENT = "comment"
    """``/agentowners approve <commit>`` on the pull request; counts where the policy says so."""


class ReviewState(Enum):
    """State of a review, in the words of the REST API."""

    APPROVED = "APPROVED"
    CHANGES_REQUESTED = "CHANGES_REQUESTED"
    DISMISSED = "DISMISSED"
    COMMENTED = "COMMENTED"
    PENDING = "PENDING"


class Review(Struct, frozen=True):
    """One review, in the order GitHub lists them (oldest first)."""

    id: int
    reviewer: Account | None
    """None where the account is gone."""
    state: ReviewState
    commit: str | None
    """The commit it was given to; None where GitHub no longer knows."""
    body: str = ""
    outdated: str | None = None
    """Why it was given to another change, or may have been, though to the same commit: the base was changed since."""
    via: Via = Via.REVIEW
    url: str = ""
    """Page where it can be read; empty where that is not known."""

    def __post_init__(self) -> None:
        if self.commit == "":
            raise ValueError("a review of no commit")


class Change(Struct, frozen=True):
    """All facts about one request that can be had before anything is decided."""

    ref: str
    """Full name of the ref the change goes to."""
    files: tuple[FileChange, ...]
    evidence: tuple[Evidence, ...]
    author: Account | None = None
    """Account that the platform vouches for as the change's author."""
    reviews: tuple[Review, ...] = ()
    repository: str | None = None
    """``owner/name``."""
    pull_request: int | None = None
    head: str | None = None
    """Commit being judged: 40 (or 64) lower-case hex digits."""
    unchanged_since: tuple[str, ...] = ()
    """Older heads, since which only the base was merged in and nothing of the change: their approvals are the head's."""
    emails: Mapping[str, Account] = field(default_factory=dict)
    """Lower-cased commit e-mail -> the account the platform links it to."""
    commits: tuple[str, ...] = ()
    """Ids of the change's own commits, newest first."""
    conflict: bool = False
    """True if it conflicts with its base branch, so that nothing of it can land as it is."""
    by_writer: bool = False
    """True if a person who may write answers for it and need not be asked about: assumed of a range in a clone."""

    def __post_init__(self) -> None:
        if not self.ref.startswith("refs/"):
            raise ValueError("a change into what is no full name of a ref")
        if self.pull_request is not None and self.pull_request < 1:
            raise ValueError("pull requests count from 1")
