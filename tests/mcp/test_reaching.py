"""Every spelling of a mapped path is judged, and every string that names one."""

from __future__ import annotations

from typing import Any

import pytest

from agentowners.dispatch.model import CallError, Reach, ToolCall, Touch, Touches
from agentowners.dispatch.shell import read_command
from agentowners.dispatch.touches import touches_of
from agentowners.mcp.hints import ToolHints
from agentowners.mcp.reaching import file_paths, reach
from agentowners.mcp.session import PromptRequest, ResourceRequest, ToolRequest
from agentowners.policy.model import Action

ON_DISK = {"keys.py", "security", "security/.", "a b", "src", "src/.", "Makefile", "source"}
READ, WRITE = Action.FILE_READ, Action.FILE_WRITE


def touched(tool: str, bases: Any = ("/w",), **arguments: Any) -> Touches:
    call = ToolCall(None, tool, arguments, "/w")
    target = ToolRequest(tool, arguments, ToolHints())
    return reach(call, target, touches_of(call, read_command), bases, lambda text: text in ON_DISK)


def paths(touches: Touches, action: Action | None = None) -> set[str]:
    return {touch.path for touch in touches.touches if action in (None, touch.action)}


@pytest.mark.parametrize("name", ["path", "Path", "PATH", "pa_th", "pat-h"])
def test_a_mapped_argument_is_recognised_in_any_case(name: str) -> None:
    assert paths(touched("write_file", **{name: "x"}), WRITE) == {"x"}


def test_names_that_unicode_folds_together_are_one_argument() -> None:
    spelled: Any = {"source": "a"}
    spelled["\u017fource"], spelled["destina\uff54ion"] = "b", "c"
    assert {"a", "b", "c"} <= paths(touched("move_file", **spelled), WRITE)


def test_every_spelling_of_an_argument_is_judged() -> None:
    assert paths(touched("write_file", path="a", Path="b", PATH=["c", "d"]), WRITE) == {"a", "b", "c", "d"}


SPELLED = [" x ", '"x"', "'x'", "\tx\n", "file:///x", "FILE:/x", "file://localhost/x", "file:///%78", "file:///%2578"]


@pytest.mark.parametrize("text", SPELLED)
def test_what_a_server_may_make_of_a_path_is_judged_too(text: str) -> None:
    assert {"x", "/x"} & paths(touched("write_file", path=text), WRITE)


@pytest.mark.parametrize("text", ["--output=security/x", "HEAD:security/x", "main:./security/x"])
def test_a_path_within_an_option_or_behind_a_revision_is_judged(text: str) -> None:
    assert {"security/x", "./security/x"} & paths(touched("git_show", repo_path=".", revision=text), READ)


def test_uris_with_a_host_a_query_or_a_fragment() -> None:
    assert {"/x", "/x?y#z", "host/x"} <= set(file_paths("file://host/x?y#z"))
    assert file_paths("no scheme") == ()


def test_relative_paths_start_from_each_directory_that_the_server_may_know() -> None:
    touches = touched("write_file", ("/w", "/other"), path="x")
    assert {(touch.path, touch.base) for touch in touches.touches} == {("x", "/w"), ("x", "/other")}


def test_files_of_git_add_start_from_its_repository() -> None:
    touches = touched("git_add", files=["x"], repo_path="/repo", Repo_Path="sub")
    assert {(touch.path, touch.base) for touch in touches.touches if touch.path == "x"} == {("x", "/repo"), ("x", "/w/sub")}


NAMING = [
    "/etc/x",
    "~/x",
    "./x",
    ".env",
    "security/new",
    "keys.py",
    "security",
    "a b",
    " keys.py ",
    "security/two words",
    "file:///x",
    "\0file:///x",
    " \0 FILE:///x\0",
    "repo://security/x",
    "security/x\0.txt",
]


@pytest.mark.parametrize("text", NAMING)
@pytest.mark.parametrize("shape", [lambda t: t, lambda t: [t], lambda t: {"x": [{"y": t}]}, lambda t: {"z": {t: 1}}])
def test_a_string_that_names_a_path_is_judged_wherever_it_is(text: str, shape: Any) -> None:
    named = paths(touched("anything", target=shape(text)), WRITE)
    assert named & {text, text.strip(), "/x", "security/x"}


