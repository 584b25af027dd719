"""Looks at a repository for ``init``: its files, branches, code owners, and who made its newest commits."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from typing import Final

from agentowners.cli.policies import STANDARD_REF
from agentowners.cli.work_tree import WorkTree
from agentowners.convert.codeowners import MAX_BYTES
from agentowners.git.clone import HEADS, branches, current_branch, default_branch
from agentowners.git.history import recent_commits
from agentowners.git.listing import tracked_files
from agentowners.git.objects import Objects
from agentowners.git.run import Git
from agentowners.identity.commits import Commit, commit_evidence
from agentowners.identity.model import Group, Principal
from agentowners.identity.resolve import definitions, resolve
from agentowners.policy.model import Policy
from agentowners.starter.findings import is_plain
from agentowners.starter.model import OwnersFile, Seen, Survey

OWNERS_FILES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Places of CODEOWNERS, in GitHub's order."""
COMMITS: Final = 2_000
"""Number of newest commits that are looked at."""
_BOT: Final = "[bot]"
_PEM: Final = 1 << 20
"""Bytes of a file of certificates; a larger one is not looked into."""


def survey(git: Git, tree: WorkTree) -> Survey:
    """Look at a repository; ``git`` runs in the root of its work tree."""
    known = branches(git)
    files = tracked_files(git)
    is_shallow = git.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    with Objects.of(git) as objects:
        head = None if is_shallow else objects.commit("HEAD")
    commits = () if head is None else recent_commits(git, head, COMMITS)
    seen, people = _seen(commits)
    standard = standard_branch(git, known)
    return Survey(
        files=files,
        owners=_owners(tree),
        default_branch=standard.removeprefix(HEADS),
        branches=tuple(branch.removeprefix(HEADS) for branch in known),
        seen=seen,
        commits=len(commits),
        is_shallow=is_shallow,
        public=tuple(path for path in files if path.endswith(".pem") and _is_public(tree.path(path))),
        people=people,
    )


def standard_branch(git: Git, known: tuple[str, ...]) -> str:
    """Full name of the default branch: what ``origin`` says; else ``main`` or ``master`` where there is one; else the branch that
    is checked out."""
    default = default_branch(git) or next((ref for ref in (STANDARD_REF, HEADS + "master") if ref in known), None)
    branch = default or current_branch(git) or STANDARD_REF
    return branch if branch.isprintable() else STANDARD_REF


def _owners(tree: WorkTree) -> OwnersFile | None:
    for name in OWNERS_FILES:
        with suppress(OSError):
            if os.path.isfile(place := tree.path(name)):
                with open(place, "rb") as file:
                    return OwnersFile(name, file.read(MAX_BYTES))
    return None


def _is_public(place: str) -> bool:
    """True if a file holds certificates or public keys, and nothing else."""
    try:
        if os.path.islink(place) or os.path.getsize(place) > _PEM:
            return False
        with open(place, "rb") as file:
            data = file.read(_PEM)
    except OSError:
        return False
    kinds = set(re.findall(rb"-----BEGIN ([A-Z0-9 ]+)-----", data))
    return bool(kinds) and kinds <= {b"CERTIFICATE", b"TRUSTED CERTIFICATE", b"PUBLIC KEY", b"RSA PUBLIC KEY"}


def _seen(commits: tuple[Commit, ...]) -> tuple[tuple[Seen, ...], int]:
    """Agents and bots by how many commits they had a part in, and how many people had one at least."""
    known = definitions(Policy(()))
    groups: dict[str, Group] = {}
    counts: Counter[str] = Counter()
    names: set[str] = set()
    emails: set[str] = set()
    for commit in commits:
        named = {
            name: principal.group
            for principal in resolve(commit_evidence(commit, None, offline=True), known, None)
            if (name := _name(principal))
        }
        groups |= named
        counts.update(named.keys())
        if not named:
            names.add(commit.author_name.casefold())
            emails.add(commit.author_email.casefold())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Seen(name, groups[name], count) for name, count in ordered), min(len(names), len(emails))


def _name(principal: Principal) -> str | None:
    """Name of an agent or a bot in a rule, where it is one of the catalogue's or an account that says it is a program's."""
    if principal.group not in (Group.AGENTS, Group.BOTS):
        return None
    if principal.identity is not None:
        return f"@{principal.identity}" if is_plain(principal.identity) else None
    login = principal.account.login if principal.account is not None else ""
    return f"@{login}" if login.endswith(_BOT) and is_plain(login.removesuffix(_BOT)) else None
