"""Real `locust` runs against a real recogniser: what it hears is what the clips say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes.running import Ran, against, end_all, finish, start

from .engines import Whisper, needs_whisper, whisper

pytestmark = [needs_whisper, pytest.mark.real, pytest.mark.locust]

LIMIT_S = 900
"""Of a run: thirty clips take half a minute, and whatever else the machine does much of that time again."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whisper]:
    with whisper(tmp_path_factory.mktemp("engine")) as running:
        yield running
    end_all()


def load(
    server: Whisper, folder: Path, total: int, duration_s: float, seed: int = 1, source: str = "speech", **more: Any
) -> Ran:
    """A run of two users, the first two requests of which are its warm-up."""
    audio = {"source": source}
    config = against(server.url, total + 2, 2, 2, seed=seed, audio=audio, audio_duration=duration_s, **more)
    return finish(start(folder, config), folder, LIMIT_S)


def accuracy(ran: Ran) -> dict[str, Any]:
    """Its figures, of a run in which all went well."""
    assert ran.result["metrics"]["requests"]["failed"] == 0, ran.out
    figures: dict[str, Any] = ran.result["metrics"]["accuracy"]
    return figures


def test_a_few_clips_are_heard(server: Whisper, tmp_path: Path) -> None:
    before = len(server.truths())
    ran = load(server, tmp_path, 6, 10)
    figures = accuracy(ran)
    assert figures["n"] == 6
    assert figures["words"] > 90
    assert figures["wer"] < 0.15
    assert ran.result["accuracy"]["reason"] is None
    truths = server.truths()[before:]
    assert [(truth["status"], truth["audio_s"]) for truth in truths] == [(200, 10.0)] * 8
    assert len({truth["audio_hash"] for truth in truths}) == 8


@pytest.mark.slow
def test_of_thirty_clips_of_ten_seconds_less_than_six_words_in_a_hundred_are_misheard(
    server: Whisper, tmp_path: Path
) -> None:
    ran = load(server, tmp_path, 30, 10)
    figures = accuracy(ran)
    assert figures["n"] == 30
    assert figures["wer"] < 0.06
    assert [figures[flaw] for flaw in ("swapped", "repeated", "truncated", "looping")] == [0] * 4
    assert ran.result["run"]["first_said"]


@pytest.mark.slow
def test_noise_is_heard_as_nothing_and_judges_nothing(server: Whisper, tmp_path: Path) -> None:
    ran = load(server, tmp_path, 10, 10, source="noise")
    figures = accuracy(ran)
    assert (figures["n"], figures["wer"]) == (0, None)
    assert ran.result["accuracy"]["reason"]
    texts = [row["text_length"] for row in ran.result["requests"]]
    assert texts.count(0) >= 11, "of twelve; a recogniser may make something of noise"


@pytest.mark.slow
@pytest.mark.parametrize("duration_s", [2, 5, 30])
def test_clips_of_other_lengths_are_scored(
    duration_s: int, server: Whisper, tmp_path: Path, record_property: Any
) -> None:
    """What their WER is, is information: a short clip has little to go by, and a window ends in the last sentence."""
    figures = accuracy(load(server, tmp_path, 10, duration_s))
    record_property("wer", figures["wer"])
    assert figures["n"] == 10
    assert figures["wer"] < 0.5


@pytest.mark.slow
def test_a_streamed_answer_of_more_than_a_window_comes_in_parts(server: Whisper, tmp_path: Path) -> None:
    ran = load(server, tmp_path, 4, 50, api={"stream": True})
    assert accuracy(ran)["wer"] < 0.15
    for row in ran.result["requests"]:
        assert row["first_text_s"] < row["done_s"]
        assert row["deltas"] > 20
    for truth in server.truths()[-6:]:
        assert truth["first_text_s"] < truth["end_s"]


@pytest.mark.slow
def test_speech_costs_it_more_than_noise(server: Whisper, tmp_path: Path) -> None:
    """Clips of 30 s, where it is two to four times as much."""
    cost_s: dict[str, float] = {}
    for source in ("noise", "speech"):
        (tmp_path / source).mkdir()
        before_s = server.cpu_s()
        load(server, tmp_path / source, 6, 30, source=source)
        cost_s[source] = server.cpu_s() - before_s
    assert cost_s["speech"] > 1.3 * cost_s["noise"]
