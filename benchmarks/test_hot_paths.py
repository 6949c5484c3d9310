"""The steps of one request that are pure, each by itself, and the figures of many. With pytest-benchmark:

pytest benchmarks
"""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.million import LOAD, samples
from stt_load.api.form import Form
from stt_load.audio.sources import AudioSpec, source_of
from stt_load.samples.generator import Generator
from stt_load.samples.sample import Phase, Sample
from stt_load.samples.table import SampleTable
from stt_load.stats.summary import summarise

RATE_HZ = 16_000
FIELDS = (("model", "whisper-1"), ("response_format", "json"))
SAMPLE = Sample(
    seq=7,
    attempt=0,
    phase=Phase.MEASURED,
    worker=0,
    users=5,
    start_s=1.0,
    sent_s=1.0,
    first_byte_s=1.4,
    done_s=1.5,
    pause_s=0.0,
    audio_s=10.0,
    upload_bytes=320_409,
    download_bytes=175,
    status=200,
    error_kind=None,
    error=None,
    text_length=163,
)


@pytest.mark.parametrize("name", ["speech", "noise"])
@pytest.mark.parametrize("seconds", [2, 10, 60])
def test_a_clip(benchmark: Any, name: Any, seconds: int) -> None:
    """Of noise, whatever its length, it costs the same; of speech some 4 microseconds more for each 2.5 s."""
    source = source_of(AudioSpec(name, seconds, RATE_HZ), 1)
    source.load()
    clip = benchmark(source.clip, 123_456, 0)
    assert sum(map(len, clip.parts)) == clip.bytes


@pytest.mark.parametrize("name", ["speech", "noise"])
@pytest.mark.parametrize("duration", ["10..10.001", {"lognormal": {"median": 10.0, "sigma": 0.0001}}], ids=str)
def test_a_clip_whose_length_is_drawn(benchmark: Any, name: Any, duration: Any) -> None:
    """Two microseconds or three more than one of a length that all have, which is 10 s here, too."""
    source = source_of(AudioSpec(name, duration, RATE_HZ), 1)
    source.load()
    clip = benchmark(source.clip, 123_456, 0)
    assert sum(map(len, clip.parts)) == clip.bytes


def test_a_body_around_a_clip(benchmark: Any) -> None:
    source, form = source_of(AudioSpec("speech", 10, RATE_HZ), 1), Form(FIELDS)
    clip = source.clip(1, 0)
    body = benchmark(form.around, clip.parts, clip.bytes)
    assert len(body) == sum(map(len, body.parts))


@pytest.mark.parametrize("already", [0, 1_000_000])
def test_a_record(benchmark: Any, already: int) -> None:
    """The millionth sample costs what the first did."""
    table = SampleTable()
    for _ in range(already):
        table.append(SAMPLE)
    benchmark.pedantic(table.append, (SAMPLE,), iterations=1_000, rounds=50)
    assert len(table) >= already + 50_000


def test_a_summary_of_a_hundred_thousand(benchmark: Any) -> None:
    whole = samples(100_000)
    summary = benchmark(summarise, whole, users=100, load=LOAD, generator=Generator())
    assert summary.metrics.requests.total == 100_000
