"""Clips of many lengths, from every source: each as long as is known without it, whatever attempt it is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import wave
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from stt_load.audio.clip import Clip
from stt_load.audio.flac import encoded
from stt_load.audio.lengths import Duration
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, digest_of, has_words, seconds_of, source_of, texts_of

FORMS: tuple[Duration, ...] = ("0.1..6", {"lognormal": {"median": 2.0, "sigma": 0.8, "max": 20.0}}, 3.0)
SOURCES = ("speech", "noise", "silence")


def frames(clip: Clip) -> int:
    """What is really there, and what the header says of it."""
    content = b"".join(clip.parts)
    assert len(content) == clip.bytes
    with wave.open(io.BytesIO(content)) as reader:
        assert reader.getframerate() == clip.rate_hz
        assert len(reader.readframes(reader.getnframes() + 1)) == 2 * reader.getnframes() == len(content) - 44
        return reader.getnframes()


@pytest.mark.parametrize("duration", FORMS, ids=str)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("rate_hz", [8_000, 22_050])
def test_every_clip_is_exactly_as_long_as_was_told(source: Any, duration: Duration, rate_hz: int) -> None:
    spec = AudioSpec(source, duration, rate_hz)
    made, seconds = source_of(spec, 5), seconds_of(spec, 5)
    for seq in (*range(60), 2**47):
        clip = made.clip(seq, 0)
        assert frames(clip) / rate_hz == clip.duration_s == seconds(seq)
        assert made.clip(seq, 3).duration_s == made.clip(seq, REPEAT).duration_s == clip.duration_s


def test_what_a_clip_says_is_known_without_it_and_a_short_one_may_say_nothing() -> None:
    spec = AudioSpec("speech", "0.1..6", 16_000)
    made, texts = source_of(spec, 5), texts_of(spec, 5)
    said = [texts(seq, 0) for seq in range(100)]
    assert [" ".join(sentences) for sentences in said] == [made.clip(seq, 0).text for seq in range(100)]
    assert {bool(sentences) for sentences in said} == {True, False}


@pytest.mark.parametrize("source", SOURCES)
def test_clips_of_many_lengths_are_all_unlike(source: Any) -> None:
    made = source_of(AudioSpec(source, "0.1..0.2", 8_000), 5)
    assert len({b"".join(made.clip(seq, attempt).parts) for seq in range(500) for attempt in range(3)}) == 1_500


def test_as_flac_they_are_as_long() -> None:
    spec = AudioSpec("speech", "0.3..6", 16_000)
    for seq in range(20):
        clip = encoded(source_of(spec, 5).clip(seq, 0))
        assert soundfile.info(io.BytesIO(b"".join(clip.parts))).frames / 16_000 == seconds_of(spec, 5)(seq)


TELL = """
import json, sys
from stt_load.audio.sources import AudioSpec, seconds_of, texts_of
spec = AudioSpec(**json.loads(sys.argv[1]))
print(json.dumps([(seconds_of(spec, 5)(seq), *texts_of(spec, 5)(seq, 1)) for seq in range(50)]))
"""


@pytest.mark.parametrize("form", ["3..20", {"lognormal": {"median": 8.0, "sigma": 0.6}}, "lengths.csv"])
def test_another_process_that_gets_the_record_as_json_knows_the_same(
    tmp_path: Path, form: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lengths.csv").write_text("".join(f"{number / 7 + 1}\n" for number in range(30)), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    spec = AudioSpec("speech", {"empirical": form} if form == "lengths.csv" else form, 16_000)
    ran = subprocess.run(
        [sys.executable, "-c", TELL, json.dumps(asdict(spec))], capture_output=True, text=True, check=True
    )
    here = [[seconds_of(spec, 5)(seq), *texts_of(spec, 5)(seq, 1)] for seq in range(50)]
    assert json.loads(ran.stdout) == here


def test_a_digest_is_of_all_files_that_decide_on_clips(tmp_path: Path) -> None:
    table = tmp_path / "lengths.csv"
    table.write_text("3\n4\n", encoding="utf-8")
    speech = AudioSpec("speech", 3.0, 16_000)
    of_a_file = replace(speech, duration={"empirical": str(table)})
    before = digest_of(of_a_file)
    assert digest_of(replace(speech, duration="3..20")) == digest_of(speech)
    assert len({before, digest_of(speech), digest_of(replace(of_a_file, source="noise"))}) == 3
    assert digest_of(replace(speech, source="noise")) is None
    table.write_text("3\n4\n\n", encoding="utf-8")
    assert digest_of(of_a_file) == before
    table.write_text("3\n5\n\n", encoding="utf-8")
    assert digest_of(of_a_file) != before


def test_only_speech_has_words() -> None:
    assert [has_words(AudioSpec(source, 1, 16_000)) for source in SOURCES] == [True, False, False]  # type: ignore[arg-type]
