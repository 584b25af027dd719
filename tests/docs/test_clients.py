"""The pages about clients say what the code knows of them."""

from __future__ import annotations

import pytest

from agentowners.dispatch.clients import CLIENTS
from agentowners.dispatch.model import Client
from tests.docs.clients import FOLDER, MATRIX_PAGE, MODES_PAGE, page, whole_matrix_page, whole_modes_page


@pytest.mark.parametrize("client", CLIENTS)
def test_a_page_is_written_from_what_is_known(client: Client) -> None:
    assert (FOLDER / f"{client}.md").read_text(encoding="utf-8") == page(client)


def test_the_matrix_is_that_of_today() -> None:
    assert MATRIX_PAGE.read_text(encoding="utf-8") == whole_matrix_page()
    assert set(CLIENTS) == set(Client)
    assert MODES_PAGE.read_text(encoding="utf-8") == whole_modes_page()
