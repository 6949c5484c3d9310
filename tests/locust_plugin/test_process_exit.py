"""The exit code that follows from how a process goes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from stt_load.locust_plugin import process_exit
from stt_load.locust_plugin.process_exit import ProcessExit


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(process_exit, "clock", lambda: 1_000.0)
    return 1_000.0


@pytest.mark.parametrize(
    ("known", "has_run", "limit_s", "expected"),
    [
        ({"failed": True, "code": 5, "without_workers": True}, True, None, 2),
        ({"failed": True, "code": 2}, False, None, 2),
        ({"failed": True, "code": 5}, True, None, 5),
        ({"failed": True, "interrupted": True}, False, None, 5),
        ({"failed": True, "interrupted": True}, True, None, 4),
        ({"failed": True, "code": 1}, True, None, 4),
        ({"failed": True}, True, None, 4),
        ({"failed": True}, False, None, 4),
        ({"without_workers": True}, False, None, 2),
        ({"locusts_alone": True, "interrupted": True}, False, None, None),
        ({"locusts_alone": True, "failed": True}, False, None, 4),
        ({"code": 2, "interrupted": True}, False, None, 2),
        ({"code": 0}, True, None, 0),
        ({"code": 3}, True, None, 3),
        ({"interrupted": True, "started_s": 990.0}, False, 5.0, 5),
        ({}, False, None, 5),
        ({"started_s": 990.0}, False, 20.0, 5),
        ({"started_s": 990.0}, False, 10.4, 1),
        ({"started_s": 990.0, "has_limits": True}, False, 10.4, 3),
        ({"started_s": 990.0, "has_limits": True}, False, 20.0, 5),
        ({}, False, 1.0, 5),
    ],
)
def test_without_a_page(
    now: float, known: dict[str, float], has_run: bool, limit_s: float | None, expected: int | None
) -> None:
    assert now
    options = SimpleNamespace(run_time=limit_s, autoquit=-1)
    assert ProcessExit(**known).exit_code(options, has_run=has_run, page=False) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "quits_by_itself", "expected"),
    [
        ({"failed": True}, False, 4),
        ({"failed": True, "without_workers": True}, False, 2),
        ({"failed": True, "started_s": 1.0, "code": 1}, False, 4),
        ({"failed": True, "started_s": 1.0, "code": 5, "interrupted": True}, False, 5),
        ({"failed": True, "started_s": 1.0, "code": 1}, True, 4),
        ({}, False, None),
        ({"without_workers": True}, True, 2),
        ({"started_s": 1.0, "locusts_alone": True}, True, None),
        ({"started_s": 1.0, "code": 1}, False, 0),
        ({"started_s": 1.0, "code": 1}, True, 1),
        ({"started_s": 1.0, "code": 5, "interrupted": True}, False, 5),
    ],
)
def test_with_a_page(known: dict[str, float], quits_by_itself: bool, expected: int | None) -> None:
    options = SimpleNamespace(run_time=None, autoquit=0 if quits_by_itself else -1)
    assert ProcessExit(**known).exit_code(options, has_run=True, page=True) == expected  # type: ignore[arg-type]


def test_what_failed_is_carried_by_the_run_that_begins_and_by_no_later_one() -> None:
    known = ProcessExit(failed=True)
    assert known.take_failure()
    assert not known.take_failure()
    assert not known.failed


@pytest.mark.parametrize(
    ("started_s", "limit_s", "left_s"),
    [(0.0, 60.0, None), (990.0, None, None), (990.0, 60.0, 50.0), (900.0, 60.0, 0.0)],
)
def test_what_is_left_of_the_time_limit(
    now: float, started_s: float, limit_s: float | None, left_s: float | None
) -> None:
    assert now
    assert ProcessExit(started_s=started_s).left_s(limit_s) == left_s
