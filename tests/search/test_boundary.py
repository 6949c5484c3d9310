"""A cliff or a slope."""

from __future__ import annotations

import pytest

from stt_load.search.boundary import boundary
from stt_load.slo.parse import parse
from tests.search.trying import P95, summary, tried

ERRORS = "error_rate < 1%"


@pytest.mark.parametrize(
    ("after_s", "users", "expected"), [(2.1, 11, "slope"), (3.5, 11, "cliff"), (3.5, 20, "slope")]
)
def test_a_time_that_more_than_doubles_beside_the_load_is_a_cliff(after_s: float, users: int, expected: str) -> None:
    carried = tried(10, "pass", found=summary(1.5))
    assert boundary(carried, tried(users, "fail", found=summary(after_s)), P95) == expected


@pytest.mark.parametrize(("failed", "expected"), [(20, "slope"), (40, "cliff")])
def test_a_share_is_held_against_its_limit_at_least(failed: int, expected: str) -> None:
    carried = tried(10, "pass", found=summary(n=1_000))
    assert boundary(carried, tried(11, "fail", found=summary(n=1_000, failed=failed)), ERRORS) == expected


def test_a_time_beyond_all_answers_is_a_cliff() -> None:
    assert boundary(tried(10, "pass"), tried(11, "fail", found=summary(failed=50)), P95) == "cliff"


def test_a_rate_that_breaks_down_is_a_cliff() -> None:
    slos = [parse("throughput_rps > 0.5")]
    carried, failed = (tried(10, "pass", found=summary(time_s, slos=slos)) for time_s in (1.5, 9.0))
    assert boundary(carried, failed, "throughput_rps > 0.5") == "cliff"


def test_nobody_can_tell_of_what_was_not_seen() -> None:
    assert boundary(tried(10, "pass"), tried(11, "fail"), None) is None


@pytest.mark.parametrize(("after_s", "expected"), [(1.7, "slope"), (9.0, "cliff")])
def test_a_share_of_good_requests_is_what_their_times_are(after_s: float, expected: str) -> None:
    """All of them are good, then none: so it is at the end of any queue."""
    slos = [parse({"each": "response_time_s < 1.6"}), parse("goodput_ratio > 95%")]
    carried = tried(10, "pass", found=summary(1.5, slos=slos))
    failed = tried(11, "fail", found=summary(after_s, slos=slos))
    assert boundary(carried, failed, "goodput_ratio > 95%") == expected
