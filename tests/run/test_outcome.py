"""What becomes of an exchange and its verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from stt_load.api.pieces import Texts
from stt_load.api.verdict import Failure, Transcript
from stt_load.audio.clip import Clip
from stt_load.audio.corpus import CorpusError
from stt_load.client import ClientError, Exchange
from stt_load.config import Config
from stt_load.load.iteration import Iteration
from stt_load.run.context import RunContext, build
from stt_load.run.outcome import concluded, failure_of
from stt_load.samples.fields import FIELDS, in_range
from stt_load.samples.sample import ErrorKind, Phase, Sample
from tests.making import Told

ITERATION = Iteration(3, 1, Phase.MEASURED)


class Dispatcher:
    origin_s = 100.0


def context_of(**api: Any) -> RunContext:
    told = Told(4)
    return build(Config(api=api), "http://127.0.0.1:1/x", 7, Dispatcher(), lambda: told.budget.present)  # type: ignore[arg-type]


def exchange_of(**values: Any) -> Exchange:
    marks = {"sent": 101.0, "first_byte": 101.5, "done": 102.0} | values.pop("marks", {})
    usual: dict[str, Any] = {
        "marks": {name: at_s for name, at_s in marks.items() if at_s is not None},
        "uploaded": 320,
        "received": 20,
        "status": 200,
        "connection": 5,
    }
    return Exchange(**usual | values)


def made(verdict: Transcript | Failure, context: RunContext | None = None, **values: Any) -> Sample:
    return concluded(context or context_of(), ITERATION, exchange_of(**values), verdict, 4, 0.25)


def test_instants_count_from_the_runs_origin() -> None:
    row = made(Transcript("hello", audio_s=1.0, tokens=9))
    assert (row.start_s, row.sent_s, row.first_byte_s, row.done_s) == (1.0, 1.0, 1.5, 2.0)
    assert (row.seq, row.attempt, row.phase, row.users, row.pause_s) == (3, 1, Phase.MEASURED, 4, 0.25)
    assert (row.ok, row.text_length, row.server_audio_s, row.tokens) == (True, 5, 1.0, 9)


def test_what_waited_for_a_slot_is_not_late_by_the_generator() -> None:
    due, sent = replace(ITERATION, due_s=100.25), Transcript("x")
    late_s = [
        concluded(context_of(), one, exchange_of(marks=marks), sent, 4, 0.0).late_s
        for one, marks in ((due, {}), (replace(due, waited=True), {}), (due, {"sent": None}), (ITERATION, {}))
    ]
    assert late_s == [0.75, 0.0, 0.0, 0.0]


def test_what_was_due_before_it_was_sent_starts_when_it_was_due() -> None:
    due = replace(ITERATION, due_s=100.25, slot=2, level=3, stage=1)
    row = concluded(context_of(), due, exchange_of(), Transcript("hello"), 4, 0.25)
    assert (row.start_s, row.sent_s, row.done_s) == (0.25, 1.0, 2.0)
    assert (row.slot, row.level, row.stage) == (2, 3, 1)


def test_a_rows_audio_is_as_long_as_its_clip_or_as_its_would_have_been() -> None:
    clip = Clip((b"RIFF",), 4, 3.5, 8_000)
    assert made(Transcript("hello"), clip=clip).audio_s == 3.5
    assert made(Transcript("hello")).audio_s == context_of().audio_s(0) == 10.0


def test_without_a_clip_it_is_that_of_its_own_iteration() -> None:
    context = replace(context_of(), audio_s=lambda seq: 10.0 + seq)
    assert made(Transcript("hello"), context).audio_s == 13.0


def test_texts_on_the_way_have_their_times() -> None:
    texts = Texts()
    for at_s in (101.5, 101.75, 102.0):
        texts.add(at_s, "word", final=False)
    row = made(Transcript("hello"), texts=texts)
    assert (row.first_text_s, row.deltas, row.gap_max_s) == (1.5, 3, 0.25)


def test_a_failure_before_a_connection_has_sent_nothing() -> None:
    row = made(Failure(ErrorKind.CONNECT, "refused"), connection=None, marks={"first_byte": None}, status=None)
    assert (row.sent_s, row.upload_bytes, row.error_kind) == (None, 0, ErrorKind.CONNECT)


@pytest.mark.parametrize(
    ("values", "verdict", "name"),
    [
        ({"status": 70_000}, Transcript("x"), "status"),
        ({"polls": 2**40}, Transcript("x"), "polls"),
        ({}, Transcript("x", tokens=3_000_000_000), "tokens"),
        ({}, Transcript("x", audio_s=1e39), "server_audio_s"),
        ({}, Transcript("x", processing_s=float("nan")), "processing_s"),
        ({"connect_s": -1.0}, Transcript("x"), "connect_s"),
    ],
)
def test_a_number_beyond_its_range_is_absent_and_named(
    values: dict[str, Any], verdict: Transcript, name: str
) -> None:
    row = made(verdict, **values)
    assert row.ok
    assert getattr(row, name) is None
    assert row.out_of_range == (name,)
    assert all(in_range(one.name, getattr(row, one.name)) for one in FIELDS if one.form == "number")


def test_a_text_that_came_in_json_is_named() -> None:
    assert made(Transcript("x", json_for_text=True)).json_for_text is True
    assert made(Transcript("x")).json_for_text is False


def test_half_a_token_is_absent_and_named() -> None:
    row = made(Transcript("x", tokens=1.5))  # type: ignore[arg-type]
    assert (row.tokens, row.out_of_range) == (None, ("tokens",))


def test_a_pause_without_end_stays_within_its_column_whatever_comes_on_top() -> None:
    row = concluded(context_of(), ITERATION, exchange_of(lingered_s=100.0), Transcript("hello"), 4, 1e9)
    assert row.pause_s == 1e9


def test_messages_and_headers_hide_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "hush-hush")
    context = context_of(api_key_env="MY_KEY")
    row = made(Failure(ErrorKind.HTTP_5XX, "you said hush-hush"), context, captured={"x-key": "hush-hush", "y": None})
    assert row.error == "you said ***"
    assert json.loads(row.headers or "") == {"x-key": "***", "y": None}


@pytest.mark.parametrize("broken", [{"captured": {"x": object()}}, {"marks": {"first_byte": "now"}}])
def test_a_row_that_can_not_be_made_is_a_failure_that_says_why(broken: dict[str, Any]) -> None:
    row = made(Transcript("hello"), **broken)
    assert (row.seq, row.attempt, row.phase) == (3, 1, Phase.MEASURED)
    assert row.error_kind is ErrorKind.HOOK_ERROR
    assert (row.error or "").startswith("the row could not be made: ")
    assert (row.start_s, row.done_s) == (1.0, 2.0)


def test_where_the_hiding_is_broken_nothing_is_told_that_it_may_hide(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> str:
        raise ValueError("the key is hush-hush")

    monkeypatch.setattr("stt_load.api.api.Api.hide", broken)
    row = made(Failure(ErrorKind.HTTP_5XX, "hush-hush"))
    assert row.error == "the row could not be made: ValueError"


class UnshownError(Exception):
    def __str__(self) -> str:
        raise ValueError


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ClientError(ErrorKind.TRUNCATED, "cut"), ErrorKind.TRUNCATED, "cut"),
        (CorpusError("a.wav is not there"), ErrorKind.LOCAL_LIMIT, "a.wav is not there"),
        (KeyError("text"), ErrorKind.HOOK_ERROR, "KeyError: 'text'"),
        (SystemExit(3), ErrorKind.HOOK_ERROR, "SystemExit: 3"),
        (UnshownError(), ErrorKind.HOOK_ERROR, "UnshownError"),
    ],
)
def test_an_exception_has_a_kind_and_a_message(error: BaseException, kind: ErrorKind, message: str) -> None:
    failure = failure_of(error)
    assert (failure.kind, failure.message) == (kind, message)
