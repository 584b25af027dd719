"""``--token-file``: the doors at which a token proves who acts."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.cli.run import Runner, as_process
from tests.docs.pages import page
from tests.git.repo import CLEAN, Repo
from tests.issuers.servers import LoopbackIssuer, issuer, trust
from tests.tokens.issuing import jwk, key_set, token

ISSUER = "https://issuer.smoo.ai"
POLICY = """\
agents:
  smooth-operative/*:
    oidc: [{{issuer: "{issuer}", claims: {{sub: "operative:*"}}{more}}}]
defaults: {{agents: block}}
rules:
  - {{patterns: [docs/**], principals: ["@smooth-operative/*"], decision: allow}}
  - {{patterns: [docs/alpha/**], principals: ["@smooth-operative/*", "!@smooth-operative/alpha"], decision: block}}
"""
KEYS = ".github/agentowners/smoo.jwks.json"


def policy(issuer: str = ISSUER, more: str = f", keys: {KEYS}") -> str:
    return POLICY.format(issuer=issuer, more=more)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A clone of github.com/Acme/Shop with the issuer's keys beside the policy."""
    made = Repo(tmp_path / "shop")
    made.commit({".agentowners.yml": policy(), KEYS: key_set(jwk("P-256")).decode(), "docs/a.md": "a\n", "b.md": "b\n"})
    made.git("remote", "add", "origin", "git@github.com:Acme/Shop.git")
    monkeypatch.chdir(made.path)
    return made


def written(place: Path, text: str) -> str:
    place.write_text(text)
    return str(place)


def jwt(tmp_path: Path, **claims: Any) -> str:
    """A file with a token that is good now, unless said otherwise."""
    now = int(time.time())
    standard = {"iss": ISSUER, "sub": "operative:alpha", "aud": "agentowners:github.com/acme/shop", "iat": now, "exp": now + 300}
    return written(tmp_path / "operative.jwt", token(standard | claims) + "\n")


def listed(tmp_path: Path, *paths: str) -> str:
    return written(tmp_path / "list", "".join(f"{path}\n" for path in paths))


def test_the_bearer_is_who_the_policy_says(shop: Repo, run: Runner, tmp_path: Path) -> None:
    ran = run("check", "--changes", listed(tmp_path, "docs/alpha/a.md"), "--token-file", jwt(tmp_path), "--format", "json")
    (principal,) = ran.json["principals"]
    assert (ran.code, principal["name"], principal["strength"]) == (0, "@smooth-operative/alpha", "verified")
    assert principal["evidence"][0].startswith("token sha256:")
    beta = run("check", "--changes", listed(tmp_path, "docs/alpha/a.md"), "--token-file", jwt(tmp_path, sub="operative:beta"))
    assert beta.code == 3


def test_a_range_is_judged_on_its_bearer(shop: Repo, run: Runner, tmp_path: Path) -> None:
    shop.commit({"docs/b.md": "b\n"}, branch="work", parents=[shop.resolve("main")])
    assert run("check", "--base", "main", "--head", "work", "--token-file", jwt(tmp_path)).code == 0
    shop.commit({"b.md": "c\n"}, branch="work")
    assert run("check", "--base", "main", "--head", "work", "--token-file", jwt(tmp_path)).code == 3


def test_explain_too(shop: Repo, run: Runner, tmp_path: Path) -> None:
    shop.checkout("main")
    for sub, code in (("operative:alpha", 0), ("operative:beta", 3)):
        assert run("explain", "docs/alpha/a.md", "--token-file", jwt(tmp_path, sub=sub)).code == code
        assert run("explain", "docs/alpha/a.md", "--base", "main", "--token-file", jwt(tmp_path, sub=sub)).code == code


def test_a_token_that_no_entry_fits_is_an_agents_and_lets_nothing_in(shop: Repo, run: Runner, tmp_path: Path) -> None:
    open_to_agents = policy() + '  - {patterns: [x], principals: ["@agents"], decision: allow}\n'
    shop.commit({".agentowners.yml": open_to_agents, "x": "1"})
    shop.commit({"x": "2"}, branch="work", parents=[shop.resolve("main")])
    for how in (("--changes", listed(tmp_path, "x")), ("--base", "main", "--head", "work")):
        ran = run("check", *how, "--token-file", jwt(tmp_path, sub="other:alpha"), "--format", "json")
        assert (ran.code, [p["strength"] for p in ran.json["principals"]]) == (3, ["asserted"])
        assert run("check", *how, "--token-file", jwt(tmp_path)).code == 0


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "agentowners:github.com/acme/other"}, "it is for `agentowners:github.com/acme/other`"),
        ({"iss": "https://evil.example"}, "no entry under `oidc` names its issuer"),
        ({"iss": ISSUER + "/"}, "no entry under `oidc` names its issuer"),
        ({"exp": 1, "iat": 0}, "it has expired"),
        ({"sub": 5}, "its `sub` is not a text"),
    ],
)
@pytest.mark.parametrize("door", ["check", "explain"])
def test_a_refused_token_is_never_none(
    shop: Repo, run: Runner, tmp_path: Path, claims: dict[str, Any], why: str, door: str
) -> None:
    shop.checkout("main")
    what = ["--changes", listed(tmp_path, "docs/a.md")] if door == "check" else ["docs/a.md"]
    ran = run(door, *what, "--token-file", jwt(tmp_path, **claims))
    assert (ran.code, ran.out) == (6, "")
    assert ran.err.startswith("agentowners: the token is refused: ")
    assert why in ran.err
    assert "eyJ" not in ran.err


def test_a_refused_token_in_the_formats_that_machines_read(shop: Repo, run: Runner, tmp_path: Path) -> None:
    text = jwt(tmp_path, aud="x")
    ran = run("check", "--changes", listed(tmp_path, "docs/a.md"), "--token-file", text, "--format", "json")
    assert (ran.code, ran.json["conclusion"]) == (6, "failure")
    assert "eyJ" not in ran.out + ran.err


def test_each_entry_takes_the_tokens_that_are_for_it(shop: Repo, run: Runner, tmp_path: Path) -> None:
    """A token for one entry's audience does not prove another entry, which takes the same claims of the same issuer."""
    entry = f'{{issuer: "{ISSUER}", claims: {{sub: "operative:*"}}, keys: {KEYS}'
    text = (
        f"agents:\n  first: {{oidc: [{entry}, audience: first}}]}}\n  second: {{oidc: [{entry}, audience: second}}]}}\n"
        'defaults: {agents: block}\nrules: [{patterns: [a], principals: ["@first"], decision: allow}]\n'
    )
    shop.commit({".agentowners.yml": text})
    for audience, code, name in (("first", 0, "@first"), ("second", 3, "@second")):
        ran = run("check", "--changes", listed(tmp_path, "a"), "--token-file", jwt(tmp_path, aud=audience), "--format", "json")
        assert (ran.code, [p["name"] for p in ran.json["principals"]]) == (code, [name])


def test_the_keys_are_those_on_the_base(shop: Repo, run: Runner, tmp_path: Path) -> None:
    shop.commit(
        {KEYS: key_set(jwk("Ed25519", kid="P-256")).decode(), "docs/b.md": "b"}, branch="work", parents=[shop.resolve("main")]
    )
    shop.checkout("work")
    assert run("check", "--base", "main", "--token-file", jwt(tmp_path)).code == 3  # the key file itself is protected
    assert run("check", "--changes", listed(tmp_path, "docs/b.md"), "--token-file", jwt(tmp_path)).code == 0
    disk = run("explain", "docs/b.md", "--token-file", jwt(tmp_path))
    assert (disk.code, "no key for ES256" in disk.err) == (6, True)


@pytest.mark.parametrize(
    ("keys", "why"),
    [(None, "there is no such file"), ("{}", "no keys"), ("<html>", "not JSON"), ('{"keys": [{"kty": "oct"}]}', "secret key")],
)
def test_keys_that_cannot_be_used_are_an_error(shop: Repo, run: Runner, tmp_path: Path, keys: str | None, why: str) -> None:
    shop.commit({".agentowners.yml": policy(more=", keys: other.json")})
    if keys is not None:
        shop.commit({"other.json": keys})
    ran = run("check", "--changes", listed(tmp_path, "docs/a.md"), "--token-file", jwt(tmp_path))
    assert (ran.code, ran.out) == (1, "")
    assert why in ran.err


def test_the_audience_by_number_is_that_of_a_workflow_of_its_own(shop: Repo, tmp_path: Path) -> None:
    text, paths = jwt(tmp_path, aud="agentowners:github.com/id/77"), listed(tmp_path, "docs/a.md")
    for env, code in (
        ({"GITHUB_REPOSITORY": "acme/SHOP", "GITHUB_REPOSITORY_ID": "77"}, 0),
        ({"GITHUB_REPOSITORY": "acme/other", "GITHUB_REPOSITORY_ID": "77"}, 6),
        ({"GITHUB_REPOSITORY": "acme/shop", "GITHUB_REPOSITORY_ID": "78"}, 6),
    ):
        done = as_process("check", "--changes", paths, "--token-file", text, cwd=shop.path, env=env)
        assert done.returncode == code, done.stderr


def test_from_standard_input(shop: Repo, tmp_path: Path) -> None:
    text = Path(jwt(tmp_path)).read_bytes()
    done = as_process("check", "--changes", listed(tmp_path, "docs/a.md"), "--token-file", "-", cwd=shop.path, stdin=text)
    assert done.returncode == 0, done.stderr
    done = as_process("check", "--changes", "-", "--token-file", "-", cwd=shop.path, stdin=text)
    assert (done.returncode, b"standard input cannot be both" in done.stderr) == (2, True)


def test_what_has_no_meaning(shop: Repo, run: Runner, tmp_path: Path) -> None:
    text, paths = jwt(tmp_path), listed(tmp_path, "docs/a.md")
    assert run("check", "--changes", paths, "--token-file", text, "--as", "@copilot").code == 2
    assert run("explain", "docs/a.md", "--token-file", text, "--asserted").code == 2
    assert run("check", "--changes", paths, "--token-file", "nowhere").code == 1


def test_a_token_on_the_command_line_is_not_repeated(shop: Repo, run: Runner, tmp_path: Path) -> None:
    ran = run("check", "--changes", listed(tmp_path, "docs/a.md"), "--token-file", Path(jwt(tmp_path)).read_text().strip())
    assert (ran.code, "eyJ" in ran.err + ran.out) == (2, False)


def test_what_is_no_token(shop: Repo, run: Runner, tmp_path: Path) -> None:
    for data in (b"", b"\xff\xfe", b"x" * 100_000, b"\x00.\x00.\x00"):
        (tmp_path / "operative.jwt").write_bytes(data)
        ran = run("check", "--changes", listed(tmp_path, "docs/a.md"), "--token-file", str(tmp_path / "operative.jwt"))
        assert ran.code == 6
        assert ran.err.count("\n") == 2


def test_a_command_without_a_token_pays_nothing(shop: Repo, tmp_path: Path) -> None:
    program = (
        "import sys; from agentowners.cli.main import main; main(sys.argv[1:]);"
        "found = {m for m in sys.modules if m.partition('.')[0] in ('jwt', 'cryptography', 'urllib3', 'ssl', 'botocore')};"
        "found |= {m for m in sys.modules if m.startswith(('agentowners.issuers', 'agentowners.sinks', 'agentowners.audit'))};"
        "print(sorted(found), file=sys.stderr)"
    )
    arguments = ["check", "--changes", listed(tmp_path, "docs/a.md"), "--as", "@copilot"]
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=shop.path, env=CLEAN, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
    arguments[-2:] = ["--token-file", jwt(tmp_path)]
    done = subprocess.run([sys.executable, "-c", program, *arguments], cwd=shop.path, env=CLEAN, capture_output=True, text=True)
    assert not {"urllib3", "agentowners.issuers"} & set(done.stderr.replace("'", "").strip("[]\n").split(", "))
    assert "jwt" in done.stderr


@pytest.fixture
def loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackIssuer]:
    authority = trustme.CA()
    monkeypatch.setenv("SSL_CERT_FILE", str(trust(authority, tmp_path)))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with issuer(authority.issue_cert("localhost")) as server:
        server.publishes(key_set(jwk("P-256")))
        yield server


def test_an_issuer_is_asked_for_its_keys(shop: Repo, run: Runner, tmp_path: Path, loopback: LoopbackIssuer) -> None:
    shop.commit({".agentowners.yml": policy(loopback.url, "")})
    paths = listed(tmp_path, "docs/a.md")
    assert run("check", "--changes", paths, "--token-file", jwt(tmp_path, iss=loopback.url)).code == 0
    assert run("check", "--changes", paths, "--token-file", jwt(tmp_path, iss="https://evil.example")).code == 6
    assert len(loopback.asked) == 2
    loopback.answers.clear()
    gone = run("check", "--changes", paths, "--token-file", jwt(tmp_path, iss=loopback.url))
    assert (gone.code, "answers with status 404" in gone.err) == (1, True)


def test_the_recipe_for_an_orchestrator(tmp_path: Path, loopback: LoopbackIssuer) -> None:
    (script,) = (block for block in page("docs/tokens.md").blocks if block.title == "push-allowed.sh")
    written(tmp_path / "push-allowed.sh", script.text)
    origin = Repo(tmp_path / "origin", bare=True)
    origin.commit({"docs/a.md": "a\n"})
    named = written(tmp_path / "smoo-policy.yml", policy(loopback.url, ", audience: smoo"))
    operatives = {"alpha": "docs/b.md", "beta": "security/b.md", "gamma": "docs/alpha/b.md", "mallory": "docs/c.md"}
    now = int(time.time())
    for name, path in operatives.items():
        tree = tmp_path / name
        origin.git("clone", "-q", str(origin.path), str(tree))
        work = Repo(tree)
        work.commit({path: "x\n"}, branch=name, parents=[work.resolve("origin/main")])
        work.checkout(name)
        claims = {"iss": loopback.url, "sub": f"operative:{name}", "aud": "smoo", "iat": now, "exp": now + 300}
        by = "P-256-other" if name == "mallory" else "P-256"
        written(tmp_path / f"{name}.jwt", token(claims, {"alg": "ES256", "kid": "P-256"}, by=by))
    env = CLEAN | {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"], "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    trees = [str(tmp_path / name) for name in operatives]
    done = subprocess.run(["sh", "push-allowed.sh", named, *trees], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert [line.rpartition("/")[2] for line in done.stdout.splitlines()] == ["alpha: 0", "beta: 3", "gamma: 3", "mallory: 6"]
    assert done.returncode == 6
    assert "eyJ" not in done.stdout + done.stderr
    assert origin.git("for-each-ref", "--format=%(refname:short)").split() == ["alpha", "main"]
