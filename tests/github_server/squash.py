"""The message of a squash merge, by GitHub's default setting."""

from __future__ import annotations

import re

from tests.github_server.model import Pull

_TRAILER = re.compile(r"^co-authored-by:\s*(.+<([^<>]+)>)\s*$", re.IGNORECASE | re.MULTILINE)


def squash_message(pull: Pull) -> str:
    """The title with the number, of several commits the messages as a list, and a trailer for everybody but the author."""
    store, server = pull.repo.store, pull.repo.server
    commits = [store.read_commit(sha) for sha in pull.repo.commits_of(pull)]
    commits = [commit for commit in commits if len(commit.parents) < 2]
    credited: dict[str, str] = {}
    for commit in commits:
        names = [(f"{commit.author.name} <{commit.author.email}>", commit.author.email)]
        for whole, email in names + [(match[1], match[2]) for match in _TRAILER.finditer(commit.message)]:
            account = server.find_account(email)
            if account is None or account is not pull.user:
                credited.setdefault(str(account.id if account else email.lower()), f"Co-authored-by: {whole}")
    parts = [f"{pull.title} (#{pull.number})"]
    if len(commits) > 1:
        parts += [f"* {_TRAILER.sub('', commit.message).strip()}" for commit in commits]
        parts += ["---------"] if credited else []
    else:
        parts += [_TRAILER.sub("", body).strip() for commit in commits if (body := commit.message.partition("\n\n")[2].strip())]
    parts += ["\n".join(credited.values())] if credited else []
    return "\n\n".join(part for part in parts if part)
