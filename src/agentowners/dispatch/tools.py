"""Actions of tools: for each client, and for servers that many use, the arguments that carry paths and what is done to them."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import partial
from typing import Final

from msgspec import Struct

from agentowners.dispatch.model import Client, Reach, ToolCall
from agentowners.policy.model import Action


class Carries(Enum):
    """Content of an argument that is more than a path, or a list of them."""

    PATCH = "patch"
    """A patch in the form of ``apply_patch``, which names its files."""
    COMMAND = "command"
    """A shell command, or a list of them."""
    WHERE = "where"
    """The directory in which the command runs, or that the other paths start from."""
    GLOB = "glob"
    """A pattern over files whose names are listed: the directory before its first wildcard is a place."""
    MATCHING = "matching"
    """The same, over files whose contents are read; without a wildcard a file."""


class Argument(Struct, frozen=True):
    """One argument of a tool. Its name is compared without case and underscores; ``files[].path`` is in a list of objects."""

    name: str
    carries: Reach | Carries
    """For paths how far the tool reaches; a place or what is searched is the working directory where it is absent."""
    action: Action = Action.FILE_READ


Tool = tuple[Argument, ...]
"""The arguments that matter; none of a tool that touches no path."""

_READ, _WRITE, _RUN = Action.FILE_READ, Action.FILE_WRITE, Action.SHELL_EXECUTE


def _each(carries: Reach | Carries, action: Action, *names: str) -> Tool:
    return tuple([Argument(name, carries, action) for name in names])


_reads = partial(_each, Reach.FILE, _READ)
_writes = partial(_each, Reach.FILE, _WRITE)
_lists = partial(_each, Reach.PLACE, _READ)
_searches = partial(_each, Reach.SEARCH, _READ)


def _globs(pattern: str, *places: str) -> Tool:
    return (*_lists(*places), Argument(pattern, Carries.GLOB, _READ))


def _runs(command: str, *directories: str) -> Tool:
    return (Argument(command, Carries.COMMAND, _RUN), *_each(Carries.WHERE, _RUN, *directories))


def _all(names: str, tool: Tool = ()) -> dict[str, Tool]:
    """Tools that are alike; without arguments that matter those that touch no path."""
    return dict.fromkeys(names.split(), tool)


_PATCHES: Final[Tool] = _each(Carries.PATCH, _WRITE, "command", "input", "patch", "patchText")
_GEMINI: Final[dict[str, Tool]] = {
    **_all("write_file replace edit", _writes("file_path")),
    "read_file": _reads("file_path", "absolute_path"),
    "read_many_files": _each(Carries.MATCHING, _READ, "paths", "include"),
    "list_directory": _lists("dir_path", "path"),
    "glob": _globs("pattern", "dir_path", "path"),
    **_all("grep_search search_file_content", _searches("dir_path", "path")),
    "run_shell_command": _runs("command", "dir_path", "directory"),
    **_all("google_web_search web_fetch write_todos ask_user invoke_agent enter_plan_mode exit_plan_mode"),
}
_TOOLS: Final[dict[Client, dict[str, Tool]]] = {
    Client.CLAUDE: {
        **_all("Write Edit MultiEdit", _writes("file_path")),
        "NotebookEdit": _writes("notebook_path"),
        "Read": _reads("file_path"),
        "NotebookRead": _reads("notebook_path"),
        "Grep": _searches("path"),
        "Glob": _globs("pattern", "path"),
        "LS": _lists("path"),
        "Bash": _runs("command"),
        **_all(
            "Agent Task TaskCreate TaskGet TaskList TaskOutput TaskStop TaskUpdate TodoWrite WebFetch WebSearch AskUserQuestion"
            " EnterPlanMode ExitPlanMode BashOutput KillShell KillBash ToolSearch ListMcpResourcesTool"
        ),
    },
    Client.CODEX: {
        "apply_patch": _PATCHES,
        "view_image": _reads("path"),
        "Bash": _runs("command", "workdir"),
        **_all("update_plan spawn_agent wait_agent close_agent request_user_input web_search"),
    },
    Client.GEMINI: _GEMINI,
    Client.QWEN: {**_GEMINI, **_all("agent task todo_write web_search ask_user_question")},
    Client.COPILOT: {
        **_all("create Write Edit str_replace insert", _writes("path")),
        "edit": _writes("path", "file_path"),
        "apply_patch": _PATCHES,
        **_all("view Read show_file", _reads("path")),
        **_all("grep rg", _searches("path", "paths")),
        "glob": _globs("pattern", "path", "paths"),
        **_all("bash Bash", _runs("command")),
        **_all(
            "task report_intent update_todo read_bash stop_bash list_bash read_agent list_agents web_fetch web_search ask_user"
            " fetch_copilot_cli_documentation"
        ),
    },
    Client.DROID: {
        **_all("Create Edit MultiEdit", _writes("file_path")),
        "ApplyPatch": _PATCHES,
        "Read": _reads("file_path"),
        "LS": _lists("directory_path"),
        "Grep": _searches("path"),
        "Glob": _globs("patterns", "folder"),
        "Execute": _runs("command"),
        **_all("TodoWrite WebSearch FetchUrl Task ExitSpecMode AskUser"),
    },
    Client.CLINE: {
        "editor": _writes("path"),
        "apply_patch": _PATCHES,
        "read_files": _reads("files[].path", "paths"),
        "list_files": _lists("path"),
        "search_codebase": _searches("path"),
        "run_commands": _runs("commands"),
        **_all("fetch_web_content ask_question attempt_completion plan_mode_respond"),
    },
    Client.OPENCODE: {
        **_all("write edit multiedit", _writes("filePath")),
        **_all("patch apply_patch", _PATCHES),
        "read": _reads("filePath"),
        "list": _lists("path"),
        "glob": _globs("pattern", "path"),
        "grep": _searches("path"),
        "bash": _runs("command", "workdir"),
        **_all("task todowrite todoread webfetch websearch question skill"),
    },
    Client.CURSOR: {
        **_all("Write Delete", _writes("file_path", "path")),
        "Read": _reads("file_path", "path"),
        "Grep": _searches("path"),
        "Shell": _runs("command", "cwd"),
        **_all("Task"),
    },
    Client.VSCODE: {
        **_all("create_file replace_string_in_file insert_edit_into_file edit_notebook_file", _writes("filePath")),
        "apply_patch": _PATCHES,
        "create_directory": _writes("dirPath"),
        "read_file": _reads("filePath"),
        "list_dir": _lists("path"),
        "file_search": _globs("query"),
        "grep_search": _searches("includePattern"),
        "run_in_terminal": _runs("command"),
        **_all("manage_todo_list fetch_webpage"),
    },
}

SERVERS: Final[dict[str, Tool]] = {
    # @modelcontextprotocol/server-filesystem
    **_all("write_file edit_file create_directory", _writes("path")),
    "move_file": _each(Reach.BELOW, _WRITE, "source", "destination"),
    **_all("read_file read_text_file read_media_file get_file_info", _reads("path")),
    "read_multiple_files": _reads("paths"),
    **_all("list_directory list_directory_with_sizes directory_tree search_files", _lists("path")),
    **_all("list_allowed_directories"),
    # mcp-server-git
    **_all("git_status git_log git_branch git_commit", _lists("repo_path")),
    **_all("git_diff_unstaged git_diff_staged git_diff git_show", _searches("repo_path")),
    "git_add": (*_writes("files"), Argument("repo_path", Carries.WHERE, _WRITE)),
    # @modelcontextprotocol/server-memory, which keeps a file of its own
    **_all(
        "create_entities create_relations add_observations delete_entities delete_observations delete_relations read_graph"
        " search_nodes open_nodes"
    ),
}
"""Tools of servers that many use, by name: what a server is called is the choice of whoever sets it up."""

PATHS: Final = frozenset(
    {
        *("path", "paths", "file", "files", "filepath", "filepaths", "filename", "filenames", "absolutepath", "relativepath"),
        *("targetfile", "notebookpath", "oldpath", "newpath", "source", "destination", "dir", "dirpath", "directory"),
        *("directorypath", "folder", "cwd", "workdir", "root", "repopath"),
    }
)
"""Names, without case and underscores, under which tools that nobody mapped are taken to name paths."""


def fold(name: str) -> str:
    """Key that all names share which a reader might take for each other."""
    if name.isascii():
        return name.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(char for char in apart if unicodedata.category(char) not in ("Mn", "Cf")).replace("\u0131", "i")


def plain(name: str) -> str:
    """A name of an argument without what differs from client to client, or what some server does not tell apart."""
    return fold(name.replace("_", "").replace("-", ""))


def tool_of(client: Client | None, name: str, server: str | None) -> Tool | None:
    """Action of a tool; None where nothing maps it. Without a client the name is the server's own."""
    if client is None:
        return SERVERS.get(name)
    own = _TOOLS[client].get(name)
    if own is not None and server is None:
        return own
    return SERVERS.get(server_tool(client, name, server) or "")


