"""A release: one version everywhere, the image by digest, tags that move forward only."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

import agentowners
from tests.packaging import ROOT, load_script, load_yaml, text

RELEASE = load_script("tools/release.py")
PIN = load_script("tools/pin_image.py")
DIGEST = "ghcr.io/agentowners/agentowners-action@sha256:" + "ab" * 32
COMMIT = "c" * 40
# records each call's arguments, and what --input names, and answers as the API would
GH = """\
#!/bin/sh
printf '%s\\n' "$*" >>"$GH_LOG"
while [ $# -gt 0 ]; do
  if [ "$1" = --input ]; then cat "$2" >"$GH_LOG.tree"; fi
  if [ "$1" = --notes-file ]; then cat "$2" >"$GH_LOG.notes"; fi
  shift
done
[ -z "$GH_FAIL" ] || { grep -q "$GH_FAIL" "$GH_LOG" && [ "$(wc -l <"$GH_LOG")" -eq "$GH_FAIL_AT" ] && exit 1; }
echo 1234567890123456789012345678901234567890
"""


def test_one_version_everywhere() -> None:
    versions = RELEASE.versions(ROOT)
    assert len(set(versions.values())) == 1, versions
    assert versions["src/agentowners/__init__.py"] == agentowners.__version__
    tracked = subprocess.run(
        ["git", "grep", "-lF", versions["pyproject.toml"], "--", "src", "docs/pre-commit.md"], cwd=ROOT, capture_output=True
    )
    assert set(tracked.stdout.decode().split()) <= set(versions), "another file names the version"
    assert RELEASE.notes(ROOT, versions["pyproject.toml"])


def test_setting_the_version_writes_it_everywhere(tmp_path: Path) -> None:
    for place in RELEASE.PLACES:
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, tmp_path / place)
    RELEASE.set_version(tmp_path, "7.8.9", date(2027, 1, 2))
    assert set(RELEASE.versions(tmp_path).values()) == {"7.8.9"}
    assert "## [7.8.9] - 2027-01-02" in (tmp_path / "CHANGELOG.md").read_text("utf-8")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    with pytest.raises(ValueError, match="`Dockerfile` names no version"):
        RELEASE.set_version(tmp_path, "8.0.0", date(2027, 1, 2))


def test_what_people_copy_names_the_major_version() -> None:
    major = RELEASE.versions(ROOT)["pyproject.toml"].partition(".")[0]
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        named = re.findall(r"agentowners/agentowners-action(?:/[\w./-]+)?@v(\d+)", path.read_text("utf-8"))
        assert set(named) <= {major}, path.name


def test_a_tag_that_is_not_the_version_releases_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert RELEASE.main(["v9.9.9"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "`pyproject.toml` says" in printed.err
    assert "nothing under `9.9.9`" in printed.err
    assert RELEASE.main(["v1"]) == 2
    assert RELEASE.main([]) == 2


def test_the_notes_are_one_section_of_the_changelog(tmp_path: Path) -> None:
    parts = ["# Changelog", "## [Unreleased]", "- soon", "## [1.1.0] - 2026-01-02", "### Added", "- new"]
    parts += ["## [1.0.0] - 2026-01-01", "- old", "[1.1.0]: x\n"]
    (tmp_path / "CHANGELOG.md").write_text("\n\n".join(parts), "utf-8")
    assert RELEASE.notes(tmp_path, "1.1.0") == "### Added\n\n- new"
    assert RELEASE.notes(tmp_path, "1.0.0") == "- old"
    assert RELEASE.notes(tmp_path, "1.0") == ""


def test_the_released_action_differs_by_the_image_alone() -> None:
    before, after = text("action.yml").splitlines(), PIN.pin(text("action.yml"), DIGEST).splitlines()
    assert len(before) == len(after)
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        ("  image: Dockerfile", f"  image: docker://{DIGEST}")
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "ghcr.io/a/b:1.0.0",
        "ghcr.io/a/b@sha256:" + "a" * 63,
        "ghcr.io/a/b@sha256:" + "A" * 64,
        "b@sha256:" + "a" * 64,
        DIGEST + "\n",
    ],
)
def test_an_image_without_a_digest_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        PIN.pin(text("action.yml"), reference)


def test_an_action_that_is_pinned_already_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly once"):
        PIN.pin(PIN.pin(text("action.yml"), DIGEST), DIGEST)


class Publisher:
    """A clone with the release's files and tags, and a `gh` that writes down what it is asked."""

    def __init__(self, root: Path, tags: list[str]) -> None:
        self.root, self.log = root, root / "gh.log"
        for name in ("action.yml", *RELEASE.PLACES):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
        shutil.copytree(ROOT / "tools", root / "tools")
        (root / "bin").mkdir()
        (root / "bin" / "gh").write_text(GH, "utf-8")
        (root / "bin" / "gh").chmod(0o755)
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
        for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"], *(["tag", tag] for tag in tags)):
            subprocess.run([*git, *command], cwd=root, check=True, timeout=60)

    def run(self, tag: str, *, fail: str = "", at: int = 0) -> subprocess.CompletedProcess[str]:
        env = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "GITHUB_REPOSITORY": "agentowners/agentowners-action",
            "GH_LOG": str(self.log),
            "GH_FAIL": fail,
            "GH_FAIL_AT": str(at),
        }
        script = str(self.root / "tools" / "publish.sh")
        return subprocess.run([script, tag, COMMIT, DIGEST], env=env, capture_output=True, text=True, check=False, timeout=60)

    def calls(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines()


@pytest.fixture
def tag() -> str:
    return "v" + str(RELEASE.versions(ROOT)["pyproject.toml"])


def test_a_release_commits_the_pinned_action_and_moves_the_tags_to_it(tmp_path: Path, tag: str) -> None:
    publisher = Publisher(tmp_path, [tag, "v0.9.0"])
    done = publisher.run(tag)
    assert done.returncode == 0, done.stderr
    tree = json.loads((tmp_path / "gh.log.tree").read_text("utf-8"))
    assert tree["base_tree"] == COMMIT
    (entry,) = tree["tree"]
    assert (entry["path"], entry["content"]) == ("action.yml", PIN.pin(text("action.yml"), DIGEST))
    made, committed, own, moving, released = publisher.calls()
    major = tag.partition(".")[0]
    pinned = "1234567890123456789012345678901234567890"
    assert made.startswith("api repos/agentowners/agentowners-action/git/trees")
    assert f"parents[]={COMMIT}" in committed
    assert own.endswith(f"git/refs/tags/{tag} -f sha={pinned} -F force=true")
    assert moving.endswith(f"git/refs/tags/{major} -f sha={pinned} -F force=true")
    assert released.startswith(f"release create {tag} --verify-tag --latest=true")
    assert (tmp_path / "gh.log.notes").read_text("utf-8").strip()


def test_the_first_release_of_a_major_version_makes_its_moving_tag(tmp_path: Path, tag: str) -> None:
    publisher = Publisher(tmp_path, [tag])
    assert publisher.run(tag, fail="force", at=4).returncode == 0
    major = tag.partition(".")[0]
    assert any(f"git/refs -f ref=refs/tags/{major} " in call for call in publisher.calls())


def test_a_fix_to_an_older_release_takes_nothing_back(tmp_path: Path, tag: str) -> None:
    major = tag.partition(".")[0]
    publisher = Publisher(tmp_path, [tag, f"{major}.99.0", "v99.0.0"])
    assert publisher.run(tag).returncode == 0
    assert not any(f"refs/tags/{major} " in call for call in publisher.calls())
    assert "--latest=false" in publisher.calls()[-1]


def test_a_release_stops_where_a_step_fails(tmp_path: Path, tag: str) -> None:
    publisher = Publisher(tmp_path, [tag])
    assert publisher.run(tag, fail="commits", at=2).returncode != 0
    assert len(publisher.calls()) == 2
    publisher.log.unlink()
    assert publisher.run("v9.9.9").returncode != 0
    assert not publisher.log.exists()


def test_release_and_image_agree_on_the_name() -> None:
    assert load_yaml(".github/workflows/release.yml")["env"] == {"IMAGE": "ghcr.io/${{ github.repository }}"}
