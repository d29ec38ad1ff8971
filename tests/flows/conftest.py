"""What the flows share: a browser, and one house that is up for all flows of a file."""

from collections.abc import Iterator

import pytest

from tests.browser.conftest import browser, page_at  # noqa: F401 (fixtures)
from tests.flows.house import House, running


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`revento up` in a data directory that was empty: a process tree, as a newcomer has it."""
    with running(tmp_path_factory.mktemp("house") / "data") as up:
        yield up
