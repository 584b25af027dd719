"""The story, step by step. Each ends with what was checked of it."""

from __future__ import annotations

from tests.demo.approving import approved
from tests.demo.claims import Claim
from tests.demo.page import Page
from tests.demo.shop import CHECK, CLAUDE, COPILOT, MERGED, POLICY, POLICY_PATH, REFUSED, Shop
from tests.github_server.model import Pull

_APPROVALS = "agentowners/approvals-required-2"
_RULE = POLICY_PATH + ":{}"


def tell(page: Page, shop: Shop) -> None:
    """The whole story.

    Raises:
        NotAsToldError: something is not as it is told; nothing after it has been told.
    """
    policy(page, shop)
    changes = blocked(page, shop)
    taken_out(page, shop, changes)
    machines = waiting(page, shop)
    approved(page, shop, machines)
    person(page, shop)


def policy(page: Page, shop: Shop) -> None:
    """What stands on main."""
    page.step("A policy stands on main")
    text = shop.on_main(POLICY_PATH)
    page.row("policy", POLICY_PATH)
    page.code(text.splitlines())
    protection = shop.repo.protection["main"]
    required = [name for name, app in protection.checks if app == shop.server.actions.id]
    page.row("main", f"is protected: nothing is merged before the check {', '.join(required)} has passed")
    page.checks(
        Claim("main has this policy", text, POLICY),
        Claim("merging needs the check, from GitHub Actions", required, [CHECK]),
    )


def blocked(page: Page, shop: Shop) -> Pull:
    """An agent's pull request that changes what it must not."""
    page.step("Copilot changes what agents must not change: blocked")
    main = shop.repo.tip("main")
    keys, audit = shop.on_main("security/keys.py"), shop.on_main("security/audit.py")
    pull, job = shop.open(
        "Let keys live for 90 days",
        "copilot/longer-lives",
        COPILOT,
        {
            "docs/keys.md": shop.on_main("docs/keys.md").replace("30", "90"),
            "security/keys.py": keys.replace("30", "90"),
            "security/audit.py": audit.replace("order.signed", "True"),
            "src/cart.py": shop.on_main("src/cart.py") + "\n\ndef is_empty(cart):\n    return not cart\n",
        },
    )
    said = shop.annotations(pull)
    _show(page, shop, pull, "opened")
    answer = shop.merge(pull, "alice")
    page.merge(answer)
    page.gap()
    page.tell("In the diff of security/keys.py, the reader sees:")
    for each in (each for each in said if each["path"] == "security/keys.py"):
        line = shop.file(pull.head_sha, each["path"]).splitlines()[each["start_line"] - 1]
        page.code([line], first=each["start_line"], edge="+")
        page.quote(each["message"].splitlines())
    page.checks(
        Claim("the check failed for two files", shop.state(pull), ("failure", "Blocked: 2 files")),
        Claim("the job failed too", job.exit_code, 1),
        Claim(
            "exactly the files under /security/ are annotated, on their changed lines",
            [(each["path"], each["start_line"], each["annotation_level"], each["title"]) for each in said],
            [
                ("security/audit.py", 2, "failure", f"Blocked by {_RULE.format(2)}"),
                ("security/keys.py", 3, "failure", f"Blocked by {_RULE.format(2)}"),
            ],
        ),
        Claim("Copilot was recognized beyond doubt", _contributors(job.report), [("@copilot", "agents", "verified")]),
        Claim("the label is on", pull.labels, ["agentowners/blocked"]),
        Claim("merging was refused", answer, REFUSED),
        Claim("main did not move", shop.repo.tip("main"), main),
    )
    return pull


def taken_out(page: Page, shop: Shop, pull: Pull) -> None:
    """The way out."""
    page.step("Copilot takes those two files out: allowed")
    files = {path: shop.on_main(path) for path in ("security/keys.py", "security/audit.py")}
    job = shop.push(pull, "Leave the keys alone", files)
    _show(page, shop, pull, "synchronize")
    answer = shop.merge(pull, "alice")
    page.merge(answer)
    page.checks(
        Claim("the check passed", shop.state(pull), ("success", "Allowed")),
        Claim("no annotation, no label", (shop.annotations(pull), pull.labels, job.exit_code), ([], [], 0)),
        Claim("merging was accepted", answer, MERGED),
        Claim("main still has the keys it had", shop.on_main("security/keys.py"), files["security/keys.py"]),
    )


def waiting(page: Page, shop: Shop) -> Pull:
    """A pull request that needs two people."""
    page.step("Claude changes what runs in production: two people have to approve")
    machines = shop.on_main("infra/shop.tf")
    pull, job = shop.open("Three machines", "claude/machines", CLAUDE, {"infra/shop.tf": machines.replace("2", "3")})
    said = shop.annotations(pull)
    _show(page, shop, pull, "opened")
    answer = shop.merge(pull, "bob")
    page.merge(answer)
    page.checks(
        Claim("the check waits for two approvals", shop.state(pull), ("action_required", "Waiting for approval (0 of 2)")),
        Claim(
            "its label and its annotation say what for",
            (pull.labels, [(each["path"], each["start_line"], each["annotation_level"], each["title"]) for each in said]),
            (
                [_APPROVALS],
                [("infra/shop.tf", 2, "warning", f"Needs approval (0 of 2), asked for by {_RULE.format(3)}")],
            ),
        ),
        Claim("the job did not fail, as nothing is wrong", job.exit_code, 0),
        Claim("merging was refused", answer, REFUSED),
    )
    return pull


def person(page: Page, shop: Shop) -> None:
    """A person, whom the rules are not about."""
    page.step("Carol, a person, changes a key's life: nothing is asked of her")
    keys = shop.on_main("security/keys.py")
    pull, job = shop.open("Keys live for 60 days", "carol/keys", "carol", {"security/keys.py": keys.replace("30", "60")})
    _show(page, shop, pull, "opened")
    answer = shop.merge(pull, "carol")
    page.merge(answer)
    page.checks(
        Claim("the check passed", shop.state(pull), ("success", "Allowed")),
        Claim("no annotation, no label", (shop.annotations(pull), pull.labels, job.exit_code), ([], [], 0)),
        Claim("merging was accepted", answer, MERGED),
    )


def _show(page: Page, shop: Shop, pull: Pull, action: str) -> None:
    page.row(f"#{pull.number}", f"{pull.title}, by {pull.user.login}")
    page.row("event", f"pull_request_target, {action}")
    page.files(shop.changed(pull), shop.annotations(pull))
    page.check(shop.check(pull))
    if pull.labels:
        page.row("label", ", ".join(pull.labels))


def _contributors(report: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str]]:
    return [(each["name"], each["group"], each["strength"]) for each in report.get("principals", [])]
