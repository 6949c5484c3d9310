"""Whatever a sample's numbers are, its row is written and read back."""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.samples.fields import FIELDS
from stt_load.samples.keeping import in_order, keep, timed
from stt_load.samples.rows import as_saved, lines, table
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable

PLAIN = Sample(3, 0, Phase.MEASURED, 0, 1, 1.0, 1.0, None, 1.5, 0.0, 10.0, 1, 1, 200, None, None, 1)
NUMBERS = [field for field in FIELDS if field.form == "number" and field.name != "worker"]
numbers = st.one_of(
    st.none(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.sampled_from([5, -1, 1e9, 1e12, 2**31, 2**32, sys.maxsize, 1e300, float("nan"), float("inf"), "3", [], 1j]),
)


def kept_and_read_back(sample: Sample) -> tuple[Sample, Sample]:
    """What was kept of `sample`, and what comes out of its line in a result."""
    rows = SampleTable()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kept = keep(rows, sample)
    (line,) = lines(as_saved(rows.snapshot()), ["local"])
    (again,) = table([json.loads(line)], {"local": 0})
    return kept, again


@given(st.dictionaries(st.sampled_from([field.name for field in NUMBERS]), numbers, max_size=4))
def test_any_numbers_make_a_row_that_is_written_and_read_back(values: dict[str, Any]) -> None:
    kept, again = kept_and_read_back(replace(PLAIN, **values))
    assert (again.seq, again.error_kind, again.error) == (int(kept.seq), kept.error_kind, kept.error)
    assert (again.status, again.tokens) == (kept.status, kept.tokens and int(kept.tokens))


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_the_ends_of_each_range_are_kept_as_they_are(field: Any) -> None:
    for value in (field.least, field.most):
        kept, again = kept_and_read_back(replace(PLAIN, **{field.name: value}))
        assert kept.ok
        assert again.ok
        assert getattr(again, field.name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pause_s", float(sys.maxsize)),
        ("pause_s", 1e300),
        ("pause_s", float("nan")),
        ("pause_s", None),
        ("audio_s", -1.0),
        ("late_s", float("inf")),
        ("start_s", 1e15),
        ("first_byte_s", float("nan")),
        ("done_s", float("-inf")),
        ("status", 5),
        ("text_length", -2),
        ("connection", 0),
        ("users", 2**32),
    ],
)
def test_what_no_row_can_have_is_a_failure_that_says_why_and_the_rest_of_it_stays(name: str, value: Any) -> None:
    kept, again = kept_and_read_back(replace(PLAIN, **{name: value}))
    assert again == kept
    assert kept.error_kind is ErrorKind.HOOK_ERROR
    assert (kept.error or "").startswith("the row could not be kept: ")
    if value is not None:
        assert name in (kept.error or "")
    assert getattr(kept, name) in (None, 0)
    assert replace(kept, error_kind=None, error=None, **{name: getattr(PLAIN, name)}) == PLAIN


@pytest.mark.parametrize(
    "odd",
    [
        {"done_s": 0.5},
        {"done_s": 2.5},
        {"done_s": 1e300},
        {"start_s": float("nan")},
        {"sent_s": 0.5},
        {"first_byte_s": 0.9},
        {"first_byte_s": 1.6},
        {"first_text_s": float("inf")},
        {"start_s": "1"},
        {"start_s": 0.0, "sent_s": 0.0},
    ],
)
def test_times_that_can_t_be_those_of_a_request_are_a_failure_that_says_so(odd: dict[str, Any]) -> None:
    """Where a transport of a user's own has another clock; a master would take its worker for a liar."""
    assert timed(PLAIN, 1.0, 2.0) is PLAIN
    found = timed(replace(PLAIN, **odd), 1.0, 2.0)
    assert (found.seq, found.start_s, found.sent_s, found.done_s) == (PLAIN.seq, 2.0, None, 2.0)
    assert found.error_kind is ErrorKind.HOOK_ERROR
    assert "not in their order" in str(found.error)


def test_a_request_that_was_due_before_it_was_sent_is_in_order() -> None:
    late = replace(PLAIN, start_s=1.0, sent_s=1.6, first_byte_s=1.8, first_text_s=1.9, done_s=2.0)
    assert in_order(late)
    assert timed(late, 1.0, 2.0) is late
    assert not in_order(replace(late, first_byte_s=1.5)), "no answer comes before the request"
