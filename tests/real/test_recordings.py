"""A person's voice through a real recogniser: it is understood, and the less so the more noise is added."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.manifest import read
from stt_load.cli import main
from tests.processes.running import against, end_all, finish, start

from . import two_cities
from .engines import Whisper, needs_whisper, whisper
from .test_load import LIMIT_S, accuracy

# A minute; that a recogniser is measured rightly is what test_load has always.
pytestmark = [pytest.mark.slow, needs_whisper, two_cities.needs_recording, pytest.mark.real, pytest.mark.locust]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whisper]:
    with whisper(tmp_path_factory.mktemp("engine")) as running:
        yield running
    end_all()


def wer(server: Whisper, folder: Path, total: int, **audio: Any) -> float:
    """Of a run of two users that sends so many clips, after two that are its warm-up."""
    config = against(server.url, total + 2, 2, 2, seed=1, audio_duration=None, audio=audio)
    folder.mkdir(exist_ok=True)
    ran = finish(start(folder, config), folder, LIMIT_S)
    figures = accuracy(ran)
    assert figures["n"] == total
    return float(figures["wer"])


def test_a_reader_is_understood_and_the_less_so_the_more_noise_there_is(
    server: Whisper, tmp_path: Path, record_property: Any
) -> None:
    """Each of the ten clauses twice, moved and with other levels; then once at each level of noise."""
    files = str(two_cities.clauses(tmp_path))
    before = len(server.truths())
    clean = wer(server, tmp_path / "clean", 18, source="files", files=files)
    assert clean < 0.2
    truths = server.truths()[before:]
    assert len({truth["audio_hash"] for truth in truths}) == len(truths) == 20
    assert sorted(truth["audio_s"] for truth in truths) == sorted(2 * [one["duration"] for one in two_cities.CLAUSES])
    noisy = [
        wer(server, tmp_path / f"snr{snr_db}", 10, source="files", files=files, vary={"snr_db": snr_db})
        for snr_db in (20, 10, 5)
    ]
    assert clean <= noisy[0] + 0.02
    assert noisy[0] < noisy[1] < noisy[2], noisy
    record_property("wer", [clean, *noisy])


def test_a_recording_with_word_times_becomes_a_pack_that_is_understood(server: Whisper, tmp_path: Path) -> None:
    pack = tmp_path / "cities.jsonl"
    assert main(["pack", str(two_cities.whole(tmp_path)), "-o", str(pack)]) == 0
    utterances = read(pack).utterances
    assert 12 <= len(utterances) <= 20
    assert " ".join(one.text for one in utterances) == " ".join(one["text"] for one in two_cities.CLAUSES)
    assert max(one.frames / one.rate_hz for one in utterances) < 10
    assert wer(server, tmp_path / "run", 8, source="speech", pack=str(pack)) < 0.2
