from __future__ import annotations

import pytest

from tests.lint.linting import findings, said, token_policy

ID = "token-from-any-branch"


def test_found() -> None:
    assert said(findings(ID, token_policy('repository_id: "5", workflow_ref: "acme/shop/w.yml*"'))) == [
        "1 `a`: a workflow on any branch can get a token of `a`"
    ]
    assert findings(ID, token_policy('repository_id: "5", workflow_ref: "acme/shop/w.yml*"', "https://issuer.example")) == ()


@pytest.mark.parametrize(
    "claims",
    [
        'workflow_ref: "acme/shop/w.yml@refs/heads/main"',
        'job_workflow_ref: "acme/shop/w.yml@refs/heads/main"',
    ],
)
def test_silent(claims: str) -> None:
    assert findings(ID, token_policy(f'repository_id: "5", {claims}')) == ()
