"""Real processes, which no test leaves to the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.processes.running import end_all

WITH_WORKERS = re.compile(r"\[.*\b(processes|workers)\b")
OF_HTTP_USER = re.compile(r"\bSttUser\b")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What holds in one process is tried with workers, too, where all tests run, and what holds for one user class
    with the other, whose client is the same: each such case takes seven seconds. What has no such case beside it is
    tried always."""
    items = [item for item in items if "tests/processes/" in item.nodeid]
    names = {item.nodeid for item in items}
    alone = {name.partition("[")[0] for name in names if not WITH_WORKERS.search(name)}
    for item in items:
        with_workers = WITH_WORKERS.search(item.nodeid) and item.nodeid.partition("[")[0] in alone
        other = OF_HTTP_USER.sub("FastSttUser", item.nodeid)
        if with_workers or (other != item.nodeid and other in names):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def nothing_outlives_its_test() -> Iterator[None]:
    """Not even a test that fails: what it leaves running would hold its ports and the machine."""
    yield
    end_all()
