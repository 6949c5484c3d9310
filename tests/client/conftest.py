from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.misbehaving import Misbehaving


@pytest.fixture(scope="module")
def server() -> Iterator[Misbehaving]:
    server = Misbehaving()
    yield server
    server.close()
