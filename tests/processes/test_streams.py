"""Streamed answers: real locust processes against the embedded server, whose log knows when each text went out."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from tests.client.misbehaving import Misbehaving
from tests.processes.running import against, check_code, check_verdict, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

WORDS_PER_CLIP = 5  # two seconds of audio
PIECES = {"openai": WORDS_PER_CLIP, "vllm": WORDS_PER_CLIP, "mistral": WORDS_PER_CLIP, "plain": WORDS_PER_CLIP}
GAP_S = 0.03
# Without ears it says five words to each clip of two seconds: as many pieces every time.
SLOW_START: dict[str, Any] = {"overhead_s": 0.1, "rtf": 0.0, "jitter": "none", "cold_requests": 0, "hears": False}
SLOW_START["delta_gap_s"] = GAP_S
USERS = ("SttUser", "FastSttUser")
DIALECTS = (*PIECES, "segments")
# Both classes have one client: each dialect is tried with one of them, and with the other one where all is.
CASES: list[Any] = [(dialect, [USERS[nth % 2]]) for nth, dialect in enumerate(DIALECTS)]
CASES += [pytest.param(dialect, [USERS[1 - nth % 2]], marks=pytest.mark.slow) for nth, dialect in enumerate(DIALECTS)]
CASES += [("openai", ["SttUser", "--processes=2"])]
CASES += [pytest.param("vllm", ["FastSttUser", "--processes=2"], marks=pytest.mark.slow)]


@pytest.mark.parametrize(
    ("dialect", "words"), CASES, ids=lambda value: value if isinstance(value, str) else value[-1]
)
def test_a_stream_is_timed_piece_by_piece(tmp_path: Path, dialect: str, words: list[str]) -> None:
    pieces = PIECES.get(dialect, 1)
    with logged_server(tmp_path, **SLOW_START, stream_dialect=dialect) as server:
        config = against(server.url, 20, 4, 4, api={"stream": True}, audio_duration=2.0)
        ran = run(tmp_path, config, *words)
        truths = server.truths()
    check_code(ran, 0)
    assert "stream of events" in ran.out
    assert len(truths) == 20
    measured = rows(ran.result, "measured")
    assert all(row["ok"] and row["deltas"] == pieces and row["text_length"] > 0 for row in measured)
    assert "Time to first text" in ran.out
    assert {row["dialect"] for row in measured} == {dialect}
    assert f"Streams, by the dialect that was recognised: {dialect} (16)" in ran.out
    barrier_s = ran.result["run"]["barrier_s"]
    seen = sorted(row["first_text_s"] + barrier_s for row in ran.result["requests"])
    sent = sorted(truth["first_text_s"] for truth in truths)
    assert all(one >= other - 1e-6 for one, other in zip(seen, sent, strict=True)), "no text before it was sent"
    for row in measured:
        assert row["sent_s"] <= row["first_byte_s"] <= row["first_text_s"] <= row["done_s"]
        if pieces > 1:
            lasted_s = (pieces - 1) * row["gap_mean_s"]
            assert row["gap_mean_s"] <= row["gap_p95_s"] + 1e-6 <= row["gap_max_s"] + 2e-6
            assert row["first_text_s"] + lasted_s <= row["done_s"] + 1e-5
    metrics = ran.result["metrics"]
    assert metrics["ttft_s"]["n"] == 16
    assert metrics["ttft_s"]["min"] >= 0.1 - 1e-6
    assert (metrics["delta_gap_s"]["mean_s"] is None) is (pieces == 1)
    assert metrics["response_time_s"]["min"] >= 0.1 + (pieces - 1) * GAP_S - 1e-6


def test_what_a_stream_says_of_itself(tmp_path: Path) -> None:
    """Usage, and a transcript whose length is that of the done text."""
    api = {"stream": True, "stream_dialect": "mistral"}
    with logged_server(tmp_path, **SLOW_START, stream_dialect="mistral") as server:
        ran = run(tmp_path, against(server.url, 6, 2, 2, api=api, audio_duration=2.0), "FastSttUser")
    measured = rows(ran.result, "measured")
    assert {(row["tokens"], row["server_audio_s"]) for row in measured} == {(2 + WORDS_PER_CLIP, 2.0)}
    assert ran.result["metrics"]["tokens"] == 4 * (2 + WORDS_PER_CLIP)
    assert f"Tokens, as the service counts: {4 * (2 + WORDS_PER_CLIP)}" in ran.out


@pytest.mark.parametrize("user_class", ["SttUser", pytest.param("FastSttUser", marks=pytest.mark.slow)])
def test_a_server_that_ignores_stream_is_timed_as_a_whole_and_the_report_says_so(
    tmp_path: Path, user_class: str
) -> None:
    with logged_server(tmp_path, **SLOW_START, stream_dialect="none") as server:
        ran = run(tmp_path, against(server.url, 12, 2, 2, api={"stream": True}, audio_duration=2.0), user_class)
    measured = rows(ran.result, "measured")
    assert all(row["ok"] and row["deltas"] == 1 for row in measured)
    assert all(abs(row["first_text_s"] - row["done_s"]) < 0.005 for row in measured)
    assert "not_streamed" in {finding["name"] for finding in ran.result["findings"]}


@pytest.mark.parametrize("user_class", ["SttUser", pytest.param("FastSttUser", marks=pytest.mark.slow)])
def test_a_stream_that_has_said_all_and_does_not_end_spoils_nothing(tmp_path: Path, user_class: str) -> None:
    """The user waits for half a second and gives the connection up: that is intended, not the generator's fault."""
    with contextlib.closing(Misbehaving()) as server:
        url = server.url("sse-hang-after-done").removesuffix("/sse-hang-after-done")
        api = {"endpoint": "/sse-hang-after-done", "stream": True}
        ran = run(tmp_path, against(url, 12, 2, 2, api=api), user_class)
    check_code(ran, 0)
    measured = rows(ran.result, "measured")
    assert all(row["ok"] and row["service_time_s"] < row["pause_s"] + 0.5 for row in measured)
    assert {round(row["pause_s"], 1) for row in measured} == {0.5}
    assert len({row["connection"] for row in measured}) == 10
    check_verdict(ran.result, "VALID")


