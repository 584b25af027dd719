from __future__ import annotations

import pytest

from tests.lint.linting import findings, said, token_policy

ID = "token-legacy-subject"


def test_found() -> None:
    assert said(findings(ID, token_policy('repository_id: "5", sub: "repo:acme/shop:ref:refs/heads/*"'))) == [
        "1 `a`: `repo:acme/shop:ref:refs/heads/*` fits no repository that was made, renamed or moved after July 15, 2026"
    ]
    assert (
        findings(ID, token_policy('repository_id: "5", sub: "repo:acme/shop:ref:refs/heads/*"', "https://issuer.example")) == ()
    )


@pytest.mark.parametrize("subject", ["repo:acme2/*", "repo:a*/shop2:ref:*", "repo:acme@12/shop:*", "repo:acme/shop@345:*"])
def test_a_number_that_belongs_to_the_name_is_none(subject: str) -> None:
    assert len(findings(ID, token_policy(f'repository_id: "5", sub: "{subject}"'))) == 1
    assert findings(ID, token_policy(f'repository_id: "5", sub: "{subject}"', "https://ghe.example/_services/token")) == ()


@pytest.mark.parametrize(
    "claims",
    [
        'sub: "repo:acme@12/shop@345:ref:*"',
        'sub: "repo:acme-12/shop-345:ref:*"',
        'sub: "*:ref:refs/heads/main"',
        'sub: "repo:*"',
        "ref: x",
    ],
)
def test_silent(claims: str) -> None:
    assert findings(ID, token_policy(f'repository_id: "5", {claims}')) == ()
