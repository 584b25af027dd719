"""Approvals, one by one: which count, and why each other one does not."""

from __future__ import annotations

from tests.demo.claims import Claim
from tests.demo.gate import Job
from tests.demo.page import Page
from tests.demo.shop import GEMINI, MERGED, REFUSED, Shop
from tests.github_server.model import Pull

_WAITING = "Waiting for approval ({} of 2)"
_OLDER = "gave it to an older commit"


def approved(page: Page, shop: Shop, pull: Pull) -> None:
    """A pull request that two people have to approve, from the first approval to its merge."""
    page.step("Approvals come in, and those that count are counted")
    page.tell("A review starts the gate through the signal workflow (workflow_run); a push does so by itself.")
    page.gap()
    seen: list[tuple[str | None, str | None]] = []
    refusals: list[dict[str, str]] = []

    def happened(what: str, job: Job) -> None:
        news = job.ignored.items() - (refusals[-1].items() if refusals else ())
        page.path_change(what, shop.check(pull), "; ".join(f"{who} {why}" for who, why in sorted(news)))
        seen.append(shop.state(pull))
        refusals.append(job.ignored)

    happened("alice approves", shop.approve(pull, "alice"))
    more = {"infra/shop.tf": shop.on_main("infra/shop.tf").replace("2", "4")}
    happened("Claude pushes again", shop.push(pull, "Better four", more))
    happened("Gemini approves", shop.approve(pull, GEMINI))
    happened("alice approves again", shop.approve(pull, "alice"))
    early = shop.merge(pull, "bob")
    page.merge(early, "bob merges")
    happened("bob approves", shop.approve(pull, "bob"))
    late = shop.merge(pull, "bob")
    page.merge(late, "bob merges")
    page.checks(
        Claim(
            "the check counted 1, 0, 0, 1 and 2 of 2, and passed at the last",
            seen,
            [
                *(("action_required", _WAITING.format(count)) for count in (1, 0, 0, 1)),
                ("success", "Approved (2 of 2)"),
            ],
        ),
        Claim(
            "the push made the first approval old; the bot's never counted",
            refusals,
            [
                {},
                {"alice": _OLDER},
                {"alice": _OLDER, GEMINI: "is a bot"},
                {GEMINI: "is a bot"},
                {GEMINI: "is a bot"},
            ],
        ),
        Claim("merging was refused at 1 of 2", early, REFUSED),
        Claim("merging was accepted at 2 of 2", late, MERGED),
        Claim("main has what was approved", "count = 4" in shop.on_main("infra/shop.tf"), True),
    )
