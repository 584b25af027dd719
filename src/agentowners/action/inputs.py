"""The GitHub Action's inputs: what there is, and what may be in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar

from msgspec import Struct

from agentowners.diagnostics import AgentownersError
from agentowners.github.model import AppKey
from agentowners.report.shared.escape import quoted
from agentowners.report.verdict.conclusion import Enforcement
from agentowners.report.verdict.labels import DEFAULT_PREFIX, check_prefix

DEFAULT_CHECK_NAME: Final = "AGENTOWNERS"
BASE: Final = "{base}"
MAX_CHECK_NAME: Final = 100
"""As much of GitHub's 255 characters as leaves room for a base branch."""

_SECRETS: Final = ("token", "private-key")
_ORGANISATION: Final = re.compile(
    r"(?P<repository>[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}):(?P<path>[^@:\s/][^@:\s]*)@(?P<ref>[^\s:]{1,255})"
)
_SHAPES: Final = {
    "organisation-policy": (_ORGANISATION, "write `<owner>/<repository>:<path>@<ref>`"),
    "audit-datadog-site": (re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+"), "it is the site's name, as `datadoghq.com`"),
    "audit-s3-endpoint": (re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?"), "write `https://` and the server's name"),
    "audit-epoch": (re.compile(r"[0-9]{1,6}"), "it counts from 0"),
}
"""Form of an input, and the way out where it has another."""
_APP_ID: Final = re.compile(r"[0-9]{1,20}|Iv[0-9A-Za-z.]{1,60}")


class Input(Struct, frozen=True):
    """One input, as ``action.yml`` declares it."""

    name: str
    default: str = ""


INPUTS: Final = (
    Input("token", "${{ github.token }}"),
    Input("app-id"),
    Input("private-key"),
    Input("policy-file"),
    Input("enforcement", "active"),
    Input("check-name", DEFAULT_CHECK_NAME),
    Input("label-prefix", DEFAULT_PREFIX),
    Input("comment", "false"),
    Input("request-reviews", "false"),
    Input("fail-job", "auto"),
    Input("sarif-file"),
    Input("report-file"),
    Input("organisation-policy"),
    Input("organisation-enforcement", "active"),
    Input("audit-s3"),
    Input("audit-s3-endpoint"),
    Input("audit-datadog-site"),
    Input("audit-file"),
    Input("audit-required"),
    Input("audit-epoch", "0"),
)


class FailJob(Enum):
    """When the job fails."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class InputError(AgentownersError):
    """An input that is not one of the values it may have."""


class AuditInputs(Struct, frozen=True):
    """Sinks of the audit trail."""

    s3: str | None = None
    s3_endpoint: str | None = None
    datadog_site: str | None = None
    file: str | None = None
    required: bool | None = None
    """None: for what keeps an order, and not for Datadog."""
    epoch: int = 0

    @property
    def any(self) -> bool:
        """True if there is one."""
        return any(sink is not None for sink in (self.s3, self.datadog_site, self.file))


class OrganisationPolicy(Struct, frozen=True):
    """Place of the organisation's policy."""

    repository: str
    """``owner/name``."""
    path: str
    ref: str
    """A branch, a tag or a commit."""
    enforcement: Enforcement = Enforcement.ACTIVE


class Inputs(Struct, frozen=True):
    """The inputs, validated."""

    token: str
    """Empty only where there is an App."""
    app: AppKey | None = None
    """Speaks in place of the token."""
    policy_files: tuple[str, ...] = ()
    """Empty: search."""
    enforcement: Enforcement = Enforcement.ACTIVE
    check_name: str = DEFAULT_CHECK_NAME
    label_prefix: str = DEFAULT_PREFIX
    comment: bool = False
    request_reviews: bool = False
    fail_job: FailJob = FailJob.AUTO
    sarif_file: str | None = None
    report_file: str | None = None
    audit: AuditInputs = AuditInputs()
    organisation: OrganisationPolicy | None = None

    def __repr__(self) -> str:
        fields = [f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "token"]
        return f"Inputs({', '.join(fields)})"

    def name_for(self, base: str) -> str:
        """The check run's name for a base branch, at most 255 characters."""
        return self.check_name.replace(BASE, base)[:255]


def read_inputs(environ: Mapping[str, str]) -> Inputs:
    """The inputs as the runner passes them: ``INPUT_POLICY-FILE``, or ``INPUT_POLICY_FILE`` where a shell is in between.

    Raises:
        InputError: an input has a value that it may not have.
    """
    raw = {item.name: _value(environ, item.name) or item.default for item in INPUTS}
    token = _value(environ, "token")
    app = _app(raw["app-id"], raw["private-key"])
    if app is None and not token:
        raise InputError("the input `token` is empty", help="leave it out, or pass `${{ github.token }}` or the token of an App")
    for name, (shape, help) in _SHAPES.items():
        if raw[name] and not shape.fullmatch(raw[name]):
            raise InputError(f"the input `{name}` is {quoted(raw[name])}", help=help)
    try:
        prefix = check_prefix(raw["label-prefix"])
    except AgentownersError as error:
        raise InputError(f"the input `label-prefix` cannot be used: {error.message}", help=error.help) from None
    return Inputs(
        token=token,
        app=app,
        policy_files=_paths(raw["policy-file"]),
        enforcement=_choice(raw, "enforcement", Enforcement),
        check_name=_check_name(raw["check-name"]),
        label_prefix=prefix,
        comment=_flag(raw, "comment"),
        request_reviews=_flag(raw, "request-reviews"),
        fail_job=_choice(raw, "fail-job", FailJob),
        sarif_file=raw["sarif-file"] or None,
        report_file=raw["report-file"] or None,
        audit=_audit(raw),
        organisation=_organisation(raw),
    )


def _organisation(raw: Mapping[str, str]) -> OrganisationPolicy | None:
    chosen, match = _choice(raw, "organisation-enforcement", Enforcement), _ORGANISATION.fullmatch(raw["organisation-policy"])
    return None if match is None else OrganisationPolicy(match["repository"], match["path"], match["ref"], chosen)


def _audit(raw: Mapping[str, str]) -> AuditInputs:
    return AuditInputs(
        s3=raw["audit-s3"] or None,
        s3_endpoint=raw["audit-s3-endpoint"] or None,
        datadog_site=raw["audit-datadog-site"] or None,
        file=raw["audit-file"] or None,
        required=_flag(raw, "audit-required") if raw["audit-required"] else None,
        epoch=int(raw["audit-epoch"]),
    )


def secrets(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Values that no log may show, valid or not."""
    given = (_value(environ, name) for name in _SECRETS)
    return tuple(dict.fromkeys(form for value in given for form in (value, _unescaped(value)) if form))


def _app(app_id: str, private_key: str) -> AppKey | None:
    if not app_id and not private_key:
        return None
    if not private_key:
        raise InputError(
            "the input `app-id` is given, and `private-key` is empty",
            help="an environment's secrets are only there in a job that names the environment",
        )
    if not app_id:
        raise InputError(
            "the input `private-key` is given, and `app-id` is empty", help="the App's settings show its number and its client id"
        )
    # not shown: it may be the key, where somebody took one for the other
    if not _APP_ID.fullmatch(app_id):
        raise InputError("the input `app-id` is neither an App's number nor its client id", help="the App's settings show both")
    return AppKey(app_id=app_id, private_key=_unescaped(private_key))


def _unescaped(value: str) -> str:
    """A key that was made one line of on its way, with its lines again."""
    return value.replace("\\r", "").replace("\\n", "\n")


def _value(environ: Mapping[str, str], name: str) -> str:
    variable = f"INPUT_{name.upper()}"
    return (environ.get(variable, "") or environ.get(variable.replace("-", "_"), "")).strip()


_Choice = TypeVar("_Choice", bound=Enum)


def _choice(raw: Mapping[str, str], name: str, choices: type[_Choice]) -> _Choice:
    try:
        return choices(raw[name])
    except ValueError:
        allowed = ", ".join(f"`{choice.value}`" for choice in choices)
        raise InputError(f"the input `{name}` is {quoted(raw[name])}", help=f"it may be one of {allowed}") from None


def _flag(raw: Mapping[str, str], name: str) -> bool:
    if raw[name] in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return raw[name].lower() == "true"
    raise InputError(f"the input `{name}` is {quoted(raw[name])}", help="it may be one of `true`, `false`")


def _check_name(value: str) -> str:
    if len(value) > MAX_CHECK_NAME or not value.isprintable():
        raise InputError(
            f"the input `check-name` is {quoted(value[:MAX_CHECK_NAME])}",
            help=f"it may have up to {MAX_CHECK_NAME} printable characters",
        )
    return value


def _paths(value: str) -> tuple[str, ...]:
    names = [part.strip() for line in value.splitlines() for part in line.split(",")]
    paths = dict.fromkeys(_policy_path(name) for name in names if name)
    if value and not paths:
        raise InputError("the input `policy-file` names no file", help="leave it out to search for the policy")
    return tuple(paths)


def _policy_path(name: str) -> str:
    bare = name.removeprefix("./")
    if not bare.isprintable() or "\\" in bare or any(part in ("", ".", "..") for part in bare.split("/")):
        raise InputError(
            f"the input `policy-file` names {quoted(name)}",
            help="paths start at the root of the repository, without a leading slash, as in `.github/AGENTOWNERS`",
        )
    return bare
