"""The tutorial plays in the shop that its reader can make."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.docs import shop
from tests.docs.pages import page


def test_the_readers_shop_is_the_one_of_the_page(tmp_path: Path) -> None:
    (block,) = [block for block in page("docs/tutorial.md").blocks if block.title == "the shop"]
    config = {"GIT_CONFIG_COUNT": "2", "GIT_CONFIG_KEY_0": "user.name", "GIT_CONFIG_VALUE_0": "Mona"}
    config |= {"GIT_CONFIG_KEY_1": "user.email", "GIT_CONFIG_VALUE_1": "mona@example.com"}
    subprocess.run(["sh", "-e"], input=block.text.encode(), cwd=tmp_path, env=shop.clean_environment() | config, check=True)
    shop.build(tmp_path / "made", {})
    for branch in ("main", shop.BRANCH):
        trees = {shop.git(tmp_path / name, "rev-parse", f"{branch}^{{tree}}") for name in ("shop", "made")}
        assert len(trees) == 1, branch
    says = ("show", "--no-patch", "--format=%an %ae %cn %ce", shop.BRANCH)
    assert shop.git(tmp_path / "shop", *says) == shop.git(tmp_path / "made", *says)
