"""What the tables of concerns know, and what becomes of it."""

from __future__ import annotations

from agentowners.engine.matcher import Matcher
from agentowners.policy.builtin import protected_patterns
from agentowners.policy.egress import EGRESS
from agentowners.policy.patterns import PathPattern
from agentowners.starter.concerns import CONCERNS, SECRETS, TECHNOLOGIES
from agentowners.starter.findings import find


def _found(*files: str) -> dict[str, str]:
    return {" ".join(map(str, one.patterns)): one.reason for one in find(files)[1:]}


def test_whatever_opens_new_access_is_a_concern_or_protected_anyway() -> None:
    known = {text for concern in (*CONCERNS, *TECHNOLOGIES, SECRETS) for text in concern.patterns}
    protected = Matcher.of(protected_patterns(()))
    for pattern in EGRESS:
        example = pattern.text.removeprefix("**/").removesuffix("/**").replace("*", "x")
        assert pattern.text in known or protected.match(example), pattern.text


def test_every_pattern_is_one() -> None:
    for concern in (*CONCERNS, *TECHNOLOGIES, SECRETS):
        for text in (*concern.patterns, *concern.always, *concern.exempt):
            assert str(PathPattern.parse(text)) == text


def test_only_what_is_there_gets_a_rule() -> None:
    assert _found("src/a.py", "README.md") == {}
    assert _found("web/package.json", "web/package-lock.json") == {
        "package.json package-lock.json": "JavaScript dependencies, as in web/package.json"
    }


def test_a_file_shows_what_it_is_not_what_its_pattern_says_already() -> None:
    assert _found("Cargo.toml") == {"Cargo.toml": "Rust dependencies"}


def test_names_in_fixtures_and_vendored_code_show_nothing() -> None:
    assert _found("tests/fixtures/go.mod", "vendor/x/Gemfile", "node_modules/a/package.json") == {}


def test_a_directory_of_infrastructure_stands_for_what_is_in_it() -> None:
    found = _found("infra/main.tf", "infra/Dockerfile", "infra/package.json", "deploy/Chart.yaml", "ops/readme.md")
    assert found == {"/infra/ /deploy/": "infrastructure, as in infra/main.tf"}


def test_infrastructure_elsewhere_is_named_by_its_files() -> None:
    assert _found("main.tf", "x/values.yaml") == {"*.tf": "infrastructure (Terraform), as in main.tf"}
    assert _found("app/Chart.yaml", "app/values.yaml") == {
        "Chart.yaml values*.yaml": "infrastructure (Helm), as in app/Chart.yaml"
    }


def test_secrets_come_always_and_examples_of_them_are_free() -> None:
    templates = ["!.env*.example", "!.env*.sample", "!.env*.template", "!.env*.dist"]
    assert [str(p) for p in find(())[0].patterns] == [".env*", "*.pem", "*.key", *templates]
    found = find((".env.example", ".env.defaults", "certs/ca.jks"))[0]
    assert [str(p) for p in found.patterns] == [".env*", "*.pem", "*.key", "*.jks", *templates, "!.env.defaults"]
    assert found.reason == "keys and secrets are not for agents, as in certs/ca.jks"


def test_public_certificates_are_free_and_show_nothing() -> None:
    found = find(("certs/root-ca.pem", "certs/own.pem"), ("certs/root-ca.pem",))[0]
    assert str(found.patterns[-1]) == "!/certs/root-ca.pem"
    assert found.reason == "keys and secrets are not for agents, as in certs/own.pem"


def test_documentation_alone_raises_no_concern() -> None:
    assert _found("docs/providers/migrations/overview.md", "infra/README.md", "auth/index.rst") == {}
    assert _found("migrations/1.sql", "docs/migrations/overview.md") == {
        "migrations/": "database migrations, as in migrations/1.sql"
    }


def test_evidence_that_could_be_taken_for_something_else_is_not_shown() -> None:
    for name in ("a b.tf", "a\n# x.tf", "#.tf", "`x`.tf", "\u202e.tf", "\udcff.tf", "x" * 80 + ".tf"):
        assert _found(name) == {"*.tf": "infrastructure (Terraform)"}
