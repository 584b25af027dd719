"""Acts of a run beside its verdicts, as the audit trail tells of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from agentowners.action.environment import RunnerEnvironment
from agentowners.audit.acts import Act, ActVerb
from agentowners.audit.canonical import Json, JsonValue
from agentowners.audit.events import path_digest
from agentowners.github.model import AppKey

_FILES: Final = 50


def app_token_acts(app: AppKey, token: str, where: RunnerEnvironment) -> tuple[Act, ...]:
    """A token of an App that was made for this run, and that the run gives back when it ends.

    GitHub's own audit log names the same SHA-256 as ``hashed_token``.
    """
    details: Json = {"app": app.app_id, "token_sha256": hashlib.sha256(token.encode()).hexdigest()}
    made = Act(
        kind="app_token",
        verb=ActVerb.CREATE,
        operation="POST /app/installations/{installation_id}/access_tokens",
        message=f"a token of the App `{app.app_id}` was made for this run",
        service=_host(where),
        source=where.run_url,
        resources=(_repository(where),),
        details=details,
    )
    message = f"the token of the App `{app.app_id}` is revoked when this run ends"
    return made, replace(made, verb=ActVerb.DELETE, operation="DELETE /installation/token", message=message)


def taken_back_acts(numbers: Mapping[tuple[str, str], int], where: RunnerEnvironment) -> tuple[Act, ...]:
    """Passes that do not stand any more, by commit and name of the check, each with the number of its pull request."""
    return tuple(
        Act(
            kind="taken_back",
            verb=ActVerb.CREATE,
            operation="POST /repos/{owner}/{repo}/check-runs",
            message=f"the pass of #{number} is taken back: the policy has changed, and it is judged again",
            service=_host(where),
            source=where.run_url,
            resources=(_repository(where), {"type": "commit", "uid": head}),
            details={"check": name, "target": str(number), "attempt": where.attempt},
        )
        for (head, name), number in numbers.items()
    )


def policy_change_act(
    found: Mapping[str, Any],
    files: Iterable[str],
    digests: tuple[str, str],
    check: tuple[str, str],
    number: int,
    where: RunnerEnvironment,
) -> Act:
    """A change of the policy and what is proved of it, before it is shown.

    Args:
        found: the signals, as the comparing child names them.
        files: those of the policy, and of the gate's own set-up, that the change changes.
        digests: of the policy before and after.
        check: commit and name of the check run that shows it.
        number: of the pull request.
        where: the run.
    """
    head, name = check
    listed: list[Json] = [_file(path) for path in files][:_FILES]
    prover = str(found.get("prover", "unknown"))
    details: dict[str, JsonValue] = {"check": name, "target": str(number), "attempt": where.attempt, "before": digests[0]}
    return Act(
        kind="policy_change",
        verb=ActVerb.UPDATE,
        operation="PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        message=f"#{number} changes the policy; the prover says {prover}",
        service=_host(where),
        source=where.run_url,
        resources=(_repository(where), {"type": "commit", "uid": head}, *listed),
        details=details | {"after": digests[1], "proof": dict(found)},
    )


def _file(path: str) -> Json:
    return {"type": "file", "name": path, "uid": path_digest(path)}


def _repository(where: RunnerEnvironment) -> Json:
    return {"type": "repository", "name": where.repository}


def _host(where: RunnerEnvironment) -> str:
    return urlsplit(where.server_url).hostname or where.server_url
