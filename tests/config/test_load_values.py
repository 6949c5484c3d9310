"""Stages: the forms in which they may be written, and what is no such form."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.config import Config, Override
from stt_load.config.load_values import stages_text
from tests.config.conftest import Faults, Load

NUMBERS = st.integers(1, 1000) | st.floats(0.001, 1000)
WRONG = [
    ("5", "is no list", "5"),
    ("[]", "has 0 stages; choose 1 to 1,000, such as [{rate: 5, for: 60}", "a list"),
    ("[5]", "is no stage; choose {rate: 5, for: 60}", "5"),
    ("[{rate: 5}]", "does not say how long it lasts", "a mapping"),
    ("[{for: 5}]", "has neither rate nor users", "a mapping"),
    ("[{rate: 5, users: 5, for: 60}]", "has both rate and users", "a mapping"),
    ("[{rate: 5, fro: 60}]", "has an unknown key `fro` (did you mean `for`?)", "a mapping"),
    ("[{rate: 0, for: 60}]", "has 0 as its rate; choose a number above 0, up to 1000000", "a mapping"),
    ("[{rate: -1, for: 60}]", "has -1 as its rate", "a mapping"),
    ("[{rate: .nan, for: 60}]", "has nan as its rate", "a mapping"),
    ("[{rate: many, for: 60}]", "has many as its rate", "a mapping"),
    ("[{rate: true, for: 60}]", "has true as its rate", "a mapping"),
    ("[{rate: [5], for: 60}]", "has 1 numbers as its rate; choose one, or two for a ramp", "a mapping"),
    ("[{rate: [0, 0], for: 60}]", "has 0 as both its rate", "a mapping"),
    ("[{rate: [5, -1], for: 60}]", "has -1 as its rate; choose 0 to 1000000", "a mapping"),
    ("[{rate: 5, for: 0}]", "has 0 as its `for`; choose seconds above 0", "a mapping"),
    ("[{rate: 5, for: 1m}]", "has 1m as its `for`", "a mapping"),
    ("[{users: 2.5, for: 60}]", "has 2.5 as its users; choose a whole number", "a mapping"),
    ("[{users: 0, for: 60}]", "has 0 as its users; choose 1 to 1000000", "a mapping"),
    ("[{rate: 5, for: 60}, {users: 5, for: 60}]", "has stages of a rate and others of users", "a list"),
    ("5 for", "has `5 for` where a stage should stand; choose one such as 5 for 60, 5..20 for 120", "5 for"),
    ("5 for 60,", "has nothing where a stage should stand", "5 for 60,"),
    ("5 for 60, rate 5 fur 3", "has `rate 5 fur 3` where", "5 for 60, rate 5 fur 3"),
    ("5.. for 60", "as its rate", "5.. for 60"),
    ("5 for 60, users 5 for 60", "has stages of a rate and others of users", "5 for 60, users 5 for 60"),
]


@pytest.mark.parametrize(
    ("written", "stages"),
    [
        ("[{rate: 5, for: 60}]", [{"rate": 5, "for": 60}]),
        ("[{rate: 2.5, for: 0.5}]", [{"rate": 2.5, "for": 0.5}]),
        ("[{for: 1e2, rate: [5, 20.0]}]", [{"rate": [5, 20], "for": 100}]),
        ("[{rate: [0, 5], for: 10}]", [{"rate": [0, 5], "for": 10}]),
        ("[{users: 5, for: 60}, {users: [1, 8], for: 3}]", [{"users": 5, "for": 60}, {"users": [1, 8], "for": 3}]),
        ("5 for 60", [{"rate": 5, "for": 60}]),
        (
            "5 for 60, 5..20 for 120,20 for 60",
            [{"rate": 5, "for": 60}, {"rate": [5, 20], "for": 120}, {"rate": 20, "for": 60}],
        ),
        ("rate 0.5 .. 1.5 for 1.5", [{"rate": [0.5, 1.5], "for": 1.5}]),
        ("users 5 for 60, 5..10 for 20", [{"users": 5, "for": 60}, {"users": [5, 10], "for": 20}]),
        ("", None),
        ("null", None),
    ],
)
def test_a_list_and_a_line_say_the_same(loaded: Load, written: str, stages: Any) -> None:
    """In the file and for one run."""
    assert (
        loaded(
            f"load: {{stages: {written if written.startswith('[') else repr(written)}}}"
            if written not in ("", "null")
            else ""
        ).load.stages
        == stages
    )
    assert loaded("", Override("load.stages", written, "--stages")).load.stages == stages


@pytest.mark.parametrize(("written", "problem", "value"), WRONG)
def test_what_is_no_stage_is_told_where_it_stands(faults: Faults, written: str, problem: str, value: str) -> None:
    (fault,) = faults(f"load:\n  stages: {written}")
    assert fault.line == 2
    assert fault.value == value
    assert problem in fault.message or written == "5"
    assert str(fault.key).startswith("load.stages")
    (fault,) = faults("", Override("load.stages", written, "--stages"))
    assert (fault.source, fault.value) == ("--stages", written)


def test_every_stage_has_its_own_line(faults: Faults) -> None:
    found = faults("load:\n  stages:\n    - {rate: 5, for: 60}\n    - {rate: 0, for: 60}\n    - {rate: 5}")
    assert [(fault.line, fault.key) for fault in found] == [(4, "load.stages.1"), (5, "load.stages.2")]


@given(
    kind=st.sampled_from(["rate", "users"]),
    parts=st.lists(st.tuples(NUMBERS, st.none() | NUMBERS, NUMBERS), min_size=1, max_size=5),
)
def test_a_line_is_read_as_it_is_written(kind: str, parts: list[tuple[float, float | None, float]]) -> None:
    def whole(number: float) -> float:
        return round(number) + 1 if kind == "users" else number

    given = [
        {kind: whole(first) if last is None else [whole(first), whole(last)], "for": lasts}
        for first, last, lasts in parts
    ]
    stages = Config.model_validate({"load": {"stages": given}}).load.stages
    assert stages == given
    assert Config.model_validate({"load": {"stages": stages_text(stages)}}).load.stages == given


@given(st.text(max_size=40) | st.text(alphabet="0123456789.,for users-+e ", max_size=40))
def test_any_text_is_stages_or_a_fault(text: str) -> None:
    try:
        stages = Config.model_validate({"load": {"stages": text}}).load.stages
    except ValueError:
        return
    assert Config.model_validate({"load": {"stages": stages}}).load.stages == stages


def test_a_line_in_place_of_a_files_list_has_none_of_its_lines(faults: Faults) -> None:
    (fault,) = faults(
        "load:\n  stages:\n  - {rate: 5, for: 60}\n  - {rate: 6, for: 60}",
        Override("load.stages", "5 for 60, 0 for 60", "--stages"),
    )
    assert (fault.source, fault.line, fault.value) == ("--stages", None, "5 for 60, 0 for 60")