NOT_NAMING = [
    "",
    " ",
    "hello",
    "hello world",
    "1/2 of it",
    "https://example.org/security/keys.py",
    "x" * 5000,
    "a\0b/c",
    "two\nlines/x",
]


def test_the_name_of_an_argument_is_judged_where_no_parameter_is_called_so() -> None:
    saved = touched("save_files", **{"security/new": "x", "keys.py": "y", "security": "z"}, Makefile="all:")
    assert paths(saved, WRITE) == {"security/new", "keys.py", "Makefile"}


def test_the_name_of_a_parameter_or_a_directory_is_no_file() -> None:
    assert not touched("unheard_of", src="1", security="2", none="3").touches
    assert paths(touched("unheard_of", source="x")) == {"x"}
    hints = ToolHints(parameters=frozenset({"Makefile"}))
    target = ToolRequest("unheard_of", {"Makefile": "x"}, hints)
    assert not reach(ToolCall(None, "unheard_of", {}, "/w"), target, Touches(), ("/w",), ON_DISK.__contains__).touches


@pytest.mark.parametrize("text", NOT_NAMING)
def test_other_strings_are_none(text: str) -> None:
    assert not touched("anything", target=text).touches


def test_a_string_beside_what_a_reading_tool_maps_is_read_and_beside_a_writing_one_written_too() -> None:
    assert paths(touched("read_file", path="a", also="security/x"), WRITE) == set()
    assert paths(touched("read_file", path="a", also="security/x"), READ) == {"a", "security/x"}
    assert paths(touched("write_file", path="a", also="security/x"), WRITE) == {"a", "security/x"}
    assert paths(touched("open_nodes", names=["security/x"]), WRITE) == {"security/x"}


def test_resources_and_prompts_are_read() -> None:
    call = ToolCall(None, "resources/read", {}, "/w")
    resource = reach(
        call, ResourceRequest(("file:///w/x", "memo://security", "memo://none")), Touches(), ("/w",), ON_DISK.__contains__
    )
    assert {"/w/x", "security"} <= paths(resource, READ)
    assert "none" not in paths(resource)
    assert paths(resource, WRITE) == set()
    assert resource.only_reads
    assert resource.opaque == ("nothing says what `memo://security` stands for", "nothing says what `memo://none` stands for")
    prompt = reach(call, PromptRequest("p", {"file": "keys.py", "tone": "kind"}), Touches(), ("/w",), ON_DISK.__contains__)
    assert paths(prompt) == {"keys.py"}
    assert prompt.opaque


def test_directories_stay_what_they_are_and_too_many_paths_are_refused() -> None:
    listing = touched("list_directory", path="security")
    assert listing.touches == (Touch(READ, "security", "/w", Reach.PLACE),)
    with pytest.raises(CallError, match="more than"):
        touched("read_multiple_files", paths=[f"{number}/x" for number in range(3000)], bases=("/w", "/v"))


@pytest.mark.parametrize(
    "uri", ["fi\tle:///w/keys.py", "\x01file:///w/keys.py", "file:\\w\\keys.py", "file:/\\localhost/w/keys.py"]
)
def test_a_uri_is_judged_as_a_browser_would_read_it(uri: str) -> None:
    read = reach(ToolCall(None, "resources/read", {}, "/w"), ResourceRequest((uri,)), Touches(), ["/w"], lambda _: False)
    assert "/w/keys.py" in paths(read, READ)


@pytest.mark.parametrize("text", ["./" * 2500 + "keys.py", "security%2Fkeys.py", "repo:///security/keys.py"])
def test_a_string_names_a_path_however_long_or_encoded(text: str) -> None:
    assert {"keys.py", "security/keys.py"} & paths(touched("unheard_of", it=text), WRITE)


def test_a_long_text_that_begins_like_a_path_is_none() -> None:
    assert not touched("unheard_of", it="/9j/" + "4AAQ" * 5000).touches
