from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.transport.misbehaving import Misbehaving


@pytest.fixture(scope="module")
def server() -> Iterator[Misbehaving]:
    server = Misbehaving()
    yield server
    server.close()
