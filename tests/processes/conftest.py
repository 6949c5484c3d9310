"""Real processes, which no test leaves to the next one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.processes.running import end_all


@pytest.fixture(autouse=True)
def nothing_outlives_its_test() -> Iterator[None]:
    """Not even a test that fails: what it leaves running would hold its ports and the machine."""
    yield
    end_all()