def fits(pattern: str, call: ToolCall) -> bool:
    """True if the pattern of a policy's entry means a call's tool; at the gateway by the server's name for it or a client's."""
    names = [call.tool]
    if call.client is None and call.server is None and pattern.startswith("mcp__"):
        pattern = pattern.rpartition("__")[2]
    elif call.client is None:
        names.append(f"mcp__{call.server}__{call.tool}")
    expression = ".*".join(map(re.escape, pattern.split("*")))
    return any(re.fullmatch(expression, name, re.DOTALL) for name in names)


_SIGNS: Final = {Client.GEMINI: ("mcp_", "_"), Client.COPILOT: ("", "-"), Client.OPENCODE: ("", "_"), Client.CLINE: ("", "_")}
"""Signs before a server's name and between it and its tool's, as clients put them: ``mcp_s_t``, ``s-t``, ``s_t``."""


def server_tool(client: Client, name: str, server: str | None) -> str | None:
    """The name that a server gives to a tool, out of the client's name for it; None where it is none of a server's."""
    if server is not None:
        for prefix in (f"mcp__{server}__", f"mcp_{server}_", f"{server}-", f"{server}_"):
            if name.startswith(prefix):
                return name[len(prefix) :]
    if name.startswith("mcp__"):
        return name.rpartition("__")[2]
    if client not in _SIGNS:
        return None
    before, between = _SIGNS[client]
    known = [inner for inner in SERVERS if name.startswith(before) and name.endswith(f"{between}{inner}")]
    return max(known, key=len, default=None)
