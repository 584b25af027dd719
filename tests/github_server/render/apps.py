"""Installations of Apps as GitHub shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github_server.model import Installation
from tests.github_server.render.common import Json, user

if TYPE_CHECKING:
    from tests.github_server.server import GitHubServer

MADE = "2025-01-01T00:00:00Z"
SUSPENDED = "2025-06-01T00:00:00Z"


def installation(server: GitHubServer, it: Installation) -> Json:
    """`installation`."""
    url = f"{server.url}/app/installations/{it.id}"
    return {
        "id": it.id,
        "account": user(server, it.organization),
        "repository_selection": it.selection,
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{server.url}/installation/repositories",
        "html_url": f"{server.html_url}/organizations/{it.organization.login}/settings/installations/{it.id}",
        "app_id": it.app.id,
        "app_slug": it.app.slug,
        "target_id": it.organization.id,
        "target_type": "Organization",
        "permissions": it.permissions,
        "events": [],
        "created_at": MADE,
        "updated_at": MADE,
        "single_file_name": None,
        "suspended_by": user(server, it.organization) if it.suspended else None,
        "suspended_at": SUSPENDED if it.suspended else None,
    }
