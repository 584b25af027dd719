"""Measures everything and prints one row for each target; exits with 1 where one is missed."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from agentowners.identity.resolve import MAX_MAKERS
from tests.bench import gateway
from tests.bench.history import build as build_history
from tests.bench.measure import environment, middle, spend
from tests.bench.workload import lines, paths, patterns

_ROOT = Path(__file__).resolve().parents[2]
_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Row:
    """A measurement and what it should be."""

    what: str
    measured: float
    sign: str
    """``>=`` or ``<=``."""
    target: float
    detail: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.measured >= self.target if self.sign == ">=" else self.measured <= self.target


def main() -> int:
    """Measure, print, and say whether every target is met."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        for row in _rows(Path(name)):
            rows.append(row)
            print(_line(row), flush=True)
    missed = sum(not row.met for row in rows)
    print(f"{len(rows) - missed} of {len(rows)} targets met")
    return 1 if missed else 0


def _line(row: Row) -> str:
    mark = "ok  " if row.met else "MISS"
    return f"{mark}  {row.what:<62} {row.measured:8.2f}  {row.sign} {row.target:<6g}  {row.detail}"


def _rows(directory: Path) -> Iterator[Row]:
    yield from _judging(directory)
    yield from _starting(directory)
    yield _explaining(directory)
    yield from _hooking(directory)
    yield from _relaying(directory)
    yield from _linting(directory)
    yield from _naming(directory)
    yield from _comparing(directory)
    yield _memory(directory)
    yield _mapping(directory)
    yield from _replaying(directory)


def _relaying(directory: Path) -> Iterator[Row]:
    if not gateway.SERVER.exists():
        print("SKIPPED  the gateway: `make servers-test` installs the server that it is measured with", flush=True)
        return
    calls, others, large = gateway.shares(directory)
    detail = f"equal ones; of another path each: {others:.2f}"
    yield Row(f"{gateway.CALLS} pipelined calls through the gateway, share of direct", calls, ">=", 0.8, detail)
    yield Row("a result of 5 MB through the gateway, share of direct", large, ">=", 0.8)


def _judging(directory: Path) -> Iterator[Row]:
    env = environment(directory)

    def judge(rules: int, count: int, *, again: bool = False) -> float:
        command = [sys.executable, "-m", "tests.bench.judge", str(rules), str(count)]
        return float(spend(command, cwd=_ROOT, env=env).out.split()[again])

    repository = directory / "ignore"
    subprocess.run(["git", "init", "-q", str(repository)], check=True, env=env)
    (repository / ".git/info/exclude").write_text("\n".join(patterns(2000)) + "\n")
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]

    def check_ignore(listed: list[str]) -> float:
        data = b"".join(path.encode() + b"\0" for path in listed)
        return middle(3, lambda: spend(command, cwd=repository, env=env, stdin=data).cpu)

    # git keeps what it knows of the directory it was in last, so that the order of paths matters much to it, and not to us
    git, git_sorted = check_ignore(paths(80_000)), check_ignore(sorted(paths(80_000)))
    first = middle(5, lambda: judge(2000, 80_000))
    again = middle(3, lambda: judge(2000, 80_000, again=True))
    yield Row(
        "80,000 paths, 2,000 rules: times the speed of git check-ignore",
        git / first,
        ">=",
        10,
        f"{first:.3f} s, compiled: {again:.3f} s; git: {git:.3f} s, paths sorted: {git_sorted:.3f} s",
    )
    fewer_paths = middle(5, lambda: judge(2000, 20_000))
    yield Row("20,000 -> 80,000 paths: times the time", first / fewer_paths, "<=", 4, f"{fewer_paths:.3f} s -> {first:.3f} s")
    more_rules = middle(5, lambda: judge(8000, 80_000))
    yield Row("2,000 -> 8,000 rules: times the time", more_rules / first, "<=", 2, f"{first:.3f} s -> {more_rules:.3f} s")


def _starting(directory: Path) -> Iterator[Row]:
    env = environment(directory)
    repository = _five_files(directory / "five", env)
    script = Path(sys.prefix) / "bin" / "agentowners"

    def cpu(*command: str) -> float:
        return middle(15, lambda: spend(command, cwd=repository, env=env).cpu)

    nothing = cpu(sys.executable, "-c", "pass")
    for what, arguments, target in (
        ("agentowners --version: times the processor time of python -c pass", ["--version"], 3),
        ("a check of five files: times the processor time of python -c pass", ["check", "--base", "main"], 10),
    ):
        taken = cpu(str(script), *arguments)
        yield Row(what, taken / nothing, "<=", target, f"{nothing * 1000:.1f} ms -> {taken * 1000:.1f} ms")


