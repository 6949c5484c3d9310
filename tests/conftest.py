"""The tests run several at a time, by pytest-xdist; `pytest -n 0` runs them one after the other."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# Locust patches Python's own modules when it is imported, which is too late here; its processes do as ever.
os.environ["LOCUST_SKIP_MONKEY_PATCH"] = "1"
import locust  # noqa: F401

del os.environ["LOCUST_SKIP_MONKEY_PATCH"]
from xdist.scheduler import LoadScopeScheduling

# What a report looks like is its test's affair, and not that of the terminal that the tests are started in.
for name in ("COLUMNS", "LC_ALL"):
    os.environ.pop(name, None)
# What runs decode and keep is shared by all tests, and not with the person who starts them.
os.environ["XDG_CACHE_HOME"] = str(Path(tempfile.gettempdir()) / f"stt-load-tests-{os.getuid()}")

FEW, MANY = 40, 100
"""Examples of a property that says no number itself: in the ordinary run, and where the slow tests run, too."""


def pytest_configure(config: pytest.Config) -> None:
    """How long an example takes is the machine's affair."""
    hypothesis.settings.register_profile(
        "beside others",
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        max_examples=FEW if "not slow" in config.option.markexpr else MANY,
    )
    hypothesis.settings.load_profile("beside others")


# Files whose tests share what takes seconds to make: one process runs all tests of such a file.
TOGETHER = frozenset(
    {
        "tests/selftest/test_figures.py",
        "tests/stats/test_quantiles.py",
        "tests/processes/test_locusts_screens.py",
        "tests/processes/test_misbehaviours.py",
        "tests/client/test_misbehaving.py",
        "tests/client/test_streams.py",
        "tests/real/test_load.py",
    }
)
ONE_EACH = "tests/sdk/"
"""Each file here has a client that is imported for it, and a server that is started."""


class OneByOne(LoadScopeScheduling):
    """Whoever has nothing to do gets the next test, or the next file of TOGETHER or in ONE_EACH.

    Not by the marker `xdist_group`: xdist 3.8 writes groups into the names of tests, which pytest 9.2 does not heed.
    Groups are then ignored without a word (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER or file.startswith(ONE_EACH) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneByOne:
    return OneByOne(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """More than there are cores: three quarters of their time tests wait, for servers and for what they started."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that need the machine for themselves come first, when nobody has to be waited for."""
    items.sort(key=lambda item: item.get_closest_marker("alone") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that is marked `alone` runs while no other one does."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    common = item.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
    alone = item.get_closest_marker("alone") is not None
    with ExitStack() as stack:
        with _locked(common / "queue", fcntl.LOCK_EX):  # who waits to be alone lets nobody else in
            stack.enter_context(_locked(common / "place", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        return (yield)


@contextmanager
def _locked(file: Path, how: int) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, how)
        yield
