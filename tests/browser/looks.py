"""Each look at a page: what a person does there, and what they have to find."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from agentowners.change.model import Kind
from agentowners.cli.formats import assets
from agentowners.cli.offline import answer
from agentowners.map.draw import draw
from agentowners.map.model import Standpoint
from agentowners.report.map.html import map_html
from agentowners.report.map.report import MapReport
from tests.browser.chromium import Tab
from tests.engine.build import policy
from tests.gallery.pictures import pages as gallery_pages

MAIN: Final = "refs/heads/main"
_MANY: Final = 100_000
_POLICY: Final = (
    "/a/ @agents block\n/b/ @agents require_approval(2) @acme/sre\n*.md @copilot allow\n/d/ refs/heads/x @agents block\n"
)
_HOSTILE: Final = (
    "src/<img src=x onerror=\"document.title='owned'\">.py",
    "src/</script><script>document.title='owned'</script>",
    "docs/\u202egnp.exe",
    "docs/\udcff\udcfe.md",
    "docs/line\nbreak/tab\t.md",
    "docs/&lt;b&gt;.md",
    "__proto__/constructor",
)


class Pages:
    """The pages to look at, each written when it is first wanted."""

    def __init__(self, place: Path) -> None:
        self._place = place

    @cached_property
    def many(self) -> Path:
        """A map of a hundred thousand files."""
        files = [f"{'abcd'[n % 4]}/pkg{n % 977:03}/module{n // 977:03}/file{n}.{('py', 'md')[n % 7 == 0]}" for n in range(_MANY)]
        return self._written("many.html", files)

    @cached_property
    def hostile(self) -> Path:
        """A map of files whose names try to be more than names."""
        return self._written("hostile.html", [*_HOSTILE, "a/key.py", "b/net.tf", "b/README.md", "d/x.py"])

    @cached_property
    def gallery(self) -> dict[str, Path]:
        """The gallery's map and backtest."""
        return gallery_pages(self._place / "gallery")

    def _written(self, name: str, files: list[str]) -> Path:
        who = [Standpoint(who, ref) for ref in (MAIN, "refs/heads/x") for who in ("@agents", "@copilot")]
        older = policy("/b/ @agents block\n")
        found = draw(dict.fromkeys(files, Kind.FILE), policy(_POLICY), who, answer, other=older)
        path = self._place / name
        path.write_text("".join(map_html(MapReport(found, (), (), "main", "acme/shop"), assets("map"))), "utf-8")
        return path


def quiet(tab: Tab, path: Path) -> None:
    """Make sure that a page complained about nothing, and asked for nothing but itself."""
    assert tab.messages == [], tab.messages
    assert tab.requests == [path.resolve().as_uri()], tab.requests


def rows(tab: Tab) -> list[str]:
    """The rows that are drawn, as a screen reader says them."""
    found: list[str] = tab.run("[...document.querySelectorAll('[role=treeitem]')].map((row) => row.getAttribute('aria-label'))")
    return found


def active(tab: Tab) -> str:
    """The row that has the focus."""
    said: str = tab.run(
        "document.getElementById(document.getElementById('view').getAttribute('aria-activedescendant')).getAttribute('aria-label')"
    )
    return said


def type_into_search(tab: Tab, words: str) -> None:
    """Search, and wait until the page says how many it found."""
    tab.run(
        f"""new Promise((done) => {{
          const found = document.getElementById("found");
          const watcher = new MutationObserver(() => {{ watcher.disconnect(); done(); }});
          watcher.observe(found, {{ childList: true, characterData: true, subtree: true }});
          const search = document.getElementById("search");
          search.value = {words!r};
          search.dispatchEvent(new Event("input"));
        }})"""
    )


def look_at_a_hundred_thousand_files(tab: Tab, pages: Pages) -> None:
    tab.open(pages.many)
    tab.run("document.getElementById('view').focus()")
    assert rows(tab)[0].startswith("acme/shop, folder: 25,000 blocked, 25,000 need approval, 50,000 allowed")
    type_into_search(tab, ".py")
    assert tab.run("document.getElementById('found').textContent") == "85,714 of 100,000 files"
    assert len(rows(tab)) < 80, "only what is in view is drawn"
    spent = tab.run(
        """(async () => {
          const view = document.getElementById("view"), frames = [];
          for (let step = 0; step < 60; step++) {
            const before = performance.now();
            view.scrollTop = (view.scrollHeight * step) / 60;
            await new Promise(requestAnimationFrame);
            frames.push(performance.now() - before);
          }
          return frames.sort((one, other) => one - other)[30];
        })()"""
    )
    print(f"       a frame while scrolling through 86,000 rows takes {spent:.0f} ms")
    assert spent < 100
    tab.press("End")
    assert len(rows(tab)) < 80
    assert active(tab).startswith("file"), active(tab)
    quiet(tab, pages.many)


