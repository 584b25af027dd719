"""What gets installed is what was locked, from wherever it is installed."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution, requires

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from tests.packaging import ROOT, load_script, text

LOCKS = ["runtime", "build", "dev", "fuzz", "api"]
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(\[[a-z,-]+\])?==(?P<version>[^ ;\\]+)")
ENVIRONMENT: dict[str, str] = {name: str(value) for name, value in default_environment().items()}
PYTHONS = list(load_script("tools/pythons.py").OLDEST_PIP)


def entries(lock: str) -> dict[str, list[str]]:
    """The pinned requirements of a lock file, each with its lines."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text(f"requirements/{lock}.txt").splitlines():
        if line and not line.startswith((" ", "#")):
            current = found.setdefault(line.split(" ")[0], [])
        current.append(line)
    return found


def pins(lock: str) -> dict[str, Requirement]:
    """What a lock pins, by canonical name."""
    return {canonicalize_name(pin.name): pin for pin in map(Requirement, entries(lock))}


def environments(python: str) -> Iterator[dict[str, str]]:
    """What markers are read against with a Python, on each system that `make` is for."""
    for system, platform in (("Linux", "linux"), ("Darwin", "darwin")):
        named = {"platform_system": system, "sys_platform": platform, "os_name": "posix"}
        versions = {"python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0"}
        yield {**ENVIRONMENT, **named, **versions}


def unlocked(pinned: Mapping[str, Requirement], python: str) -> set[str]:
    """Requirements of what is pinned that pip would have to look for: not pinned, another version, or an extra too many."""
    found = set()
    for name, pin in pinned.items():
        wanted = [Requirement(line) for line in requires(name) or []]
        for environment in environments(python):
            for extra in ("", *pin.extras):
                read = environment | {"extra": extra}
                for requirement in wanted:
                    if requirement.marker is not None and not requirement.marker.evaluate(read):
                        continue
                    there = pinned.get(canonicalize_name(requirement.name))
                    version = str(there.specifier).removeprefix("==") if there else ""
                    if there is None or version not in requirement.specifier or not requirement.extras <= there.extras:
                        found.add(f"{name}: {requirement}")
    return found


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
    project = tomllib.loads(text("pyproject.toml"))["project"]
    declared = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    wanted = [line for line in text("requirements/runtime.in").splitlines() if line and not line.startswith("#")]
    assert sorted(wanted) == sorted(declared)
    assert {canonicalize_name(Requirement(requirement).name) for requirement in declared} <= set(pins("runtime"))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", ["runtime", "build", "dev"])
def test_every_requirement_of_what_is_locked_is_locked_with_its_extras(lock: str, python: str) -> None:
    assert unlocked(pins(lock), python) == set()


@pytest.mark.parametrize("python", PYTHONS)
def test_a_lock_without_an_extra_or_without_a_package_is_found_out(python: str) -> None:
    """As the lock was when an older pip took the newest `coverage[toml]`, which no hash covered."""
    locked = pins("dev")
    bare = locked | {"coverage": Requirement(re.sub(r"\[.*\]", "", str(locked["coverage"])))}
    assert {found.split(":")[0] for found in unlocked(bare, python)} == {"pytest-cov"}
    assert {found.split(":")[0] for found in unlocked(locked | {"pluggy": Requirement("pluggy==0.1")}, python)} >= {"pytest"}
    del locked["cffi"]
    assert {found.split(":")[0] for found in unlocked(locked, python)} == {"cryptography", "pynacl"}


def test_what_is_installed_is_what_is_locked_and_takes_every_supported_python() -> None:
    for name, pin in pins("dev").items():
        if pin.marker is not None and not pin.marker.evaluate():
            continue
        installed = distribution(name)
        assert pin.specifier.contains(installed.version), name
        supported = SpecifierSet(str(installed.metadata.json.get("requires_python", "")))
        assert [python for python in PYTHONS if f"{python}.0" not in supported] == [], name


def test_the_project_is_built_by_what_is_locked() -> None:
    wanted = map(Requirement, tomllib.loads(text("pyproject.toml"))["build-system"]["requires"])
    locked = pins("build")
    assert all(str(locked[one.name].specifier).removeprefix("==") in one.specifier for one in wanted)
    assert "pip" in locked


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
    for option in (
        "--generate-hashes",
        "--no-strip-extras",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-emit-trusted-host",
    ):
        assert option in script
    assert (ROOT / "tools" / "lock.sh").stat().st_mode & 0o111
