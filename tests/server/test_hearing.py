"""Whole answers: what is said in a clip, whoever asks and in which order, and what is wrong in it on purpose."""

from __future__ import annotations

import io
import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import soundfile

from stt_load.audio.clip import Clip
from stt_load.server.ears import Ears
from stt_load.server.settings import ServerSettings

from .clips import wav
from .running import INSTANT, Running, serving
from .speech import spoken

SERVICE_S = 0.2


def settings(**more: Any) -> ServerSettings:
    return INSTANT.model_copy(update={"overhead_s": SERVICE_S, **more})


def ask_all(server: Running, clips: list[Clip], at_once: int, **form: str) -> list[tuple[Clip, dict[str, Any]]]:
    """In any order, several at once; what each clip was answered."""
    shuffled = random.Random(6).sample(clips, len(clips))
    with ThreadPoolExecutor(at_once) as pool:
        answers = pool.map(lambda clip: server.ask(b"".join(clip.parts), **form).json(), shuffled)
        return list(zip(shuffled, answers, strict=True))


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return [clip for clip, _ in spoken(40)]


def test_each_clip_gets_its_words_whatever_else_is_known_of_it(clips: list[Clip]) -> None:
    with serving(settings()) as server:
        for clip, answer in ask_all(server, clips, 8):
            assert answer["text"] == clip.text
        assert all(truth.said == truth.answered and truth.wrong is None for truth in server.truths)
        assert sorted(truth.said or "" for truth in server.truths) == sorted(clip.text for clip in clips)


def test_a_service_takes_as_long_as_one_that_does_not_listen(clips: list[Clip]) -> None:
    with serving(settings(slots=2)) as server:
        ask_all(server, clips[:8], 4)
        for truth in server.truths:
            assert truth.start_s is not None
            assert truth.end_s is not None
            assert truth.end_s - truth.start_s >= SERVICE_S - 1e-6


def test_words_have_their_places(clips: list[Clip]) -> None:
    with serving(settings()) as server:
        form = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
        ((clip, answer),) = ask_all(server, clips[:1], 1, **form)
        said = [word for sentence in clip.sentences for word in sentence]
        assert [one["word"] for one in answer["words"]] == [word.text for word in said]
        assert [one["start"] for one in answer["words"]] == pytest.approx([word.from_s for word in said], abs=1e-3)
        assert [one["text"] for one in answer["segments"]] == [
            " ".join(word.text for word in sentence) for sentence in clip.sentences
        ]


def test_a_stream_says_the_same(clips: list[Clip]) -> None:
    with serving(settings(delta_gap_s=0.001)) as server:
        clip = clips[0]
        events = server.ask(b"".join(clip.parts), stream="true").text.split("\n\n")
        sent = [json.loads(event.partition("data: ")[2]) for event in events if "data: {" in event]
        assert "".join(event.get("delta", "") for event in sent) == sent[-1]["text"] == clip.text
        (truth,) = server.truths
        assert truth.start_s is not None
        assert truth.end_s is not None
        assert truth.end_s - truth.start_s >= SERVICE_S + (len(clip.text.split()) - 1) * 0.001 - 1e-6


def test_flac_is_taken_and_one_that_is_broken_is_not(clips: list[Clip]) -> None:
    with serving(settings()) as server:
        samples, rate_hz = soundfile.read(io.BytesIO(b"".join(clips[0].parts)), dtype="int16")
        file = io.BytesIO()
        soundfile.write(file, samples, rate_hz, format="FLAC")
        assert server.ask(file.getvalue()).json()["text"] == clips[0].text
        assert server.truths[0].audio_hash is not None
        assert server.truths[0].audio_s == 10.0
        for broken in (file.getvalue()[:20], file.getvalue()[:3_000]):
            answer = server.ask(broken)
            assert answer.status_code == 400
            assert "FLAC" in answer.json()["error"]["message"]


