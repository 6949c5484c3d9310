"""Numbers that a service tells: in which forms, and what becomes of those that no row can hold."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from stt_load.api.answers import Places, reader
from stt_load.api.numbers import bounded, number, usage_of
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Failure, Transcript
from stt_load.samples.sample import ErrorKind

USAGE = {"prompt_tokens": 6, "completion_tokens": 18, "total_tokens": 24}
HUGE = "9" * 5_000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (2.5, 2.5),
        ("10.0", 10.0),
        (0, 0.0),
        (-1, -1.0),
        ("-0.5", -0.5),
        (True, None),
        (None, None),
        ("ten", None),
        ("", None),
        ("1e999", math.inf),
        ("1e3", 1000.0),
        (" 5 ", 5.0),
        ("+5", 5.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("007", 7.0),
        ("9" * 5_000, math.inf),
        ("1_000", None),
        ("٣", None),
        ("１２", None),
        ("²", None),
        ("\u00a05", None),
        ("5 6", None),
        ("1,5", None),
        ("0x10", None),
        ("1e", None),
        (".", None),
        ("inf", None),
        ("Infinity", None),
        ("-inf", None),
        ("nan", None),
        ("NaN", None),
        (float("inf"), math.inf),
        (10**400, math.inf),
        ([1], None),
        ({}, None),
        (np.float32(0.5), 0.5),
        (np.int64(5), 5.0),
        (Decimal("1.5"), 1.5),
    ],
)
def test_a_number_is_one_in_a_string_too(value: object, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ({"type": "duration", "seconds": 10}, (10.0, None)),
        ({"type": "duration", "seconds": "9.5"}, (9.5, None)),
        ({"type": "tokens", "input_tokens": 14, "output_tokens": 31, "total_tokens": 45}, (None, 45)),
        (USAGE, (None, 24)),
        ({**USAGE, "prompt_audio_seconds": 203}, (203.0, 24)),
        ({**USAGE, "prompt_audio_seconds": None}, (None, 24)),
        ({}, (None, None)),
        (None, (None, None)),
        ("much", (None, None)),
    ],
)
def test_the_usage_of_each_service(usage: object, expected: object) -> None:
    assert usage_of({"text": "a", "usage": usage}) == expected
    assert usage_of([usage]) == (None, None)


def read(body: str, places: Places | None = None) -> Transcript | Failure:
    return reader("json", places or Places())(Answer(200, "application/json", None, body.encode()))


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ('"usage": {"total_tokens": 3000000000}', "tokens"),
        ('"usage": {"total_tokens": -1}', "tokens"),
        (f'"usage": {{"total_tokens": {HUGE}}}', "tokens"),
        ('"usage": {"total_tokens": 1e999}', "tokens"),
        ('"usage": {"total_tokens": "3e9"}', "tokens"),
        ('"usage": {"total_tokens": "1.5"}', "tokens"),
        ('"usage": {"total_tokens": 1.5}', "tokens"),
        ('"usage": {"total_tokens": 1e-300}', "tokens"),
        ('"usage": {"seconds": 1e39}', "server_audio_s"),
        ('"usage": {"prompt_audio_seconds": Infinity}', "server_audio_s"),
        ('"duration": 1e39', "server_audio_s"),
        ('"duration": -2', "server_audio_s"),
        ('"duration": NaN', "server_audio_s"),
        (f'"duration": {HUGE}', "server_audio_s"),
        ('"took": 1e300', "processing_s"),
        ('"took": "-0.001"', "processing_s"),
    ],
)
def test_a_number_that_no_row_can_hold_is_left_out_and_named(told: str, field: str) -> None:
    heard = read(f'{{"text": "hi", {told}}}', Places(duration="duration", processing_time="took"))
    assert heard == Transcript("hi", out_of_range=(field,))


@pytest.mark.parametrize("told", ['"24"', '"24.0"', "24.0", '" 24 "', "2.4e1"])
def test_tokens_are_whole_however_they_are_written(told: str) -> None:
    heard = read(f'{{"text": "hi", "usage": {{"total_tokens": {told}}}}}')
    assert heard == Transcript("hi", tokens=24)


@pytest.mark.parametrize("told", ["1_000", "٣", "0x10", "inf", "nan", "many"])
def test_what_is_no_number_is_absent(told: str) -> None:
    document = {"text": "hi", "duration": told, "took": told, "usage": {"total_tokens": told}}
    assert read(json.dumps(document), Places(duration="duration", processing_time="took")) == Transcript("hi")


def test_the_others_of_the_same_answer_are_kept() -> None:
    document = {"text": "hi", "duration": 1e39, "took": 250, "usage": {"total_tokens": 2**31 - 1, "seconds": 3}}
    places = Places(duration="duration", processing_time="took", processing_time_unit_s=0.001)
    assert read(json.dumps(document), places) == Transcript("hi", None, 0.25, 2**31 - 1, ("server_audio_s",))


@pytest.mark.parametrize("done", ['"usage": {"total_tokens": 3000000000}', f'"usage": {{"total_tokens": {HUGE}}}'])
def test_in_a_stream_too(done: str) -> None:
    stream = Stream(None, reader("json"))
    stream.begin("text/event-stream")
    stream.feed(b'data: {"type": "transcript.text.delta", "delta": "hi"}\n\n', 0.0)
    stream.feed(f'data: {{"type": "transcript.text.done", "text": "hi", {done}}}\n\n'.encode(), 0.1)
    assert stream.read(Answer(200, "text/event-stream", None, b"")) == Transcript("hi", out_of_range=("tokens",))


def test_an_integer_of_any_length_is_json() -> None:
    """Python takes none of more than 4,300 digits."""
    assert read(f'{{"text": "hi", "id": {HUGE}}}') == Transcript("hi")
    failure = read(f'{{"text": "hi", "id": {HUGE}')
    assert isinstance(failure, Failure)
    assert failure.kind is ErrorKind.BAD_JSON


def test_an_expression_that_the_answer_is_too_much_for_finds_nothing() -> None:
    places = Places(duration="ceil(duration)", processing_time="avg(times)")
    assert read('{"text": "hi", "duration": 1e999, "times": ["a"]}', places) == Transcript("hi")


@pytest.mark.parametrize(
    ("values", "held", "beyond"),
    [
        ({"status": 40_000}, {"status": None}, ("status",)),
        ({"status": -1, "polls": 2**32}, {"status": None, "polls": None}, ("status", "polls")),
        ({"polls": 65_536, "deltas": 70_000}, {"polls": 65_536, "deltas": 70_000}, ()),
        ({"deltas": 2**31, "tokens": None}, {"deltas": None, "tokens": None}, ("deltas",)),
        (
            {"gap_max_s": math.nan, "connect_s": -0.1},
            {"gap_max_s": None, "connect_s": None},
            ("gap_max_s", "connect_s"),
        ),
        ({"text_length": 2**31}, {"text_length": None}, ("text_length",)),
    ],
)
def test_what_is_counted_in_an_answer_is_bounded_as_well(values: Any, held: Any, beyond: tuple[str, ...]) -> None:
    assert bounded(values) == (held, beyond)
