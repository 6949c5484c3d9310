"""Service time by the length of the clip, as a plot."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.html.blocks import Text
from stt_load.html.length_plot import length_plot
from stt_load.html.plot import Plot
from stt_load.report.messages import Messages
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import FloatArray
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table
from tests.report.runs import run_of

EN = Messages("en")


def run(audio_s: FloatArray, service_s: FloatArray) -> RunRecord:
    return run_of(table(np.cumsum(service_s) - service_s, service_s, audio_s=audio_s))


def linear(n: int = 120) -> RunRecord:
    """Clips of 3 s and more, half a second apart."""
    audio_s = 3 + 0.5 * np.arange(n)
    return run(audio_s, 0.21 + 0.043 * audio_s)


def found(one: RunRecord) -> tuple[Plot, list[str]]:
    section = length_plot(EN, one)
    assert section is not None
    plot, *texts = section.blocks
    assert isinstance(plot, Plot)
    return plot, [text.text for text in texts if isinstance(text, Text)]


def test_clips_of_one_length_say_nothing() -> None:
    assert length_plot(EN, run(np.full(50, 10.0), np.linspace(0.5, 1, 50))) is None
    assert length_plot(EN, run_of(table([], []))) is None
    failed = run_of(table(np.arange(9.0), 0.5, audio_s=np.arange(1.0, 10.0), kind=ErrorKind.CONNECT))
    assert length_plot(EN, failed) is None


def test_answers_are_points_and_the_formula_is_a_line_through_them() -> None:
    plot, texts = found(linear())
    points, line = plot.series
    assert (points.form, len(points.x), line.form, line.role) == ("points", 120, "line", "second")
    assert line.x == pytest.approx([3.0, 62.5])
    assert line.y == pytest.approx([0.21 + 0.043 * 3, 0.21 + 0.043 * 62.5], abs=1e-6)
    assert texts == [
        "An answer takes 0.21 s + 0.043 s per second of audio",
        "95% of the answers are within 0.000 s of that (clips of 3.0 to 62.5 s).",
    ]


def test_steps_rise_where_thirty_seconds_more_are_begun() -> None:
    audio_s = np.arange(10.0, 101.0)
    plot, texts = found(run(audio_s, 0.3 + 0.52 * np.ceil(audio_s / 30)))
    line = plot.series[1]
    assert line.form == "steps"
    assert line.x == pytest.approx([10, 30, 60, 90, 100])
    assert line.y == pytest.approx([0.82, 1.34, 1.86, 2.38, 2.38], abs=1e-6)
    assert "An answer takes 0.30 s + 0.52 s per started 30 s of audio" in texts


@pytest.mark.parametrize(
    ("audio_s", "service_s", "why"),
    [
        (np.linspace(1, 9, 10), np.linspace(1, 2, 10), "too few answers"),
        (np.tile([3.0, 9.0], 100), np.tile([0.5, 0.5], 100), "longer clips took no longer"),
    ],
)
def test_without_a_formula_it_says_why(audio_s: FloatArray, service_s: FloatArray, why: str) -> None:
    plot, texts = found(run(audio_s, service_s))
    assert len(plot.series) == 1
    assert len(texts) == 1
    assert why in texts[0]


def test_clips_of_a_length_that_nobody_knows_are_in_no_point() -> None:
    plot, _ = found(run_of(table(np.arange(20.0), 0.5, audio_s=np.arange(20.0))))
    assert plot.series[0].x.tolist() == np.arange(1.0, 20.0).tolist()


def test_the_warm_up_is_in_no_point() -> None:
    warm = table([-9.0], 5.0, audio_s=99.0, phase=Phase.WARMUP, first_seq=90)
    plot, _ = found(run_of(joined(warm, table(np.arange(20.0), 0.5, audio_s=np.arange(1.0, 21.0)))))
    assert plot.series[0].x.tolist() == np.arange(1.0, 21.0).tolist()


def test_failed_requests_are_in_no_point() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.HTTP_5XX] * 10
    plot, _ = found(run_of(table(np.arange(20.0), 0.5, audio_s=np.arange(1.0, 21.0), kind=kinds)))
    assert plot.series[0].x.tolist() == list(range(1, 21, 2))


def test_what_waited_before_its_send_is_no_part_of_the_service_time() -> None:
    late = run_of(table(np.arange(20.0), 2.0, sent_after_s=1.5, audio_s=np.arange(1.0, 21.0)))
    assert set(found(late)[0].series[0].y.tolist()) == {0.5}


def test_the_table_has_each_answer_once() -> None:
    rows = found(linear())[0].table.rows
    assert sum(int(row[1]) for row in rows) == 120
    assert rows[0] == ("3.00 to 7.96 s", "10", "0.425", "0.532", "0.532")
