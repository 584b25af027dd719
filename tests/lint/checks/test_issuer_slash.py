from __future__ import annotations

from tests.lint.linting import YAML, findings, said, subject

ID = "issuer-slash"
POLICY = """
agents:
  a: {oidc: [{issuer: "https://issuer.smoo.ai", claims: {sub: a}}]}
  b: {oidc: [{issuer: "https://issuer.smoo.ai/", claims: {sub: b}}]}
"""


def test_found() -> None:
    (line,) = said(findings(ID, subject(POLICY, name=YAML)))
    assert line.endswith("`https://issuer.smoo.ai/` and `https://issuer.smoo.ai` are two issuers")


def test_silent() -> None:
    assert findings(ID, subject(POLICY.replace("smoo.ai/", "smoo.ai"), name=YAML)) == ()
    assert findings(ID, subject(POLICY.replace('smoo.ai"', 'smoo.ai/"'), name=YAML)) == ()
