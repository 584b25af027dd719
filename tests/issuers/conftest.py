from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.issuers.servers import LoopbackIssuer, issuer, trust
from tests.tokens.issuing import jwk, key_set


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.LeafCert:
    """A certificate for localhost that this process and its children trust."""
    monkeypatch.setenv("SSL_CERT_FILE", str(trust(authority, tmp_path)))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return authority.issue_cert("localhost")


@pytest.fixture
def honest(trusted: trustme.LeafCert) -> Iterator[LoopbackIssuer]:
    """An issuer that publishes the P-256 key."""
    with issuer(trusted) as server:
        server.publishes(key_set(jwk("P-256")))
        yield server
