"""Names of files and directories that are worth a person's look, and why. Knowledge as data."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class Concern(Struct, frozen=True):
    """Paths that one reason makes sensitive."""

    reason: str
    """Why, as it stands behind the rule: a few words without a final period."""
    patterns: tuple[str, ...]
    """Those that the repository has go into the rule, in this order."""
    always: tuple[str, ...] = ()
    """Patterns that stand in the rule whether or not anything matches yet."""
    exempt: tuple[str, ...] = ()
    """Patterns that are taken out of the rule where the repository has them."""
    free: tuple[str, ...] = ()
    """Patterns that are taken out of the rule whether or not anything matches yet."""


def _concern(reason: str, patterns: str) -> Concern:
    return Concern(reason, _words(patterns))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SECRETS: Final = Concern(
    "keys and secrets are not for agents",
    _words(
        "*.p12 *.pfx *.jks *.keystore *.kdbx id_rsa* id_ed25519* .netrc .pgpass .htpasswd "
        "credentials.json service-account*.json *.tfstate *.tfstate.backup"
    ),
    always=(".env*", "*.pem", "*.key"),
    exempt=(".env.defaults",),
    free=(".env*.example", ".env*.sample", ".env*.template", ".env*.dist"),
)

INFRASTRUCTURE: Final = "infrastructure"
STRONG_DIRECTORIES: Final = _words("/infra/ /infrastructure/ /terraform/ /k8s/ /kubernetes/ /helm/ /ansible/ /pulumi/")
"""Directories whose name says it."""
WEAK_DIRECTORIES: Final = _words("/deploy/ /deployment/ /deployments/ /charts/ /manifests/ /ops/ /cdk/ /environments/")
"""Directories that count where something below them does."""
TECHNOLOGIES: Final = (
    _concern("Terraform", "*.tf *.tfvars .terraform.lock.hcl terragrunt.hcl"),
    _concern("Helm", "Chart.yaml values*.yaml"),
    _concern("Kustomize", "kustomization.y*ml"),
    _concern("Pulumi", "Pulumi*.y*ml"),
    _concern("CDK", "cdk.json"),
    _concern("Serverless", "serverless.y*ml"),
    _concern("Ansible", "ansible.cfg **/roles/*/tasks/"),
)
ONLY_WITH: Final = {"values*.yaml": "Chart.yaml"}
"""Names that mean something only in a repository that has the other one."""

CONCERNS: Final = (
    _concern("security and sign-in", "/security/ /auth/ /src/security/ /src/auth/"),
    _concern("container images", "Dockerfile* *.dockerfile Containerfile* compose*.y*ml docker-compose*.y*ml"),
    _concern(
        "JavaScript dependencies",
        "package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock* deno.json* "
        "deno.lock .npmrc .yarnrc*",
    ),
    _concern(
        "Python dependencies",
        "pyproject.toml requirements*.txt constraints*.txt setup.py setup.cfg poetry.lock uv.lock pdm.lock Pipfile* pip.conf "
        ".pypirc /requirements/",
    ),
    _concern("Rust dependencies", "Cargo.toml Cargo.lock .cargo/config*"),
    _concern("Go dependencies", "go.mod go.sum go.work*"),
    _concern("Ruby dependencies", "Gemfile* *.gemspec"),
    _concern("PHP dependencies", "composer.json composer.lock"),
    _concern("Java dependencies", "pom.xml build.gradle* settings.gradle* gradle.lockfile libs.versions.toml"),
    _concern(".NET dependencies", "*.csproj packages.lock.json Directory.Packages.props nuget.config"),
    _concern("Elixir dependencies", "mix.exs mix.lock"),
    _concern("Dart dependencies", "pubspec.yaml pubspec.lock"),
    _concern("Swift dependencies", "Package.swift Package.resolved"),
    _concern("Nix dependencies", "flake.nix flake.lock"),
    _concern("database migrations", "migrations/ **/db/migrate/ **/alembic/versions/ **/db/migration/"),
    _concern(
        "what is released, and where to",
        ".goreleaser.y*ml .releaserc* release.config.* release-please-config.json .changeset/config.json",
    ),
    _concern(
        "pipelines, which run with the repository's rights",
        ".gitlab-ci.yml /.circleci/ Jenkinsfile* azure-pipelines*.y*ml .travis.yml /.buildkite/ bitbucket-pipelines.yml "
        "cloudbuild*.y*ml appveyor.yml",
    ),
    _concern("runs on developers' machines", ".pre-commit-config.yaml /.husky/ lefthook.y*ml .gitmodules"),
)
"""Concerns that ask for an approval, one rule each."""

DOCUMENTATION: Final = (".md", ".mdx", ".rst", ".adoc", ".asciidoc")
"""Ends of names of files that tell of something, and are not it."""
NOT_EVIDENCE: Final = frozenset(
    _words("fixtures __fixtures__ testdata test_data test-data node_modules vendor third_party third-party snapshots")
)
"""Directories in which a name says nothing about the repository itself."""

BRANCHES: Final = _words("production prod live stable main master release release/ releases/ release-* stable/ stable-*")
"""Branches that are shipped, as patterns below ``refs/heads/``: a name, or the beginning of one."""
