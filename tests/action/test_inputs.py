"""Every input: its default, what it may be, and what is said of anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agentowners.action.inputs import INPUTS, FailJob, InputError, read_inputs
from agentowners.report.verdict.conclusion import Enforcement

TOKEN = {"INPUT_TOKEN": "ghs_x"}
ROOT = Path(__file__).resolve().parent.parent.parent


def test_defaults() -> None:
    inputs = read_inputs(TOKEN)
    assert inputs.token == "ghs_x"
    assert inputs.policy_files == ()
    assert inputs.enforcement is Enforcement.ACTIVE
    assert inputs.check_name == "AGENTOWNERS"
    assert inputs.label_prefix == "agentowners"
    assert inputs.comment is False
    assert inputs.fail_job is FailJob.AUTO
    assert inputs.sarif_file is None
    assert inputs.report_file is None


def test_what_the_runner_passes_for_every_default_is_the_default() -> None:
    passed = {f"INPUT_{item.name.upper()}": item.default for item in INPUTS}
    assert read_inputs(passed | TOKEN) == read_inputs(TOKEN)


def test_action_yml_declares_these_inputs_with_these_defaults() -> None:
    declared = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]
    assert {name: facts["default"] for name, facts in declared.items()} == {item.name: item.default for item in INPUTS}


@pytest.mark.parametrize("name", ["INPUT_FAIL-JOB", "INPUT_FAIL_JOB"])
def test_names_as_the_runner_and_as_a_shell_passes_them(name: str) -> None:
    assert read_inputs(TOKEN | {name: " never\n"}).fail_job is FailJob.NEVER


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("policy/a", ("policy/a",)),
        (".github/AGENTOWNERS, b.yml", (".github/AGENTOWNERS", "b.yml")),
        ("a\n./b\n\n a \n", ("a", "b")),
    ],
)
def test_policy_files(value: str, names: tuple[str, ...]) -> None:
    assert read_inputs(TOKEN | {"INPUT_POLICY-FILE": value}).policy_files == names


@pytest.mark.parametrize("value", ["true", "True", "TRUE"])
def test_comment(value: str) -> None:
    assert read_inputs(TOKEN | {"INPUT_COMMENT": value}).comment is True


def test_base_in_the_check_name() -> None:
    inputs = read_inputs(TOKEN | {"INPUT_CHECK-NAME": "AGENTOWNERS ({base})"})
    assert inputs.name_for("release/1") == "AGENTOWNERS (release/1)"
    assert len(inputs.name_for("x" * 400)) == 255


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOKEN", " ", "the input `token` is empty"),
        ("ENFORCEMENT", "off", "the input `enforcement` is `off`"),
        ("ENFORCEMENT", "Active", "the input `enforcement` is `Active`"),
        ("FAIL-JOB", "yes", "the input `fail-job` is `yes`"),
        ("COMMENT", "yes", "the input `comment` is `yes`"),
        ("COMMENT", "1", "the input `comment` is `1`"),
        ("CHECK-NAME", "x" * 101, "the input `check-name` is"),
        ("CHECK-NAME", "a\nb", "the input `check-name` is"),
        ("LABEL-PREFIX", "x" * 40, "the input `label-prefix` cannot be used"),
        ("POLICY-FILE", "../x", "the input `policy-file` names `../x`"),
        ("POLICY-FILE", "/x", "the input `policy-file` names `/x`"),
        ("POLICY-FILE", "a//b", "the input `policy-file` names `a//b`"),
        ("POLICY-FILE", "dir/", "the input `policy-file` names `dir/`"),
        ("POLICY-FILE", "a\\b", "the input `policy-file` names"),
        ("POLICY-FILE", ",", "the input `policy-file` names no file"),
    ],
)
def test_anything_else_is_refused(name: str, value: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_inputs(TOKEN | {f"INPUT_{name}": value})
    assert caught.value.message.startswith(said)
    assert "\n" not in caught.value.message
    assert caught.value.help


def test_threat_23_the_token_is_not_shown_with_the_inputs() -> None:
    assert "ghs_x" not in repr(read_inputs(TOKEN))
