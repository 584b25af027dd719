"""Options that name a change, alike for every command that judges one."""

from __future__ import annotations

import argparse

from msgspec import Struct

from agentowners.change.model import Evidence, Status
from agentowners.cli.shell import UsageError
from agentowners.cli.what_if import STATUS_OF, add_action, declared, full_ref
from agentowners.policy.model import Action


def add_change_options(options: argparse.ArgumentParser | argparse._ArgumentGroup, verb: str, *, required: bool = False) -> None:
    """Add the options that name a change; ``verb`` says what the command does with it."""
    source = options.add_mutually_exclusive_group(required=required)
    source.add_argument("--base", metavar="REV", help=f"{verb} a git range that starts here")
    source.add_argument("--changes", metavar="FILE", help=f"{verb} a list of paths; `-` reads it from standard input")
    source.add_argument("--event", metavar="FILE", help=f"{verb} a recorded webhook event; `-` reads it from standard input")
    options.add_argument("--head", metavar="REV", help="end of the git range (default: HEAD)")
    options.add_argument("-z", dest="nul", action="store_true", help="paths of --changes end in NUL")
    options.add_argument("--event-name", metavar="NAME", help="name of the recorded event, where its payload does not tell")
    options.add_argument("--ref", metavar="REF", help="branch, or a ref's full name, that the change goes to")
    add_action(options, "action for paths of --changes that name none (default: file_modify)")


class Request(Struct, frozen=True, kw_only=True):
    """The command line, checked: options that make no sense together do not get here."""

    base: str | None = None
    head: str | None = None
    changes: str | None = None
    nul: bool = False
    event: str | None = None
    event_name: str | None = None
    policy_files: tuple[str, ...] = ()
    principals: tuple[Evidence, ...] = ()
    ref: str | None = None
    status: Status = Status.MODIFIED

    @classmethod
    def of(cls, options: argparse.Namespace) -> Request:
        """Check the options against each other."""
        for name, owner in (("head", "base"), ("nul", "changes"), ("action", "changes"), ("event_name", "event")):
            if getattr(options, name) and getattr(options, owner) is None:
                option = "-z" if name == "nul" else f"--{name.replace('_', '-')}"
                raise UsageError(f"`{option}` requires `--{owner}`")
        if options.event is not None and options.ref is not None:
            raise UsageError("`--ref` cannot be used with `--event`", help="the event says which ref the change goes to")
        return cls(
            **{name: getattr(options, name) for name in ("base", "head", "changes", "nul", "event", "event_name")},
            policy_files=tuple(options.policy_files),
            principals=tuple(declared(name) for name in options.principals or ()),
            ref=full_ref(options.ref),
            status=STATUS_OF[Action(options.action)] if options.action else Status.MODIFIED,
        )