def test_what_it_does_not_know_and_what_it_does_not_hear_is_answered_with_words_of_its_own(clips: list[Clip]) -> None:
    unknown = wav(32_000)
    with serving(settings()) as server:
        text = server.ask(unknown).json()["text"]
        assert server.truths[0].said is None
        assert server.truths[0].answered == text
    with serving(settings(hears=False)) as server:
        assert server.ask(unknown).json()["text"] == text
        ((clip, answer),) = ask_all(server, clips[:1], 1)
        assert len(answer["text"].split()) == 25
        assert answer["text"] != clip.text


def test_a_job_is_heard_too(clips: list[Clip]) -> None:
    import requests

    with serving(settings(overhead_s=0.0)) as server:
        made = requests.post(
            f"{server.url}/jobs", files={"file": ("a.wav", b"".join(clips[0].parts))}, timeout=60
        ).json()
        while (state := server.get(f"/jobs/{made['id']}").json())["status"] not in ("done", "failed"):
            pass
        assert state["result"]["text"] == clips[0].text


def test_words_are_wrong_as_often_as_is_asked_for(clips: list[Clip]) -> None:
    with serving(settings(wer=0.2)) as server:
        ask_all(server, clips, 8)
        words = sum(len((truth.said or "").split()) for truth in server.truths)
        planted = sum(truth.planted for truth in server.truths)
        assert 0.15 < planted / words < 0.25
        assert {truth.wrong for truth in server.truths if truth.planted} == {"errors"}
        assert all((truth.said == truth.answered) == (truth.planted == 0) for truth in server.truths)


def test_answers_are_swapped_in_pairs(clips: list[Clip]) -> None:
    with serving(settings(swap_rate=1.0)) as server:
        answers = ask_all(server, clips, 8)
        texts = {clip.text for clip in clips}
        assert all(answer["text"] in texts for _, answer in answers)
        swapped = [truth for truth in server.truths if truth.wrong == "swapped"]
        assert len(swapped) >= len(clips) - 2
        given = {(truth.said, truth.answered) for truth in swapped}
        assert sum((answered, said) in given for said, answered in given) >= len(given) - 2


def test_with_nobody_else_there_it_is_the_answer_of_the_one_before(clips: list[Clip]) -> None:
    with serving(settings(swap_rate=1.0, overhead_s=0.02)) as server:
        asked = [(clip, server.ask(b"".join(clip.parts)).json()["text"]) for clip in clips[:4]]
        assert [text for _, text in asked] == [clips[0].text, *(clip.text for clip, _ in asked[:-1])]


def test_answers_are_truncated_and_loop(clips: list[Clip]) -> None:
    with serving(settings(truncate_rate=0.5, loop_rate=0.5)) as server:
        ask_all(server, clips, 8)
        kinds = Counter(truth.wrong for truth in server.truths)
        assert kinds.keys() == {"truncated", "looping"}
        assert min(kinds.values()) >= 10
        for truth in server.truths:
            said, answered = truth.said or "", truth.answered or ""
            if truth.wrong == "truncated":
                assert said.startswith(answered)
                assert len(answered) < len(said)
            else:
                assert len(answered.split()) >= 10


def test_it_errs_only_where_more_are_in_flight_than_it_can_bear(clips: list[Clip]) -> None:
    with serving(settings(wer=1.0, wrong_above=1, overhead_s=0.02)) as server:
        assert server.ask(b"".join(clips[0].parts)).json()["text"] == clips[0].text
    with serving(settings(wer=1.0, wrong_above=1, overhead_s=0.5)) as server:
        ask_all(server, clips[:6], 6)
        assert sorted(truth.wrong or "" for truth in server.truths) == ["", *["errors"] * 5]


@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_fault_while_it_listens_is_answered_and_its_slot_is_free_again(
    clips: list[Clip], stream: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_ears: Ears, _clip: Any) -> Any:
        raise MemoryError

    with serving(settings(slots=1, overhead_s=0.0, swap_rate=1.0)) as server:
        with monkeypatch.context() as patched:
            patched.setattr(Ears, "hear", broken)
            for clip in clips[:3]:
                assert server.ask(b"".join(clip.parts), stream=stream).status_code == 500
        assert server.ask(b"".join(clips[0].parts)).json()["text"] == clips[0].text
    assert "can't listen to a clip" in caplog.text
