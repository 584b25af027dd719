from __future__ import annotations

import pytest

from tests.lint.linting import findings, said, token_policy

ID = "token-of-any-owner"


def test_found() -> None:
    assert said(findings(ID, token_policy('repository_id: "5", repository: "acme*/shop"'))) == [
        "1 `a`: `*` in the owner's name of repository `acme*/shop`"
    ]
    assert findings(ID, token_policy('repository_id: "5", repository: "acme*/shop"', "https://issuer.example")) == ()


@pytest.mark.parametrize(
    "claims",
    [
        'repository: "acme/*"',
        'sub: "repo:acme/*"',
        'ref: "*"',
        'sub: "environment:*"',
    ],
)
def test_silent(claims: str) -> None:
    assert findings(ID, token_policy(f'repository_id: "5", {claims}')) == ()
