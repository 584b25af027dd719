"""What the Dockerfile promises; `make image-test` sees it kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.packaging import ROOT, load_script, text

DOCKERFILE = text("Dockerfile")
# without comments, continued lines joined
INSTRUCTIONS = re.sub(r"\s*\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()
ENTRYPOINT = load_script("docker/entrypoint.py")


def instructions(word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in INSTRUCTIONS if line.startswith(f"{word} ")]


def test_the_base_is_an_argument_whose_default_is_the_official_slim_image_by_digest() -> None:
    assert INSTRUCTIONS[0] == "ARG BASE=official"
    official, build, final = instructions("FROM")
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64} AS official", official)
    assert (build, final) == ("${BASE} AS build", "${BASE}")


def test_everything_installed_is_a_wheel_with_a_locked_hash() -> None:
    installs = [part for line in instructions("RUN") for part in line.split("&&") if re.search(r"-m pip .*\binstall\b", part)]
    assert len(installs) == 3
    for command in installs:
        local = "--no-index" in command and command.rstrip().endswith("dist/*.whl")
        assert local or ("--require-hashes" in command and "--only-binary :all:" in command), command


def test_the_final_stage_copies_only_the_product_and_its_start() -> None:
    final = "\n".join(INSTRUCTIONS).rpartition("FROM ")[2]
    copies = re.findall(r"^COPY (.*)$", final, re.MULTILINE)
    assert copies == ["--from=build /opt/agentowners /opt/agentowners", "docker/entrypoint.py /opt/agentowners/entrypoint.py"]
    assert not re.search(r"apt-get|curl|wget|ADD ", "\n".join(INSTRUCTIONS))


def test_the_entrypoint_is_the_action_without_a_shell_and_isolated() -> None:
    (entrypoint,) = instructions("ENTRYPOINT")
    assert json.loads(entrypoint) == ["/opt/agentowners/bin/python", "-I", "-B", "/opt/agentowners/entrypoint.py", "action"]
    assert not instructions("CMD")
    assert not instructions("USER")
    (environment,) = instructions("ENV")[1:]
    assert {"PYTHONSAFEPATH=1", "PYTHONDONTWRITEBYTECODE=1", "PYTHONNOUSERSITE=1"} <= set(environment.split())


def test_nothing_reaches_the_build_that_it_does_not_need() -> None:
    rules = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    sources = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert {"src" if path.startswith("src/") else path for path in allowed} == sources
    assert all((ROOT / path).exists() for path in allowed)


def test_as_root_everything_is_given_up_for_the_owner_of_the_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "output"
    output.touch()
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    found = output.stat()
    command = ENTRYPOINT.command(["action"], root=True)
    product = command.index("--")
    assert command[0] == "/usr/bin/setpriv"
    assert set(command[1:product]) == {
        f"--reuid={found.st_uid}",
        f"--regid={found.st_gid}",
        "--clear-groups",
        "--no-new-privs",
        "--inh-caps=-all",
        "--ambient-caps=-all",
        "--bounding-set=-all",
    }
    assert command[product + 1 :] == ["/opt/agentowners/bin/python", "-I", "-B", "-m", "agentowners", "action"]


def test_where_there_is_nothing_to_write_it_is_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    assert ENTRYPOINT.owner() == (65534, 65534)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert ENTRYPOINT.owner() == (tmp_path.stat().st_uid, tmp_path.stat().st_gid)


def test_an_ordinary_user_stays_who_they_are() -> None:
    assert ENTRYPOINT.command(["action"], root=False) == [*ENTRYPOINT.PRODUCT, "action"]
