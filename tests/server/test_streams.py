"""Streamed answers: each piece at its time, in every dialect, and a slot that is held as long as the stream lasts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from stt_load.api.names import DIALECTS
from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT, Running, serving

GAP_S = 0.05
ROUNDING_S = 1e-6
CLIP = wav(frames=32_000)  # two seconds: five words
STREAMED = INSTANT.model_copy(update={"overhead_s": 0.1, "delta_gap_s": GAP_S})


def settings(**more: Any) -> ServerSettings:
    return STREAMED.model_copy(update=more)


def events(server: Running, **form: str) -> tuple[list[tuple[float, str]], requests.Response]:
    """(when it came, data) of each event, in their order."""
    files = {"file": ("a.wav", CLIP)}
    url = f"{server.url}/v1/audio/transcriptions"
    with requests.post(url, data={"stream": "true"} | form, files=files, stream=True, timeout=30) as answer:
        lines = ((time.monotonic(), line) for line in answer.iter_lines(chunk_size=1))
        found = [(at_s, line[6:].decode()) for at_s, line in lines if line.startswith(b"data: ")]
    return found, answer


def text_of(dialect: str, data: list[str]) -> str:
    """The transcript, put together as each dialect's clients do."""
    if dialect == "plain":
        return "".join(data)
    documents = [json.loads(one) for one in data if one != "[DONE]"]
    if dialect == "openai":
        return "".join(one["delta"] for one in documents if one["type"] == "transcript.text.delta")
    if dialect == "mistral":
        return "".join(one["text"] for one in documents if one["type"] == "transcription.text.delta")
    if dialect == "vllm":
        return "".join(choice["delta"]["content"] for one in documents for choice in one["choices"])
    return " ".join(one["text"] for one in documents)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_says_the_same(dialect: str) -> None:
    with serving(settings(stream_dialect=dialect)) as server:
        whole = server.ask(CLIP).json()["text"]
        found, answer = events(server)
    data = [one for _, one in found]
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert text_of(dialect, data) == whole
    ends = {"openai": '"transcript.text.done"', "vllm": "[DONE]", "mistral": '"transcription.done"'}
    assert ends.get(dialect, "") in data[-1]
    pieces = 1 if dialect == "segments" else 5
    truth = server.truths[-1]
    assert (truth.deltas, truth.status, truth.audio_s) == (pieces, 200, 2.0)


@pytest.mark.parametrize("dialect", ["openai", "plain"])
def test_no_piece_goes_out_before_its_time_and_none_is_moved_by_the_one_before(dialect: str) -> None:
    with serving(settings(stream_dialect=dialect)) as server:
        found, _ = events(server)
    (truth,) = server.truths
    assert truth.start_s is not None
    assert truth.end_s is not None
    assert truth.first_text_s is not None
    assert truth.last_text_s is not None
    due_s = [truth.start_s + 0.1 + number * GAP_S for number in range(5)]
    assert all(came >= due for (came, _), due in zip(found, due_s, strict=False))
    assert truth.first_text_s >= due_s[0] - ROUNDING_S
    assert truth.last_text_s >= due_s[-1] - ROUNDING_S
    assert truth.end_s - truth.start_s >= 0.1 + 4 * GAP_S - ROUNDING_S


def test_headers_come_when_the_service_starts_not_with_the_first_text() -> None:
    """A first text that is due in an hour: who has the headers now didn't wait for it."""
    with serving(settings(overhead_s=3600.0)) as server:
        url = f"{server.url}/v1/audio/transcriptions"
        files = {"file": ("a.wav", CLIP)}
        with requests.post(url, data={"stream": "true"}, files=files, stream=True, timeout=30) as answer:
            assert answer.status_code == 200
        assert not server.truths


def test_a_stream_holds_its_slot_to_its_end() -> None:
    with serving(settings(slots=1)) as server:
        url = f"{server.url}/v1/audio/transcriptions"
        with requests.post(url, data={"stream": "true"}, files={"file": CLIP}, stream=True, timeout=30) as first:
            second = server.ask(CLIP)
            assert first.content
        assert second.status_code == 200
    one, other = sorted(server.truths, key=lambda truth: truth.start_s or 0.0)
    assert other.start_s == one.end_s


def test_a_client_that_goes_leaves_the_service_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    with serving(settings(slots=1)) as server:
        url = f"{server.url}/v1/audio/transcriptions"
        answer = requests.post(url, data={"stream": "true"}, files={"file": CLIP}, stream=True, timeout=30)
        next(answer.iter_content(1))
        answer.close()
        assert server.ask(CLIP).status_code == 200
    gone, after = sorted(server.truths, key=lambda truth: truth.start_s or 0.0)
    assert after.start_s == gone.end_s
    assert gone.end_s is not None
    assert gone.start_s is not None
    assert gone.end_s - gone.start_s >= 0.1 + 4 * GAP_S - ROUNDING_S
    assert not [record for record in caplog.records if record.name.startswith(("stt_load", "aiohttp"))]


def test_what_goes_wrong_before_a_stream_is_an_answer_of_its_own() -> None:
    with serving(settings(error_rate=1.0)) as server:
        _, answer = events(server)
    assert answer.status_code == 500
    with serving(settings(stream_dialect="none")) as server:
        answer = server.ask(CLIP, stream="true")
        assert answer.json()["text"]


def test_a_stream_that_is_cut() -> None:
    with serving(settings(cut_rate=1.0)) as server, pytest.raises(requests.exceptions.ChunkedEncodingError):
        events(server)
    (truth,) = server.truths
    assert (truth.cut, truth.deltas) == (True, 2)


def test_the_usage_of_vllm_is_given_on_request() -> None:
    with serving(settings(stream_dialect="vllm")) as server:
        plain, _ = events(server)
        asked, _ = events(server, stream_include_usage="true")
    assert not [data for _, data in plain if "usage" in data]
    (usage,) = [json.loads(data)["usage"] for _, data in asked if "usage" in data]
    assert usage == {"prompt_tokens": 2, "completion_tokens": 5, "total_tokens": 7}
