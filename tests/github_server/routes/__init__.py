"""The operations. Importing this package registers every route with `web.HANDLERS`."""

from __future__ import annotations

from tests.github_server.routes import (
    apps,
    branches,
    checks,
    comments,
    commits,
    contents,
    labels,
    people,
    protection,
    pulls,
    reviews,
    rulesets,
    settings,
)

LOADED = (apps, branches, checks, comments, commits, contents, labels, people, protection, pulls, reviews, rulesets, settings)
