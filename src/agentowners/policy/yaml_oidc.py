"""``oidc`` of the YAML syntax: the tokens that prove an agent."""

from __future__ import annotations

from functools import partial
from typing import Final

from agentowners.policy.agent_names import glob, is_github_issuer, keys_path
from agentowners.policy.model import TOKEN_ALGORITHMS, OidcClaims
from agentowners.policy.patterns import PatternError
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.text.wording import quote, suggest
from agentowners.yamltext.nodes import Field

OIDC_KEYS: Final = ("issuer", "claims", "keys", "algorithms", "audience")
_STABLE_IDS: Final = ("repository_id", "repository_owner_id")


def read_oidc(nodes: PolicyNodes, field: Field | None) -> tuple[OidcClaims, ...]:
    """``oidc``: a list of issuers, each with what its tokens have to claim."""
    issuers: list[OidcClaims] = []
    for item in nodes.items(field.value, "`oidc`") if field is not None else ():
        fields = nodes.mapping(item, "an item of `oidc`", OIDC_KEYS)
        if fields is None:
            continue
        issuer = nodes.required(fields, "issuer", item, "token")
        claims = nodes.required(fields, "claims", item, "token")
        name = nodes.one(issuer, partial(glob, what="`issuer`"), "invalid-agent")
        pairs = () if claims is None else _claims(nodes, claims)
        keys = nodes.one(fields.get("keys"), keys_path, "invalid-agent")
        audience = nodes.one(fields.get("audience"), partial(glob, what="`audience`"), "invalid-agent")
        algorithms = nodes.strings(fields.get("algorithms"), _algorithm, "invalid-agent")
        if name is not None and pairs and claims is not None:
            if is_github_issuer(name):
                _check_stable(nodes, claims, dict(pairs))
            issuers.append(OidcClaims(name, pairs, keys, tuple(dict.fromkeys(algorithms)), audience))
    return tuple(issuers)


def _claims(nodes: PolicyNodes, field: Field) -> tuple[tuple[str, str], ...]:
    fields = nodes.mapping(field.value, "`claims`")
    if fields is None:
        return ()
    if not fields:
        help = "an issuer speaks for many; say for whom, with a claim such as `sub`"
        nodes.error("empty-list", "`claims` is empty", field.value, help)
    pairs: list[tuple[str, str]] = []
    for key, (name, value) in fields.items():
        what = f"claim {quote(key)}"
        nodes.read(name, "a key", partial(glob, what="name of a claim"), "invalid-agent")
        pattern = nodes.read(value, what, partial(glob, what=what), "invalid-agent")
        pairs += [] if pattern is None else [(key, pattern)]
    return tuple(sorted(pairs))


def _check_stable(nodes: PolicyNodes, field: Field, claims: dict[str, str]) -> None:
    """Names of owners and repositories are given away and taken again; their numbers are not."""
    if not any(claims.get(name, "*").isdecimal() for name in _STABLE_IDS):
        help = "name the repository or its owner by number: `repository_id` is the `id` in `GET /repos/<owner>/<name>`"
        message = "claims for GitHub's issuer without `repository_id` or `repository_owner_id`"
        nodes.error("invalid-agent", message, field.value, help)


def _algorithm(text: str) -> str:
    if text not in TOKEN_ALGORITHMS:
        raise PatternError(f"{quote(text)} is no algorithm that a token may be signed by", 0, suggest(text, TOKEN_ALGORITHMS))
    return text
