"""Builds the image, looks into it, and runs it as the runner would against the loopback GitHub server.

    python -m tests.image [--base IMAGE] [--keep]

Each line printed is a check that held; the first that does not ends it with exit status 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import tomllib
import uuid
from pathlib import Path

from tests.github_server.app_keys import give_key
from tests.github_server.model import Pull
from tests.github_server.repository import Repository
from tests.github_server.scenarios import PERMISSIONS, shop
from tests.github_server.server import GitHubServer
from tests.image import engines
from tests.image.engines import Engine, Mount
from tests.image.runner import MARKER, RUNNER_GID, RUNNER_UID, Runner, Step

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
PRODUCT_MEGABYTES = 80
TOOLS = ("pip", "pip3", "gcc", "cc", "c++", "clang", "ld", "make", "wheel")
MODULES = ("pip", "setuptools", "wheel", "ensurepip", "pkg_resources")


class Failed(Exception):
    """A check did not hold."""


def check(holds: bool, what: str, shown: object = "") -> None:
    """Print what holds; raise Failed, with what was seen instead, where it does not."""
    if not holds:
        raise Failed(f"{what}\n{shown}".rstrip())
    print(f"  ok  {what}")


def look_inside(engine: Engine) -> None:
    """What the image is made of."""
    config = engine.config()
    check(config["Entrypoint"][-1] == "action", "the entrypoint is `agentowners action`", config["Entrypoint"])
    check(not config.get("User"), "no USER, as GitHub asks of container actions", config.get("User"))
    check(config["Labels"]["org.opencontainers.image.version"] == VERSION, "the labels name the version", config["Labels"])

    done = engine.run(command=["agentowners", "--version"])
    check(done.code == 0 and VERSION in done.out, f"`agentowners --version` says {VERSION}", done)

    found = engine.run(command=["sh", "-c", f"for tool in {' '.join(TOOLS)}; do command -v $tool; done; true"])
    check(found.code == 0 and not found.out.strip(), "no compiler, linker, make or pip on the path", found.text)
    listed = "import importlib.util as u, sys; print([m for m in sys.argv[1:] if u.find_spec(m)])"
    for python in ("python3", "/opt/agentowners/bin/python"):
        found = engine.run(command=[python, "-I", "-c", listed, *MODULES])
        check(found.out.strip() == "[]", f"nothing that installs is importable by {python}", found.text)

    size = int(engine.run(command=["du", "-sk", "/opt/agentowners"]).out.split()[0]) // 1024
    check(size <= PRODUCT_MEGABYTES, f"the product takes {size} MB, at most {PRODUCT_MEGABYTES}")
    print(f"      the whole image, its base included: {engine.size() // 1024**2} MB")


def look_at_rights(engine: Engine) -> None:
    """What the entrypoint makes of root: a probe takes the product's place."""
    where = "import importlib.util as u; print(u.find_spec('agentowners').submodule_search_locations[0])"
    product = engine.run(command=["/opt/agentowners/bin/python", "-I", "-c", where]).out.strip()
    with tempfile.TemporaryDirectory() as scratch:
        probe, files = Path(scratch, "agentowners"), Path(scratch, "files")
        for path in (Path(scratch), probe, files):
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        (probe / "__init__.py").touch()
        (probe / "__main__.py").write_text(
            "import os, sys\nprint(open('/proc/self/status').read(), 'Flags:', sys.flags.isolated, *sys.argv[1:])\n"
            "print('Variable:', os.environ['INPUT_POLICY-FILE'])\n",
            "utf-8",
        )
        (files / "out").touch()
        if os.getuid() == 0:
            os.chown(files / "out", RUNNER_UID, RUNNER_GID)
        mounts = [Mount(source=probe, target=product), Mount(source=files, target="/github/file_commands")]
        owner = (files / "out").stat().st_uid
        for output, uid in (("/github/file_commands/out", owner), ("", 65534)):
            ran = engine.run(env={"GITHUB_OUTPUT": output, "INPUT_POLICY-FILE": "a b"}, mounts=mounts)
            facts = dict(line.strip().split(":", 1) for line in ran.out.splitlines() if ":" in line)
            who = f"uid {uid}, {'the owner of the output file' if output else 'nobody, where there is no file to write'}"
            check(facts.get("Uid", "").split() == [str(uid)] * 4, f"the process is {who}", ran.text)
            sets = {name: facts[name].strip() for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
            check(set(sets.values()) == {"0" * 16}, "  without any capability", sets)
            check(facts["NoNewPrivs"].strip() == "1" and not facts["Groups"].split(), "  that can gain no rights", facts)
            check(facts["Flags"].split() == ["1", "action"], "  Python is isolated, and told `action`", facts)
            check(facts["Variable"].strip() == "a b", "  inputs with a hyphen arrive", facts)


def _unharmed(step: Step, runner: Runner, code: int) -> None:
    uid = runner.uid
    check(step.ran.code == code, f"  exit code {code}", step.ran.text)
    unmasked = step.ran.text.replace(f"::add-mask::{runner.token}", "")
    check(runner.token not in unmasked + step.summary, "  the token is shown nowhere")
    check("Traceback" not in step.ran.text, "  no traceback", step.ran.text)
    check(MARKER not in step.ran.text and not step.strays, "  nothing of the workspace was imported, nothing left in it", step)
    check(set(step.owners.values()) <= {uid}, "  every file written belongs to the runner's account", step.owners)


def judge_as_app(server: GitHubServer, runner: Runner, repo: Repository, pull: Pull) -> None:
    """The same with an App of one's own, whose key comes on many lines."""
    print("  an App of one's own")
    app = server.add_app("acme-gate")
    key = give_key(app)
    server.install(app, repo.owner.login, {scope.replace("-", "_"): level for scope, level in PERMISSIONS.items()})
    payload = server.payload("pull_request_target", "synchronize", pull=pull)
    step = runner.step("pull_request_target", payload, **{"INPUT_APP-ID": str(app.id), "INPUT_PRIVATE-KEY": key})
    _unharmed(step, runner, 1)
    check(repo.check_runs(pull.head_sha, "AGENTOWNERS")[-1].app is app, "  the check is the App's", step.ran.text)
    said = [line for line in step.ran.text.splitlines() if not line.startswith("::add-mask::")]
    check(not any(line in one for one in said for line in key.splitlines()), "  its key is shown nowhere")
    check(not any(token.app is app for token in server.tokens.values()), "  its token is revoked")


def judge(engine: Engine) -> None:
    """The main job, in the container, as the runner starts it."""
    with GitHubServer() as server:
        with server.lock:
            facts = shop(server)
        repo = server.repository(facts["repository"])
        token = server.token("actions", permissions=PERMISSIONS | {"issues": "write"}, repository=repo)
        pulls = {name: repo.pulls[number] for name, number in facts["pulls"].items()}
        with Runner(engine, api=server.url, repository=repo.full_name, token=token) as runner:

            def run(name: str) -> Step:
                print(f"  the {name} pull request")
                return runner.step("pull_request_target", server.payload("pull_request_target", "synchronize", pull=pulls[name]))

            def last(name: str) -> tuple[str | None, set[str]]:
                run = repo.check_runs(pulls[name].head_sha, "AGENTOWNERS")[-1]
                return run.conclusion, {note["path"] for note in run.annotations if note["annotation_level"] == "failure"}

            step = run("blocked")
            _unharmed(step, runner, 1)
            said = {name: step.outputs.get(name) for name in ("decision", "conclusion", "blocked-files")}
            check(said == {"decision": "block", "conclusion": "failure", "blocked-files": "2"}, f"  outputs {said}", step)
            offending = {"security/audit.py", "security/keys.py"}
            check(last("blocked") == ("failure", offending), "  the check fails, on exactly the offending files", last("blocked"))
            check("security/keys.py" in step.summary, "  the job's summary names them", step.summary)
            check((step.report or {}).get("decision") == "block", "  the JSON verdict is written", step.report)

            step = run("waiting")
            _unharmed(step, runner, 0)
            said = {name: step.outputs.get(name) for name in ("conclusion", "approvals-required", "approvals-granted")}
            wanted = {"conclusion": "action_required", "approvals-required": "2", "approvals-granted": "0"}
            check(said == wanted, f"  outputs {said}", step)
            check("agentowners/approvals-required-2" in pulls["waiting"].labels, "  the label is on it", pulls["waiting"].labels)
            with server.lock:
                for login in ("alice", "bob"):
                    repo.review(pulls["waiting"], login, "APPROVED")
            step = run("waiting")
            _unharmed(step, runner, 0)
            check(last("waiting")[0] == "success", "  two approvals later the check is green", last("waiting"))

            step = run("person")
            _unharmed(step, runner, 0)
            check(step.outputs.get("decision") == "allow" and last("person")[0] == "success", "  a person is free", step)

            judge_as_app(server, runner, repo, pulls["blocked"])

            bad = {"an unknown event": ("gollum", "{}"), "a payload cut short": ("pull_request_target", '{"a')}
            for what, (event, payload) in bad.items():
                print(f"  {what}")
                step = runner.step(event, payload)
                _unharmed(step, runner, 1)
                check("::error" in step.ran.text, "  said in one annotation", step.ran.text)
        check(not server.violations, "every request is one that GitHub's description allows", server.violations)


def main() -> int:
    """Run it all; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.image", description="build and try the container image")
    parser.add_argument("--base", help="what the image is built on, in place of the official Python image")
    parser.add_argument("--keep", action="store_true", help="leave the image, as agentowners:image-test")
    options = parser.parse_args()
    try:
        engine = engines.find("agentowners:image-test" if options.keep else f"agentowners:image-test-{uuid.uuid4().hex[:8]}")
        print(f"building with {type(engine).__name__.lower()}")
        engine.build(ROOT, options.base)
        try:
            for part in (look_inside, look_at_rights, judge):
                print(part.__name__.replace("_", " "))
                part(engine)
        finally:
            if not options.keep:
                engine.close()
    except (Failed, RuntimeError) as error:
        print(f"image-test: {error}", file=sys.stderr)
        return 1
    print("the image works")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
