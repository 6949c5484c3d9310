"""Real slots and real sockets around an engine that hears what a test says, when the test says so."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from stt_load.server.engine import AudioError, Heard
from stt_load.server.engine_service import EngineService
from stt_load.server.settings import ServerSettings
from stt_load.server.transcript import Segment

from .clips import wav
from .running import Running, serving

HEARD = (
    Segment(0.0, 1.0, "Good morning.", (Segment(0.1, 0.4, "Good"), Segment(0.4, 0.9, "morning."))),
    Segment(1.0, 2.0, "Close the door."),
)
NO_AUDIO = b"no audio at all"
UNCODED = b"some other format"


class Script:
    """An engine that hears HEARD, after `step()` before each segment; how many inferences were made at a time."""

    model = "scripted"
    about = "of a test"

    def __init__(self, step: Callable[[], object] = lambda: None) -> None:
        self._step = step
        self._lock = threading.Lock()
        self.at_once = self.most_at_once = self.made = 0
        self.asked_for_words: list[bool] = []

    def recognise(self, audio: memoryview, words: bool) -> Heard:
        if bytes(audio) == NO_AUDIO:
            raise AudioError("it is none")
        self.asked_for_words.append(words)
        return Heard("english", 2.0, self._segments())

    def _segments(self) -> Iterator[Segment]:
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.made += 1
        try:
            for segment in HEARD:
                self._step()
                yield segment
        finally:
            with self._lock:
                self.at_once -= 1


def settings(**values: Any) -> ServerSettings:
    return ServerSettings(**({"slots": 2, "hears": False} | values))


def events(answer: requests.Response) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: ")]


def test_the_answer_is_what_the_engine_hears() -> None:
    engine = Script()
    with serving(settings(), engine=engine) as server:
        whole = server.ask(response_format="verbose_json", **{"timestamp_granularities[]": "word"}).json()
        assert server.ask(UNCODED).json()["text"] == "Good morning. Close the door."
        models = server.get("/v1/models").json()
    assert (whole["text"], whole["language"], whole["duration"]) == ("Good morning. Close the door.", "english", 2.0)
    assert [(one["start"], one["text"]) for one in whole["segments"]] == [
        (0.0, "Good morning."),
        (1.0, "Close the door."),
    ]
    assert whole["words"][:2] == [
        {"word": "Good", "start": 0.1, "end": 0.4},
        {"word": "morning.", "start": 0.4, "end": 0.9},
    ]
    assert engine.asked_for_words == [True, False]
    assert models["data"][0]["id"] == "scripted"
    known, other = server.truths
    assert (known.audio_s, known.status, known.slot) == (2.0, 200, 0)
    assert known.start_s == known.arrival_s <= (known.end_s or 0.0)
    assert known.audio_hash
    assert (known.said, known.answered) == (None, "Good morning. Close the door.")
    assert other.audio_hash is None, "nobody has decoded it"


def test_deepgram_has_the_place_of_each_word_unasked() -> None:
    engine = Script()
    with serving(settings(), engine=engine) as server:
        answer = requests.post(
            f"{server.url}/v1/listen", data=wav(), headers={"Content-Type": "audio/wav"}, timeout=60
        )
    said = answer.json()["results"]["channels"][0]["alternatives"][0]
    assert (said["transcript"], said["words"][1]["start"]) == ("Good morning. Close the door.", 0.4)
    assert engine.asked_for_words == [True]


def test_a_stream_has_each_segment_when_it_is_heard() -> None:
    go_on = threading.Semaphore(1)
    with serving(settings(), engine=Script(lambda: go_on.acquire(timeout=30))) as server:
        answer = requests.post(
            f"{server.url}/v1/audio/transcriptions",
            files={"file": ("a.wav", wav())},
            data={"stream": "true"},
            stream=True,
            timeout=60,
        )
        lines = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith(b"data: "))
        first = [next(lines)["delta"], next(lines)["delta"]]
        go_on.release()
        rest = list(lines)
    assert first == ["Good", " morning."]
    assert [one["delta"] for one in rest[:-1]] == [" Close", " the", " door."]
    assert (rest[-1]["type"], rest[-1]["text"]) == ("transcript.text.done", "Good morning. Close the door.")
    (truth,) = server.truths
    assert (truth.status, truth.deltas, truth.cut) == (200, 5, False)
    assert truth.first_text_s
    assert truth.last_text_s
    assert truth.start_s
    assert truth.start_s <= truth.first_text_s < truth.last_text_s
    assert truth.answer_bytes


def test_a_dialect_of_segments_gets_segments() -> None:
    with serving(settings(stream_dialect="segments"), engine=Script()) as server:
        answer = server.ask(stream="true")
    assert events(answer) == [{"text": "Good morning."}, {"text": "Close the door."}]


def test_as_many_inferences_at_a_time_as_slots_and_the_rest_waits() -> None:
    together = threading.Barrier(2, timeout=30)
    engine = Script(together.wait)
    with serving(settings(slots=2), engine=engine) as server, ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: server.ask().status_code, range(6)))
    assert answers == [200] * 6
    assert engine.most_at_once == 2
    waited = sorted((truth.start_s or 0.0, truth.end_s or 0.0) for truth in server.truths)
    for number, (start_s, _) in enumerate(waited):
        in_a_slot = sum(begun <= start_s < ended for begun, ended in waited[:number])
        assert in_a_slot <= 1, "with this one, two"


def wait_for_line(server: Running, line: str) -> None:
    for _ in range(3_000):
        if line in server.get("/metrics").text.splitlines():
            return
    raise AssertionError(f"never: {line}")


def test_a_full_queue_sheds() -> None:
    held = threading.Event()
    engine = Script(lambda: held.wait(30))
    with serving(settings(slots=1, queue_limit=0), engine=engine) as server, ThreadPoolExecutor(1) as pool:
        first = pool.submit(server.ask)
        wait_for_line(server, "stt_server_in_flight 1")
        second = server.ask()
        held.set()
        assert first.result().status_code == 200
    assert (second.status_code, second.json()["error"]["code"]) == (503, "overloaded")


def test_what_is_no_audio_is_refused_by_the_engine() -> None:
    with serving(settings(), engine=Script()) as server:
        for stream in ("false", "true"):
            answer = server.ask(NO_AUDIO, stream=stream)
            assert (answer.status_code, answer.json()["error"]["param"]) == (400, "file")
            assert "it is none" in answer.json()["error"]["message"]
        job = server.get(f"/jobs/{_job(server, NO_AUDIO)}").json()
    assert (job["status"], "it is none" in job["error"]) == ("failed", True)
    assert [truth.status for truth in server.truths] == [400] * 3
    assert all(truth.start_s and truth.end_s for truth in server.truths), "it was a service, all the same"


def _job(server: Running, audio: bytes) -> str:
    """The id of a job that is over."""
    job: str = requests.post(f"{server.url}/jobs", files={"file": ("a", audio)}, timeout=60).json()["id"]
    wait_for_line(server, "stt_server_in_flight 0")
    while server.get(f"/jobs/{job}").json()["status"] in ("queued", "running"):
        pass
    return job


def test_a_job_has_the_transcript_when_it_is_done() -> None:
    with serving(settings(), engine=Script()) as server:
        answer = server.get(f"/jobs/{_job(server, wav())}").json()
    assert (answer["status"], answer["result"]["text"]) == ("done", "Good morning. Close the door.")
    assert answer["result"]["duration"] == 2.0


def _fail() -> None:
    raise RuntimeError("out of memory")


def test_an_engine_that_breaks_is_a_500_and_the_next_one_is_served() -> None:
    broken = threading.Event()
    broken.set()
    with serving(settings(slots=1), engine=Script(lambda: _fail() if broken.is_set() else None)) as server:
        answer = server.ask()
        broken.clear()
        after = server.ask()
    assert (answer.status_code, "engine" in answer.json()["error"]["message"]) == (500, True)
    assert "out of memory" not in answer.text, "what broke is for whoever runs it"
    assert after.status_code == 200


def test_a_stream_in_which_the_engine_breaks_ends_without_its_done_mark() -> None:
    steps = iter([None, _fail])
    with serving(settings(), engine=Script(lambda: (step := next(steps)) and step())) as server:
        answer = requests.post(
            f"{server.url}/v1/audio/transcriptions",
            files={"file": ("a.wav", wav())},
            data={"stream": "true"},
            stream=True,
            timeout=60,
        )
        read: list[bytes] = []
        try:
            read.extend(answer.iter_content(chunk_size=None))
        except requests.exceptions.ChunkedEncodingError:
            read.append(b"(broken off)")
    assert read[-1] == b"(broken off)"
    assert b"done" not in b"".join(read)
    (truth,) = server.truths
    assert (truth.status, truth.cut) == (200, True)


def test_a_server_that_ends_makes_no_inference_that_has_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    engine = Script(lambda: held.wait(30))
    close = EngineService.close

    async def close_and_let_go(service: EngineService) -> None:
        closing = asyncio.ensure_future(close(service))
        await asyncio.sleep(0)  # it has begun
        held.set()
        await closing

    monkeypatch.setattr(EngineService, "close", close_and_let_go)
    with ThreadPoolExecutor(2) as pool:
        with serving(settings(slots=1), engine=engine) as server:
            asked = [pool.submit(server.ask) for _ in range(2)]
            wait_for_line(server, "stt_server_in_flight 2")
        for one in asked:
            assert isinstance(one.exception(), requests.ConnectionError)
    assert engine.made == 1
    assert [truth.status for truth in server.truths] == [None, None]
