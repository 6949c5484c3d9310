"""Clips along a trace: each of its request's length, or its recording; on any worker, and from every source."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from stt_load.audio.corpus import CorpusError
from stt_load.audio.names import REPEAT
from stt_load.audio.sources import AudioSpec, digest_of, seconds_of, source_of, texts_of
from stt_load.audio.trace import place_of
from tests.audio.recordings import manifest, written

RATE_HZ, WARMUP = 16_000, 3
LENGTHS_S = (0.5, 2.0, 1.25, 0.1, 6.0)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


def traced(folder: Path, *lines: Any, name: str = "trace.jsonl") -> str:
    path = folder / name
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return str(path)


def of_lengths(folder: Path, lengths_s: tuple[float, ...] = LENGTHS_S) -> str:
    return traced(folder, *({"offset_s": number, "audio_s": one} for number, one in enumerate(lengths_s)))


def naming(folder: Path, *names: str) -> str:
    return traced(folder, *({"offset_s": number, "file": name} for number, name in enumerate(names)))


def test_after_the_warm_up_the_trace_begins_and_the_warm_up_is_like_its_first_requests() -> None:
    assert [place_of(seq, 3, 5) for seq in range(8)] == [0, 1, 2, 0, 1, 2, 3, 4]
    assert [place_of(seq, 7, 2) for seq in range(9)] == [0, 1, 0, 1, 0, 1, 0, 0, 1]


@pytest.mark.parametrize("source", ["speech", "noise", "silence"])
def test_each_clip_is_as_long_as_its_request_says_whatever_the_seed(tmp_path: Path, source: Any) -> None:
    spec = AudioSpec(source, 9.0, RATE_HZ, trace=of_lengths(tmp_path), warmup=WARMUP)
    expected = [*LENGTHS_S[:WARMUP], *LENGTHS_S]
    for seed in (1, 2):
        made, seconds = source_of(spec, seed), seconds_of(spec, seed)
        assert [seconds(seq) for seq in range(8)] == expected
        assert [made.clip(seq, REPEAT).duration_s for seq in range(8)] == expected
        assert len({b"".join(made.clip(seq, 0).parts) for seq in range(8)}) == 8
    texts = texts_of(spec, 1)
    assert [bool(texts(seq, 0)) for seq in range(8)] == [source == "speech" and one > 1 for one in expected]


def test_recordings_are_joined_to_the_lengths_of_a_trace(tmp_path: Path) -> None:
    files = written(tmp_path / "in", *[8_000] * 6)
    spec = AudioSpec("files", None, RATE_HZ, files=str(files), trace=of_lengths(tmp_path), warmup=WARMUP)
    seconds, made = seconds_of(spec, 1), source_of(spec, 1)
    assert [seconds(seq) for seq in range(WARMUP, 8)] == list(LENGTHS_S)
    assert made.clip(WARMUP + 4, 0).duration_s == 6.0
    assert len(texts_of(spec, 1)(WARMUP + 4, 0)) > 3


def test_a_trace_may_say_which_recording_each_request_is(tmp_path: Path) -> None:
    """From the trace's own folder, or from that of the recordings; the same one as often as it likes."""
    files = written(tmp_path / "in", 8_000, 16_000, 24_000)
    trace = naming(tmp_path, "in/00002.wav", "00000.wav", "in/../in/00002.wav", str(files / "00001.wav"))
    spec = AudioSpec("files", 5.0, RATE_HZ, files=str(files), trace=trace, warmup=WARMUP)
    order = [2, 0, 2, 2, 0, 2, 1]
    seconds, texts, made = seconds_of(spec, 1), texts_of(spec, 1), source_of(spec, 1)
    assert [texts(seq, 0) for seq in range(7)] == [(f"Text number {one}.",) for one in order]
    assert [seconds(seq) for seq in range(7)] == [(one + 1) / 2 for one in order]
    assert [made.clip(seq, 0).text for seq in range(7)] == [f"Text number {one}." for one in order]


def test_of_a_manifest_the_names_begin_in_its_folder_too(tmp_path: Path) -> None:
    written(tmp_path / "in", 8_000, 16_000)
    lines = [{"audio": f"0000{one}.wav", "text": f"Said {one}."} for one in range(2)]
    files = manifest(tmp_path / "in", *lines)
    spec = AudioSpec("files", None, RATE_HZ, files=str(files), trace=naming(tmp_path, "00001.wav"))
    assert texts_of(spec, 1)(0, 0) == ("Said 1.",)


def test_a_recording_that_is_not_there_is_told_with_its_line_and_so_are_all(tmp_path: Path) -> None:
    written(tmp_path / "in", 8_000)
    lines = [{"audio": "00000.wav", "text": "A.", "offset": one, "duration": 0.2} for one in (0, 0.25)]
    files = manifest(tmp_path / "in", *lines)
    trace = naming(tmp_path, "00000.wav", "gone.wav", "gone.wav")
    with pytest.raises(CorpusError) as raised:
        seconds_of(AudioSpec("files", None, RATE_HZ, files=str(files), trace=trace), 1)
    assert str(raised.value).replace(trace, "FILE").splitlines() == [
        "FILE, line 1: 00000.wav is the file of 2 recordings of manifest.jsonl; name one that has its own",
        "FILE, line 2: gone.wav is no recording of manifest.jsonl, which audio.files names",
        "FILE, line 3: gone.wav is no recording of manifest.jsonl, which audio.files names",
    ]


def test_only_recordings_can_be_sent_by_name(tmp_path: Path) -> None:
    spec = AudioSpec("noise", None, RATE_HZ, trace=naming(tmp_path, "a.wav"))
    with pytest.raises(ValueError, match=r"trace\.jsonl names recordings, which only audio\.source files sends"):
        source_of(spec, 1)


def test_another_trace_has_another_digest_for_every_source(tmp_path: Path) -> None:
    one = of_lengths(tmp_path)
    noise = AudioSpec("noise", None, RATE_HZ, trace=one)
    other = traced(tmp_path, {"offset_s": 0, "audio_s": 1}, name="other.jsonl")
    digests = {digest_of(spec) for spec in (noise, replace(noise, trace=other), replace(noise, source="speech"))}
    assert len(digests) == 3
    assert None not in digests
    copied = traced(tmp_path, *({"offset_s": at, "audio_s": s} for at, s in enumerate(LENGTHS_S)), name="copy.jsonl")
    assert digest_of(replace(noise, trace=copied)) == digest_of(noise)


TELL = """
import json, sys
from stt_load.audio.sources import AudioSpec, seconds_of, texts_of
spec = AudioSpec(**json.loads(sys.argv[1]))
print(json.dumps([(seconds_of(spec, 5)(seq), *texts_of(spec, 5)(seq, 1)) for seq in range(20)]))
"""


def test_another_process_that_gets_the_record_as_json_knows_the_same(tmp_path: Path) -> None:
    spec = AudioSpec("speech", None, RATE_HZ, trace=of_lengths(tmp_path), warmup=WARMUP)
    words = [sys.executable, "-c", TELL, json.dumps(asdict(spec))]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [[seconds_of(spec, 5)(seq), *texts_of(spec, 5)(seq, 1)] for seq in range(20)]
