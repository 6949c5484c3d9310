"""Python's garbage collector while a run is measured."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from stt_load.run import collector


class Ring:
    """Refers to itself: only the collector finds it."""

    def __init__(self) -> None:
        self.ring = self


def alive() -> int:
    return sum(isinstance(one, Ring) for one in gc.get_objects())


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_was_there_is_not_looked_at_and_what_comes_is() -> None:
    gc.collect()
    before = Ring()
    collector.spare()
    assert gc.get_freeze_count() > 1_000  # all that has been imported
    del before
    Ring()
    gc.collect()
    assert gc.get_freeze_count() > 1_000
    assert alive() == 0  # the one from before is on no list that is looked at
    collector.look_again()
    assert alive() == 1
    gc.collect()
    assert alive() == 0


def test_it_looks_at_everything_again_however_often_it_is_told() -> None:
    collector.look_again()
    collector.spare()
    collector.look_again()
    collector.look_again()
    assert gc.get_freeze_count() == 0
