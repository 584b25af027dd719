"""Makes the gallery's repository, the same wherever and whenever it is made, by one ``git fast-import``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from tests.docs.pages import page
from tests.docs.shop import git

PAGE: Final = "docs/gallery.md"
POLICY: Final = ".github/AGENTOWNERS"
OLD_POLICY: Final = """\
/infra/       @agents  require_approval  # what runs in production
package.json  @agents  require_approval
"""
FILES: Final = (
    *(".github/workflows/ci.yml", ".github/workflows/deploy.yml", "README.md", "package.json", "package-lock.json"),
    *("docs/ordering.md", "docs/returns.md", "docs/shipping.md", "docs/legal/privacy.md", "docs/legal/terms.md"),
    *("infra/database.tf", "infra/network.tf", "infra/production/cluster.tf", "infra/production/secrets.tf"),
    *("migrations/0001_orders.sql", "migrations/0002_customers.sql", "migrations/0003_refunds.sql"),
    *("src/auth/login.py", "src/auth/session.py", "src/auth/tokens.py"),
    *("src/cart/cart.py", "src/cart/discounts.py", "src/cart/taxes.py"),
    *("src/catalog/images.py", "src/catalog/products.py", "src/catalog/search.py"),
    *("src/payments/charge.py", "src/payments/refund.py", "src/payments/webhooks.py"),
    *("tests/test_cart.py", "tests/test_catalog.py", "tests/test_payments.py"),
    *("web/checkout.tsx", "web/home.tsx", "web/product.tsx", "web/styles.css"),
)
_GITHUB: Final = ("GitHub", "noreply@github.com")
_COPILOT: Final = ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com")
_BOT: Final = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
_MONA: Final = ("Mona", "1+octocat@users.noreply.github.com")
_LIN: Final = ("Lin", "2+lin@users.noreply.github.com")
_CLAUDE: Final = "\n\nCo-authored-by: Claude <noreply@anthropic.com>"
_START: Final = 1_772_442_000  # 2026-03-02
_APART: Final = 66 * 3600
_CHANGES: Final = 80


class _Kind(NamedTuple):
    """A change as this shop makes them."""

    title: str
    author: tuple[str, str]
    files: tuple[str, ...]
    trailer: str = ""


_KINDS: Final = (
    _Kind("Sort products by what sells", _LIN, ("src/catalog/products.py", "tests/test_catalog.py")),
    _Kind("Round taxes as the law says", _COPILOT, ("src/cart/taxes.py", "tests/test_cart.py")),
    _Kind("Say how returns work", _COPILOT, ("docs/returns.md",)),
    _Kind("Bump react", _BOT, ("package.json", "package-lock.json")),
    _Kind("Show a picture while the search runs", _MONA, ("web/product.tsx", "src/catalog/search.py"), _CLAUDE),
    _Kind("Retry a charge that timed out", _COPILOT, ("src/payments/charge.py", "tests/test_payments.py")),
    _Kind("Give orders an index", _LIN, ("migrations/0001_orders.sql",), _CLAUDE),
    _Kind("Move the checkout's button", _MONA, ("web/checkout.tsx", "web/styles.css")),
    _Kind("Add a library for dates", _COPILOT, ("package.json", "package-lock.json", "src/cart/discounts.py")),
    _Kind("Let a session live for a day", _LIN, ("src/auth/session.py",), _CLAUDE),
    _Kind("Give the cluster a third machine", _MONA, ("infra/production/cluster.tf",)),
    _Kind("Describe shipping to islands", _LIN, ("docs/shipping.md",), _CLAUDE),
    _Kind("Open the database's port", _COPILOT, ("infra/network.tf", "infra/database.tf")),
)


def policy() -> str:
    """The policy as the page shows it."""
    (shown,) = [block.text for block in page(PAGE).blocks if block.title == POLICY]
    return shown


def build(place: Path) -> None:
    """Make the repository with its newest policy in the work tree, and the older one behind it."""
    place.mkdir(parents=True, exist_ok=True)
    git(place, "init", "--quiet", "--initial-branch=main", "--object-format=sha1")
    git(place, "remote", "add", "origin", "https://github.com/acme/shop")
    git(place, "fast-import", "--quiet", stdin="".join(_history()))
    git(place, "branch", "release", "main")
    git(place, "reset", "--quiet", "--hard")
    (place / POLICY).write_text(policy())


def _history() -> Iterator[str]:
    yield "feature done\nreset refs/heads/main\n"
    marks = count(1)
    tip = next(marks)
    yield _commit("main", tip, (), _MONA, _MONA, _START, "Open the shop", [(POLICY, OLD_POLICY), *((f, "0\n") for f in FILES)])
    for number in range(1, _CHANGES + 1):
        kind = _KINDS[(5 * number + number // 7) % len(_KINDS)]
        when = _START + number * _APART
        files = [(name, f"{number}\n") for name in kind.files]
        if number % 3:
            squash = next(marks)
            yield _commit("main", squash, (tip,), kind.author, _GITHUB, when, f"{kind.title} (#{number}){kind.trailer}", files)
            tip = squash
            continue
        side, merge = next(marks), next(marks)
        yield _commit("side", side, (tip,), kind.author, kind.author, when, f"{kind.title}{kind.trailer}", files)
        said = f"Merge pull request #{number} from acme/side\n\n{kind.title}"
        yield _commit("main", merge, (tip, side), _MONA, _GITHUB, when + 3600, said, files)
        tip = merge
    yield "done\n"


def _commit(
    branch: str,
    mark: int,
    parents: Sequence[int],
    author: tuple[str, str],
    committer: tuple[str, str],
    when: int,
    message: str,
    files: Sequence[tuple[str, str]],
) -> str:
    lines = [f"commit refs/heads/{branch}", f"mark :{mark}"]
    lines += [f"{role} {name} <{email}> {when} +0000" for role, (name, email) in (("author", author), ("committer", committer))]
    lines += [f"data {len(message.encode())}", message]
    lines += [f"{'merge' if place else 'from'} :{parent}" for place, parent in enumerate(parents)]
    for name, text in files:
        lines += [f"M 100644 inline {name}", f"data {len(text.encode())}", text]
    return "\n".join(lines) + "\n"