def look_at_names_that_are_markup(tab: Tab, pages: Pages) -> None:
    tab.open(pages.hostile)
    for name in ("docs", "src", "__proto__", "line"):
        type_into_search(tab, name)
    type_into_search(tab, "")
    tab.run("document.getElementById('view').focus()")
    tab.press("Home")
    tab.press("ArrowRight")
    tab.press("*")
    said = "\n".join(rows(tab))
    for shown in ("<img src=x onerror=", "\\u202egnp.exe", "\\xff\\xfe.md", "line\\nbreak", "&lt;b&gt;.md", "__proto__, folder"):
        assert shown in said, shown
    assert tab.run("document.querySelectorAll('img, [onerror], #rows script').length") == 0
    assert tab.run("document.title") == "Who may change what in acme/shop"
    quiet(tab, pages.hostile)


def look_with_keys_alone_and_listen(tab: Tab, pages: Pages) -> None:
    tab.open(pages.hostile)
    tab.run("document.getElementById('view').focus()")
    spoken = tab.spoken()
    assert ("tree", "Files and folders with what is decided about them") in spoken
    assert any(role == "treeitem" and "1 blocked" in name for role, name in spoken)
    assert {"contributor", "branch"} <= {
        name for role, name in spoken if role in ("combobox", "comboBoxMenuButton", "ComboBoxSelect")
    }
    tab.press("a")
    tab.press("ArrowRight")
    tab.press("ArrowRight")
    assert active(tab) == "key.py: blocked; stricter: allowed before", active(tab)
    assert "key.py" in tab.run("document.getElementById('details').textContent")
    tab.press("ArrowLeft")
    assert active(tab).startswith("a, folder: 1 blocked"), active(tab)
    tab.press("b")
    tab.press("Enter")
    tab.press("ArrowDown")
    assert active(tab).startswith("README.md: 2 approvals of @acme/sre; looser: blocked before"), active(tab)
    level = tab.run("document.querySelector('[aria-selected=true]').getAttribute('aria-level')")
    assert level == "3"
    quiet(tab, pages.hostile)


def look_for_somebody_else_by_rule_and_by_difference(tab: Tab, pages: Pages) -> None:
    tab.open(pages.hostile)
    choose = (
        "(() => {{ const list = document.getElementById('{}'); list.value = {}; list.dispatchEvent(new Event('change')); }})()"
    )
    tab.run(choose.format("who", 1))
    assert "8 allowed" in rows(tab)[0], rows(tab)[0]
    tab.run(choose.format("ref", 1))
    assert rows(tab)[0].startswith("acme/shop, folder: 2 blocked"), rows(tab)[0]
    tab.run("document.getElementById('changed').click()")
    assert tab.run("document.getElementById('found').textContent") == "4 of 11 files"
    tab.run("document.getElementById('changed').click()")
    tab.run("document.querySelector('.rule').click()")
    assert tab.run("document.querySelector('.rule').getAttribute('aria-pressed')") == "true"
    assert [row.partition(":")[0] for row in rows(tab)] == ["acme/shop, folder", "a, folder", "key.py"]
    quiet(tab, pages.hostile)


def look_at_the_colours_by_day_and_by_night(tab: Tab, pages: Pages) -> None:
    grounds = set()
    for dark in (False, True):
        for name, path in pages.gallery.items():
            tab.open(path, dark=dark)
            grounds.add(tab.run("getComputedStyle(document.body).backgroundColor"))
            for text, colour, ground in tab.run(_COLOURS):
                ratio = contrast(colour, ground)
                assert ratio >= 4.5, f"{name}, {'dark' if dark else 'light'}: {text!r} has a contrast of {ratio:.1f}"
            quiet(tab, path)
    assert len(grounds) == 2


def look_at_a_narrow_window(tab: Tab, pages: Pages) -> None:
    for path in pages.gallery.values():
        tab.open(path, size=(390, 800))
        assert tab.run("document.documentElement.scrollWidth") <= 390, path.name
        cut = tab.run("[...document.querySelectorAll('#view')].filter((view) => view.scrollWidth > view.clientWidth).length")
        assert cut == 0, "rows do not fit"
        quiet(tab, path)


def look_at_the_backtest(tab: Tab, pages: Pages) -> None:
    tab.open(pages.gallery["backtest"])
    spoken = tab.spoken()
    assert any(role == "image" and name == "Changes by month" for role, name in spoken) or "Changes by month" in str(spoken)
    assert tab.run("document.scripts.length") == 0
    drawn = tab.run("[...document.querySelectorAll('svg.columns rect')].map((bar) => bar.getBoundingClientRect().height)")
    assert drawn
    assert min(drawn) > 0
    quiet(tab, pages.gallery["backtest"])


LOOKS: Final = (
    look_at_a_hundred_thousand_files,
    look_at_names_that_are_markup,
    look_with_keys_alone_and_listen,
    look_for_somebody_else_by_rule_and_by_difference,
    look_at_the_colours_by_day_and_by_night,
    look_at_a_narrow_window,
    look_at_the_backtest,
)

_COLOURS: Final = """[...document.querySelectorAll(".badge, .faint, th, td, h1, h2, p, code, label, .counts, button")]
.map((node) => {
  let ground = node;
  while (ground && /, 0\\)$|transparent/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return [node.textContent.slice(0, 40), getComputedStyle(node).color, getComputedStyle(ground || document.body).backgroundColor];
})"""


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 has it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts: list[Any] = re.findall(r"[\d.]+", colour)[:3]
    linear = [(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in (float(part) / 255 for part in parts)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
