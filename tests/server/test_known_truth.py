"""What the log says is what happened: the k-slot recursion holds on its figures, and clients saw the same."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Any

import pytest
import requests

from stt_load.server.settings import ServerSettings
from stt_load.server.truth import Truth

from .clips import wav
from .running import Running, serving
from .test_slots import recursion

# What floating-point sums of monotonic clock readings may differ by; no timer is involved.
ROUNDING_S = 1e-6


def settings(**values: Any) -> ServerSettings:
    return ServerSettings(**{"overhead_s": 0.05, "rtf": 0, "jitter": "none", "cold_requests": 0, **values})


def ask_at_once(server: Running, count: int, frames: int = 1_600) -> list[requests.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda seed: server.ask(wav(frames, seed=seed)), range(count)))


def by_arrival(truths: Sequence[Truth]) -> list[Truth]:
    return sorted(truths, key=lambda truth: truth.id)


def service_s(truth: Truth) -> float:
    assert truth.start_s is not None
    assert truth.end_s is not None
    return truth.end_s - truth.start_s


@pytest.mark.parametrize("slots", [1, 3])
def test_logged_times_obey_the_recursion(slots: int) -> None:
    with serving(settings(slots=slots, jitter="exponential", jitter_s=0.01)) as server:
        ask_at_once(server, 24)
    truths = by_arrival(server.truths)
    assert [truth.id for truth in truths] == list(range(24))
    assert [truth.arrival_s for truth in truths] == sorted(truth.arrival_s for truth in truths)
    expected = recursion(slots, [(truth.arrival_s, service_s(truth)) for truth in truths])
    for truth, (start_s, end_s) in zip(truths, expected, strict=True):
        assert truth.start_s == pytest.approx(start_s, abs=ROUNDING_S)
        assert truth.end_s == pytest.approx(end_s, abs=ROUNDING_S)


def test_services_take_what_the_model_says_and_no_less() -> None:
    with serving(settings(overhead_s=0.03, rtf=0.5, slots=2, cold_requests=2, cold_extra_s=0.1)) as server:
        ask_at_once(server, 8)
    truths = by_arrival(server.truths)
    assert [truth.cold for truth in truths] == [True] * 2 + [False] * 6
    for truth in truths:
        assert truth.audio_s == 0.1
        least_s = 0.03 + 0.5 * 0.1 + (0.1 if truth.cold else 0)
        assert least_s - ROUNDING_S <= service_s(truth) < least_s + 1


def test_the_client_is_never_faster_than_the_log() -> None:
    with serving(settings()) as server:
        sent_s = time.monotonic()
        server.ask()
        done_s = time.monotonic()
    (truth,) = server.truths
    assert truth.start_s == truth.arrival_s
    assert sent_s < truth.arrival_s < truth.arrival_s + service_s(truth) < done_s


def test_the_hash_tells_clips_apart() -> None:
    with serving(settings(overhead_s=0)) as server:
        ask_at_once(server, 5)
        server.ask(wav(seed=3))
    hashes = [truth.audio_hash for truth in server.truths]
    assert len(set(hashes)) == 5
    assert hashes[-1] == blake2b(wav(seed=3)[44:], digest_size=8).hexdigest()


def test_a_full_queue_sheds() -> None:
    with serving(settings(slots=2, queue_limit=3, overhead_s=1.2)) as server:
        answers = ask_at_once(server, 9)
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(503)) == (5, 4)
    shed = next(answer for answer in answers if answer.status_code == 503)
    assert shed.headers["Retry-After"] == "2"
    assert shed.json()["error"]["type"] == "server_error"
    for truth in server.truths:
        served = truth.status == 200
        assert (truth.start_s is None) == (truth.end_s is None) == (truth.slot is None) == (not served)
        assert truth.audio_s == 0.1
        assert truth.audio_hash


def test_a_slot_is_freed_although_its_client_left(caplog: pytest.LogCaptureFixture) -> None:
    with serving(settings(slots=1, overhead_s=0.3)) as server:
        with pytest.raises(requests.ReadTimeout):
            requests.post(f"{server.url}/v1/audio/transcriptions", files={"file": ("a", wav())}, timeout=(60, 0.1))
        assert server.ask().status_code == 200
    first, second = by_arrival(server.truths)
    assert second.start_s == first.end_s
    assert service_s(first) >= 0.3 - ROUNDING_S
    assert not [record for record in caplog.records if record.name.startswith(("stt_load", "aiohttp"))]
