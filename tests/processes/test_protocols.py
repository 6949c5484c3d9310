"""Services that are no OpenAI API, by configuration alone: real locust processes against the embedded server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.names import HEADER_BYTES
from tests.processes.running import against, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

QUICK = {"overhead_s": 0.05, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
CLIP_BYTES = HEADER_BYTES + 16_000  # half a second

ASR = {
    "endpoint": "/asr",
    "protocol": "multipart",
    "audio_field": "audio_file",
    "extra_fields": {"language": "ko", "model": "large"},
    "query": {"task": "transcribe"},
}
LISTEN = {
    "endpoint": "/v1/listen",
    "protocol": "raw",
    "model": "nova-3",
    "query": {"model": "{model}", "smart_format": True},
    "response": {"text": "results.channels[0].alternatives[0].transcript"},
}


@pytest.mark.parametrize("words", [["SttUser"], ["FastSttUser"], ["SttUser", "--processes=2"]], ids=" ".join)
@pytest.mark.parametrize("api", [ASR, pytest.param(LISTEN, marks=pytest.mark.slow)], ids=["multipart", "raw"])
def test_a_service_of_another_kind(tmp_path: Path, api: dict[str, Any], words: list[str]) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, 24, 4, 4, api=api), *words)
        truths = server.truths()
    assert ran.code in (0, 4), ran.err  # a busy machine is no reason to doubt what is tried here
    assert ("audio_file" in ran.out) is (api is ASR), "the report says how it was spoken"
    assert "whisper-1" not in ran.out
    assert ("nova-3" in ran.out) is (api is LISTEN), "and to which model"
    assert ran.result["config"]["api"]["model"] == ("nova-3" if api is LISTEN else None)
    assert len(truths) == 24
    assert len({truth["audio_hash"] for truth in truths}) == 24
    assert {truth["audio_s"] for truth in truths} == {0.5}
    measured = rows(ran.result, "measured")
    assert len(measured) == 20
    assert all(row["ok"] and row["text_length"] > 0 for row in measured)
    assert {row["upload_bytes"] for row in ran.result["requests"]} == {truth["body_bytes"] for truth in truths}
    if api is LISTEN:
        assert {truth["body_bytes"] for truth in truths} == {CLIP_BYTES}, "the audio and nothing else"


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_a_text_that_is_not_where_it_was_looked_for(tmp_path: Path, user_class: str) -> None:
    elsewhere = LISTEN | {"response": {"text": "results.text"}}
    with logged_server(tmp_path, **QUICK) as server:
        config = against(server.url, 6, 2, 2, api=elsewhere, continue_on_dead_warmup=True)
        ran = run(tmp_path, config, user_class)
    assert ran.result["metrics"]["failures"] == {"no_text": 4}
    assert "JSON without a text at `results.text`" in ran.result["requests"][-1]["error"]


@pytest.mark.parametrize("user_class", ["SttUser", "FastSttUser"])
def test_who_is_refused_waits_as_long_as_it_is_asked_to(tmp_path: Path, user_class: str) -> None:
    """One slot and no queue: of two users one is refused, and told to come again in a second."""
    busy = {"slots": 1, "queue_limit": 0, "overhead_s": 0.3, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
    api = {"on_shed": "wait"}
    with logged_server(tmp_path, **busy) as server:
        ran = run(tmp_path, against(server.url, 12, 0, 2, api=api), user_class)
    sheds = [row for row in ran.result["requests"] if row["error_kind"] == "shed"]
    assert sheds
    assert {row["pause_s"] for row in sheds} == {1.0}
    assert {row["pause_s"] for row in ran.result["requests"] if row["ok"]} == {0.0}
    # Without waiting nearly all of the twelve would be refused before the first has its answer.
    assert len(sheds) < 8


@pytest.mark.slow
def test_who_need_not_wait_comes_again_at_once(tmp_path: Path) -> None:
    busy = {"slots": 1, "queue_limit": 0, "overhead_s": 0.3, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
    with logged_server(tmp_path, **busy) as server:
        ran = run(tmp_path, against(server.url, 12, 0, 2), "--on-shed", "continue")
    sheds = [row for row in ran.result["requests"] if row["error_kind"] == "shed"]
    assert len(sheds) >= 9
    assert {row["pause_s"] for row in sheds} == {0.0}


@pytest.mark.slow
def test_what_is_no_audio_is_refused_by_its_kind(tmp_path: Path) -> None:
    text = LISTEN | {"audio_content_type": "text/plain"}
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, 6, 2, 2, api=text, continue_on_dead_warmup=True))
    assert ran.result["metrics"]["failures"] == {"unsupported": 4}