def _comparing(directory: Path) -> Iterator[Row]:
    env = environment(directory)

    def compared(*arguments: str) -> tuple[float, float, float]:
        command = [sys.executable, "-m", "tests.bench.compare", *arguments]
        parsed, taken, memory = map(float, spend(command, cwd=_ROOT, env=env).out.split())
        return parsed, taken, memory

    def least(*arguments: str) -> tuple[float, float, float]:
        parsed, taken, memory = zip(*[compared(*arguments) for _ in range(3)], strict=True)
        return min(parsed), min(taken), max(memory)

    parsed, five, _ = least("2000", "five")
    yield Row("diff, 2,000 rules, five edits: times parsing both", five / parsed, "<=", 6, f"{parsed:.3f} s -> {five:.3f} s")
    _, fewer, _ = least("500", "five")
    yield Row("diff, 500 -> 2,000 rules: times the time", five / fewer, "<=", 6, f"{fewer:.3f} s -> {five:.3f} s")
    _, counted, _ = least("2000", "five", "80000")
    yield Row("diff, counting 80,000 files: seconds more", counted - five, "<=", 1, f"{five:.3f} s -> {counted:.3f} s")
    _, every, memory = least("2000", "every")
    yield Row("diff, 2,000 rules, every one edited: seconds", every, "<=", 5)
    yield Row("diff, 2,000 rules, every one edited: megabytes", memory, "<=", 150)


def _explaining(directory: Path) -> Row:
    env = environment(directory)
    place = directory / "explain"
    place.mkdir()
    (place / "AGENTOWNERS").write_text("".join(f"{line}\n" for line in lines(2000)))
    script = Path(sys.prefix) / "bin" / "agentowners"
    command = [str(script), "explain", "auth/keys/sign.py", "--policy-file", "AGENTOWNERS"]
    nothing = middle(15, lambda: spend([sys.executable, "-c", "pass"], cwd=place, env=env).cpu)
    taken = middle(7, lambda: spend(command, cwd=place, env=env, accept=[3]).cpu)
    return Row(
        "explain, 2,000 rules: times the processor time of python -c pass",
        taken / nothing,
        "<=",
        35,
        f"{nothing * 1000:.1f} ms -> {taken * 1000:.1f} ms",
    )


def _hooking(directory: Path) -> Iterator[Row]:
    env = environment(directory)
    nothing = middle(15, lambda: spend([sys.executable, "-c", "pass"], cwd=directory, env=env).cpu)
    command = [sys.executable, "-I", "-m", "agentowners", "hook"]
    for rules, tool, arguments, target in (
        (200, "Write", {"file_path": "components/billing-0/main.py", "content": "x"}, 10),
        (200, "Bash", {"command": "cat README.md > out.txt && git add out.txt"}, 12),
        (2000, "Write", {"file_path": "components/billing-0/main.py", "content": "x"}, 25),
    ):
        repository = directory / f"hook-{rules}"
        if not repository.exists():
            _monorepo(repository, rules, env)
        asked = {
            "session_id": "s", "transcript_path": "/t", "cwd": str(repository), "permission_mode": "bypassPermissions",
            "hook_event_name": "PreToolUse", "tool_use_id": "t", "tool_name": tool, "tool_input": arguments,
        }  # fmt: skip
        data = json.dumps(asked).encode()
        taken = middle(15, partial(_cpu, command, repository, env, data))
        yield Row(
            f"a hook call ({tool}), {rules:,} rules, 80,000 files: times python -c pass",
            taken / nothing,
            "<=",
            target,
            f"{nothing * 1000:.1f} ms -> {taken * 1000:.1f} ms",
        )


def _cpu(command: list[str], place: Path, env: dict[str, str], stdin: bytes) -> float:
    return spend(command, cwd=place, env=env, stdin=stdin).cpu