def test_the_wrong_dialect_is_told_from_a_broken_one(tmp_path: Path) -> None:
    api = {"stream": True, "stream_dialect": "vllm"}
    with logged_server(tmp_path, **SLOW_START) as server:
        config = against(server.url, 6, 2, 2, api=api, continue_on_dead_warmup=True)
        ran = run(tmp_path, config, "FastSttUser")
    assert ran.result["metrics"]["failures"] == {"bad_stream": 4}
    assert "vllm" in ran.result["requests"][-1]["error"]


def form(**api: Any) -> dict[str, Any]:
    return {"endpoint": "/v1/audio/transcriptions", "model": "m"} | api


@pytest.mark.parametrize(
    ("api", "shown"),
    [
        pytest.param(
            form(response_format="diarized_json", extra_fields={"chunking_strategy": "auto"}),
            None,
            marks=pytest.mark.slow,
        ),
        pytest.param(
            form(response_format="verbose_json", extra_fields={"timestamp_granularities[]": ["word", "segment"]}),
            2.0,
            marks=pytest.mark.slow,
        ),
        pytest.param(
            form(extra_fields={"include[]": ["logprobs"], "chunking_strategy[type]": "server_vad"}),
            2.0,
            marks=pytest.mark.slow,
        ),
        (form(response_format="diarized_json", stream=True), 2.0),
        pytest.param(form(endpoint="/v1/audio/translations", response_format="text"), None, marks=pytest.mark.slow),
    ],
    ids=["diarized", "words", "logprobs", "diarized stream", "translation"],
)
def test_all_fields_of_the_api(tmp_path: Path, api: dict[str, Any], shown: float | None) -> None:
    with logged_server(tmp_path, **SLOW_START) as server:
        ran = run(tmp_path, against(server.url, 6, 2, 2, api=api, audio_duration=2.0), "FastSttUser")
    measured = rows(ran.result, "measured")
    assert all(row["ok"] and row["text_length"] > 0 for row in measured), ran.out
    expected = 2.0 if shown is not None or api.get("response_format") == "diarized_json" else None
    assert {row["server_audio_s"] for row in measured} == {expected}
