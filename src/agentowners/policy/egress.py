"""Patterns of files that open new external access: section 6 of the policy reference, as data."""

from __future__ import annotations

from typing import Final

from agentowners.policy.patterns import PathPattern

_WORKFLOWS = ".github/workflows/** .github/actions/** .gitmodules"
_CONTAINERS = """
Dockerfile* *.dockerfile Containerfile* compose*.y*ml docker-compose*.y*ml **/.devcontainer/**
"""
_DEPENDENCIES = """
package.json package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml pnpm-workspace.yaml bun.lock* deno.json* deno.lock
requirements*.txt constraints*.txt pyproject.toml setup.py setup.cfg poetry.lock uv.lock pdm.lock Pipfile*
Cargo.toml Cargo.lock go.mod go.sum go.work* Gemfile* *.gemspec composer.json composer.lock
pom.xml build.gradle* settings.gradle* gradle.lockfile libs.versions.toml
*.csproj packages.lock.json Directory.Packages.props mix.exs mix.lock pubspec.yaml pubspec.lock
Package.swift Package.resolved flake.nix flake.lock
"""
_REGISTRIES = ".npmrc .yarnrc* pip.conf .pypirc .cargo/config* nuget.config"
_INFRASTRUCTURE = """
*.tf *.tfvars .terraform.lock.hcl Chart.yaml values*.yaml kustomization.y*ml serverless.y*ml cdk.json Pulumi*.y*ml
"""
_TOOLS = ".mcp.json **/.cursor/mcp.json **/.vscode/mcp.json **/.claude/** **/.codex/** **/.gemini/**"

EGRESS: Final[tuple[PathPattern, ...]] = tuple(
    PathPattern.parse(text)
    for group in (_WORKFLOWS, _CONTAINERS, _DEPENDENCIES, _REGISTRIES, _INFRASTRUCTURE, _TOOLS)
    for text in group.split()
)
"""Workflows, containers, dependencies, registries, infrastructure and the tools of agents, in this order."""