def _monorepo(place: Path, rules: int, env: dict[str, str]) -> None:
    """A repository of 80,000 files whose policy has so many rules; nothing of it is checked out."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True, env=env)
    policy = "".join(f"{line}\n" for line in lines(rules)).encode()
    stream = [b"blob\nmark :1\ndata 2\nx\n\nblob\nmark :2\ndata %d\n%b\n" % (len(policy), policy)]
    stream += [b"commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\nM 100644 :2 .github/AGENTOWNERS\n"]
    stream += [b"M 100644 :1 %b\n" % path.encode() for path in paths(80_000)]
    subprocess.run(["git", "fast-import", "--quiet"], cwd=place, input=b"".join(stream), check=True, env=env)
    subprocess.run(["git", "read-tree", "main"], cwd=place, check=True, env=env)


def _linting(directory: Path) -> Iterator[Row]:
    env = environment(directory)
    place = directory / "lint"
    place.mkdir()
    script = Path(sys.prefix) / "bin" / "agentowners"

    def lint(rules: int) -> float:
        (place / "AGENTOWNERS").write_text("".join(f"{line}\n" for line in lines(rules)))
        command = [str(script), "lint", "AGENTOWNERS", "--ignore", "one-level-pattern"]
        return middle(7, lambda: spend(command, cwd=place, env=env).cpu)

    nothing = middle(15, lambda: spend([sys.executable, "-c", "pass"], cwd=place, env=env).cpu)
    first, more = lint(2000), lint(8000)
    yield Row(
        "lint, 2,000 rules: times the processor time of python -c pass",
        first / nothing,
        "<=",
        45,
        f"{nothing * 1000:.1f} ms -> {first * 1000:.1f} ms",
    )
    yield Row("lint, 2,000 -> 8,000 rules: times the time", more / first, "<=", 4, f"{first:.3f} s -> {more:.3f} s")


def _naming(directory: Path) -> Iterator[Row]:
    env = environment(directory)

    def name(people: int) -> float:
        command = [sys.executable, "-m", "tests.bench.name", str(people)]
        return middle(3, lambda: float(spend(command, cwd=_ROOT, env=env).out))

    half, bound, beyond = name(MAX_MAKERS // 2), name(MAX_MAKERS), name(2 * MAX_MAKERS)
    yield Row(
        f"{MAX_MAKERS // 2:,} -> {MAX_MAKERS:,} co-authors: times the time",
        bound / half,
        "<=",
        2.5,
        f"{half:.3f} s -> {bound:.3f} s",
    )
    yield Row(
        f"{2 * MAX_MAKERS:,} co-authors, which are refused: times the time of {MAX_MAKERS:,}",
        beyond / bound,
        "<=",
        1,
        f"{bound:.3f} s -> {beyond:.3f} s",
    )


def _five_files(path: Path, env: dict[str, str]) -> Path:
    policy = (
        "# who may change what\n"
        "security/**                 @agents   block              # keys live here\n"
        "*.pem *.key                 @agents   block\n"
        "package.json Cargo.toml     @agents   require_approval   @acme/platform\n"
        "refs/heads/production       @agents   require_approval(2)\n"
        "/docs/ !/docs/legal/        @copilot  allow\n"
        "infra/** refs/heads/main    @agents   require_approval(2) @acme/sre\n"
        "default                     @bots     require_approval\n"
    )

    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=Claude", "-c", "user.email=noreply@anthropic.com"]
        subprocess.run(["git", *identity, *arguments], cwd=path, check=True, env=env)

    (path / ".github").mkdir(parents=True)
    (path / ".github/AGENTOWNERS").write_text(policy)
    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-q", "-m", "a policy")
    git("checkout", "-q", "-b", "topic")
    for name in ("src/a.py", "src/b.py", "src/c.py", "docs/d.md", "README.md"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text("text\n")
    git("add", "-A")
    git("commit", "-q", "-m", "five files")
    return path


def _memory(directory: Path) -> Row:
    env = environment(directory)
    (directory / "list").write_bytes(b"".join(path.encode() + b"\0" for path in paths(80_000)))
    texts = patterns(2000)
    (directory / "AGENTOWNERS").write_text("".join(f"{text} @agents require_approval\n" for text in texts))
    command = [sys.executable, "-m", "tests.bench.peak", "check", "--changes", "list", "-z", "--policy-file", "AGENTOWNERS"]
    said = spend([*command, "--format", "json"], cwd=directory, env={**env, "PYTHONPATH": str(_ROOT)}).out
    return Row("80,000 paths from list to JSON verdict: megabytes at most", int(said) / _MEGABYTE, "<=", 300)


def _mapping(directory: Path) -> Row:
    env = environment(directory)
    repository = directory / "map"
    subprocess.run(["git", "init", "-q", "-b", "main", str(repository)], check=True, env=env)
    index = "".join(f"100644 e69de29bb2d1d6434b8b29ae775ad8c2e48c5391 0\t{path}\n" for path in paths(100_000))
    subprocess.run(["git", "update-index", "--index-info"], cwd=repository, input=index.encode(), check=True, env=env)
    (repository / "AGENTOWNERS").write_text("".join(f"{line}\n" for line in lines(2000)))
    script = Path(sys.prefix) / "bin" / "agentowners"
    command = [str(script), "map", "-o", "map.html", "--compare", "AGENTOWNERS", "--as", "@copilot", "--as", "@claude"]
    taken = middle(3, lambda: spend(command, cwd=repository, env=env).cpu)
    size = (repository / "map.html").stat().st_size / _MEGABYTE
    return Row("map, 2,000 rules, 100,000 files, compared: seconds", taken, "<=", 10, f"a page of {size:.1f} MB")


def _replaying(directory: Path) -> Iterator[Row]:
    env = environment(directory)
    repository = directory / "history"
    build_history(repository, 10_000, env)
    script = Path(sys.prefix) / "bin" / "agentowners"
    command = [str(script), "backtest", "--last", "10000", "--format", "json"]
    taken = spend(command, cwd=repository, env=env).cpu
    yield Row("backtest, 10,000 merged changes: seconds", taken, "<=", 60)
    peak = [sys.executable, "-m", "tests.bench.peak", "backtest", "--last", "10000"]
    memory = spend(peak, cwd=repository, env={**env, "PYTHONPATH": str(_ROOT)}).out
    yield Row("backtest, 10,000 merged changes: megabytes at most", int(memory) / _MEGABYTE, "<=", 150)


if __name__ == "__main__":
    sys.exit(main())
