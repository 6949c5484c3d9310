"""Protocol submit_poll: real locust processes against the embedded server's job routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.names import HEADER_BYTES
from tests.processes.running import against, check_code, rows, run
from tests.processes.truth import logged_server

pytestmark = pytest.mark.locust

KEY = "assembly-secret-key-1"
INTERVAL_S = 0.08
QUICK = {"overhead_s": 0.25, "rtf": 0.0, "jitter": "none", "cold_requests": 0}
ASSEMBLYAI = {"preset": "assemblyai", "job": {"interval": INTERVAL_S}}
BATCH = {
    "protocol": "submit_poll",
    "endpoint": "/jobs",
    "extra_fields": {"language": "ko"},
    "response": {
        "text": "result.text",
        "duration": "result.duration",
        "processing_time": "result.processing_ms",
        "processing_time_unit": "ms",
    },
    "job": {"interval": INTERVAL_S},
}
CLIP_BYTES = HEADER_BYTES + 16_000


@pytest.mark.parametrize("words", [["SttUser"], ["FastSttUser"], ["FastSttUser", "--processes=2"]], ids=" ".join)
@pytest.mark.parametrize("api", [ASSEMBLYAI, pytest.param(BATCH, marks=pytest.mark.slow)], ids=["upload", "form"])
def test_a_job_is_one_request_however_often_it_is_asked_after(
    tmp_path: Path, api: dict[str, Any], words: list[str]
) -> None:
    with logged_server(tmp_path, **QUICK) as server:
        ran = run(tmp_path, against(server.url, 16, 4, 4, api=api), *words, env={"ASSEMBLYAI_API_KEY": KEY})
        truths = server.truths()
    check_code(ran, 0)
    assert len(truths) == 16, "one job for each request"
    assert len({truth["audio_hash"] for truth in truths}) == 16
    measured = rows(ran.result, "measured")
    assert len(measured) == 12
    for row in measured:
        assert row["ok"], row
        assert row["response_time_s"] >= 0.25
        # As long as the polls took, and the service was over before the last of them.
        assert row["response_time_s"] >= row["polls"] * INTERVAL_S
        assert row["polls"] >= 1
        assert row["upload_bytes"] > CLIP_BYTES
    assert max(row["polls"] for row in measured) > 1, "how often depends on what else the machine does"
    metrics = ran.result["metrics"]
    assert metrics["polls"] == sum(row["polls"] for row in measured)
    assert metrics["poll_interval_s"] == INTERVAL_S
    assert "response times are no finer" in " ".join(ran.out.split())
    assert KEY not in ran.out + ran.err + str(ran.result)
    if api is BATCH:
        assert {row["server_audio_s"] for row in measured} == {0.5}
        assert all(0.25 <= row["processing_s"] <= row["service_time_s"] for row in measured)
        assert metrics["outside_time_s"]["n"] == 12
        assert "own processing time" in ran.out


@pytest.mark.parametrize(
    ("settings", "api", "kind", "message"),
    [
        ({"error_rate": 1.0}, {}, "poll_failed", "ended as failed"),
        pytest.param(
            {},
            {"job": {"interval": INTERVAL_S, "poll": "/elsewhere/{id}"}},
            "poll_failed",
            "HTTP 404",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {},
            {"job": {"interval": INTERVAL_S, "id": "job_id"}},
            "poll_failed",
            "nothing at `job_id`",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            {"overhead_s": 30.0}, {"timeout": {"total": 0.5}}, "timeout_total", "within 0.5 s", marks=pytest.mark.slow
        ),
        pytest.param(
            {"slots": 1, "queue_limit": 0, "overhead_s": 3.0},
            {"timeout": {"total": 0.2}},
            "shed",
            "HTTP 503",
            marks=pytest.mark.slow,
        ),
        pytest.param({}, {"endpoint": "/job"}, "http_4xx", "HTTP 404", marks=pytest.mark.slow),
    ],
    ids=["fails", "no such job", "no id", "too long", "shed", "no such place"],
)
def test_how_jobs_fail(
    tmp_path: Path, settings: dict[str, Any], api: dict[str, Any], kind: str, message: str
) -> None:
    with logged_server(tmp_path, **(QUICK | settings)) as server:
        config = against(server.url, 6, 2, 2, api=BATCH | api, continue_on_dead_warmup=True, drain_s=0.1)
        ran = run(tmp_path, config, "FastSttUser")
    failed = [row for row in ran.result["requests"] if row["error_kind"] == kind]
    assert failed, ran.result["requests"]
    assert all(message in row["error"] for row in failed)
