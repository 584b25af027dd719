"""``oidc`` of the YAML syntax: the tokens that prove an agent."""

from __future__ import annotations

from functools import partial
from typing import Final

from agentowners.policy.agent_names import glob, is_github_issuer, keys_path
from agentowners.policy.model import TOKEN_ALGORITHMS, OidcClaims
from agentowners.policy.patterns import PatternError
from agentowners.policy.yaml_nodes import PolicyNodes
from agentowners.text.wording import quote, suggest
from agentowners.yamltext.compose import Node
from agentowners.yamltext.nodes import Field

OIDC_KEYS: Final = ("issuer", "claims", "keys", "algorithms", "audience")
_STABLE_IDS: Final = ("repository_id", "repository_owner_id")


def read_oidc(nodes: PolicyNodes, field: Field | None) -> tuple[OidcClaims, ...]:
    """``oidc``: a list of issuers, each with what its tokens have to claim."""
    found: list[OidcClaims] = []
    for item in nodes.items(field.value, "`oidc`") if field is not None else ():
        fields = nodes.mapping(item, "an item of `oidc`", OIDC_KEYS)
        if fields is None:
            continue
        issuer = nodes.required(fields, "issuer", item, "token")
        claims = nodes.required(fields, "claims", item, "token")
        name = None if issuer is None else _text(nodes, issuer.value, "`issuer`")
        pairs = () if claims is None else _claims(nodes, claims)
        keys = nodes.read(fields["keys"].value, "`keys`", keys_path, "invalid-agent") if "keys" in fields else None
        audience = _text(nodes, fields["audience"].value, "`audience`") if "audience" in fields else None
        algorithms = nodes.strings(fields.get("algorithms"), _algorithm, "invalid-agent")
        if name is not None and pairs and claims is not None:
            if is_github_issuer(name):
                _check_stable(nodes, claims, dict(pairs))
            found.append(OidcClaims(name, pairs, keys, tuple(dict.fromkeys(algorithms)), audience))
    return tuple(found)


def _claims(nodes: PolicyNodes, field: Field) -> tuple[tuple[str, str], ...]:
    fields = nodes.mapping(field.value, "`claims`")
    if fields is None:
        return ()
    if not fields:
        help = "an issuer speaks for many; say for whom, with a claim such as `sub`"
        nodes.error("empty-list", "`claims` is empty", field.value, help)
    for key, value in fields.items():
        try:
            glob(key, "name of a claim")
        except PatternError as error:
            nodes.error_at("invalid-agent", error, value.key)
    pairs = [(key, _text(nodes, value.value, f"claim {quote(key)}")) for key, value in fields.items()]
    return tuple(sorted((key, glob) for key, glob in pairs if glob is not None))


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


def _text(nodes: PolicyNodes, node: Node, what: str) -> str | None:
    return nodes.read(node, what, partial(glob, what=what), "invalid-agent")
