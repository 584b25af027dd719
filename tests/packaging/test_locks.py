"""What gets installed is what was locked, from wherever it is installed."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.packaging import ROOT, text

LOCKS = ["runtime", "build", "dev", "fuzz"]
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")


def entries(lock: str) -> dict[str, list[str]]:
    """The pinned requirements of a lock file, each with its lines."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text(f"requirements/{lock}.txt").splitlines():
        if line and not line.startswith((" ", "#")):
            current = found.setdefault(line.split(" ")[0], [])
        current.append(line)
    return found


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_an_exact_version_with_hashes(lock: str) -> None:
    assert entries(lock)
    for requirement, lines in entries(lock).items():
        assert PIN.fullmatch(requirement), requirement
        hashes = re.findall(r"--hash=(\S+)", "\n".join(lines))
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_place_to_install_from(lock: str) -> None:
    written = text(f"requirements/{lock}.txt")
    assert "://" not in written
    assert not re.search(r"^\s*(-i|-f|-e|--(extra-)?index-url|--find-links|--trusted-host|--no-index)\b", written, re.MULTILINE)
    assert not re.search(r"file:/|\s/|\.\./|@ ", written), "a path"


def test_the_runtime_is_what_the_project_declares() -> None:
    declared = tomllib.loads(text("pyproject.toml"))["project"]["dependencies"]
    wanted = [line for line in text("requirements/runtime.in").splitlines() if line and not line.startswith("#")]
    assert sorted(wanted) == sorted(declared)
    locked = {canonical(requirement.partition("==")[0]) for requirement in entries("runtime")}
    assert {canonical(re.split(r"[<>=]", requirement)[0]) for requirement in declared} <= locked


def test_developers_and_the_image_have_the_same_versions() -> None:
    dev = set(entries("dev"))
    assert set(entries("runtime")) <= dev
    assert set(entries("build")) <= dev


def test_npm_installs_by_integrity_and_from_no_named_place() -> None:
    lock = json.loads(text("package-lock.json"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert packages
    for path, package in packages.items():
        assert package["integrity"].startswith("sha512-"), path
        assert "resolved" not in package, path
        assert "hasInstallScript" not in package, path
    assert "omit-lockfile-registry-resolved=true" in text(".npmrc").splitlines()
    declared = json.loads(text("package.json"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in declared.values())
    assert lock["packages"][""]["devDependencies"] == declared


def test_the_lock_script_lets_nothing_of_this_machine_in() -> None:
    script = text("tools/lock.sh")
    assert "PIP_CONFIG_FILE=/dev/null" in script
    for variable in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL"):
        assert f"-u {variable}" in script
    for option in ("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"):
        assert option in script
    assert (ROOT / "tools" / "lock.sh").stat().st_mode & 0o111
