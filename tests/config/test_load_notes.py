"""What is told of a load and of SLOs before a run: keys without effect, and limits that will stay uncertain."""

from __future__ import annotations

from pathlib import Path

import pytest

from stt_load.config import Override, load
from stt_load.config.load_notes import planned

P95 = "slo: [p95(response_time_s) < 2]"
FEW = "P95 needs 200 measured rows, 500 advised; 90 are planned"


def notes(folder: Path, text: str, *overrides: Override) -> list[str]:
    file = folder / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return list(load(file, overrides, environ={}).notes)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (P95, FEW),
        (f"{P95}\nload: {{rate: 3}}", FEW),
        (f"{P95}\ntotal_requests: 1000", None),
        (f"{P95}\ntotal_requests: 209", "P95 needs 200 measured rows, 500 advised; 199 are planned"),
        (f"{P95}\ntotal_requests: 210", None),
        (f"{P95}\nload: {{rate: 3}}\nmeasure_for: 30", FEW),
        (f"{P95}\nload: {{stages: '1..5 for 30'}}", FEW),
        (f"{P95}\nload: {{stages: '1..5 for 300'}}", None),
        (f"{P95}\nmeasure_for: 60", None),
        (f"{P95}\nload: {{audio_rate: 30}}", FEW),
        ("slo: [{limit: p95(ttft_s) < 2, abort: true}]\nload: {audio_rate: 30}\nmeasure_for: 60", None),
        ("", None),
        ("slo: [error_rate < 1%]", None),
        (
            "slo: [{limit: p95(response_time_s) < 2, abort: true}]\nmeasure_for: 60",
            "p95(response_time_s) < 2 can end the run only where it is known how many requests there are to be",
        ),
    ],
)
def test_a_limit_that_too_few_requests_are_planned_for(tmp_path: Path, text: str, note: str | None) -> None:
    found = [one for one in notes(tmp_path, text) if "planned" in one or "can end the run" in one]
    assert found == ([] if note is None else [note])


@pytest.mark.parametrize(
    ("levels", "note"),
    [
        ("users 1, 6 for 200 requests", None),
        ("users 32, 1, 16", "load.levels, users 32: P95 needs 960 measured rows, 960 advised; 200 are planned"),
        ("users 1 for 50 requests", "load.levels, users 1: P95 needs 200 measured rows, 500 advised; 50 are planned"),
        ("users 32 for 60", None),
        ("rate 9, 2.5, 5", "load.levels, rate 2.5: P95 needs 200 measured rows, 500 advised; 150 are planned"),
        ("rate 5 for 300 requests", None),
        ("audio_rate 1", None),
        (
            "audio_rate 5, 9 for 90 requests",
            "load.levels, audio_rate 5: P95 needs 200 measured rows, 500 advised; 90 are planned",
        ),
    ],
)
def test_levels_that_are_too_short_for_a_limit(tmp_path: Path, levels: str, note: str | None) -> None:
    """The one that is shortest for it."""
    found = [one for one in notes(tmp_path, f"{P95}\nload: {{levels: '{levels}'}}") if "planned" in one]
    assert found == ([] if note is None else [note])


def test_levels_of_a_search_have_as_many_rows_as_their_test_needs(tmp_path: Path) -> None:
    assert not [one for one in notes(tmp_path, f"{P95}\nload: {{search: users from 32}}") if "planned" in one]


def test_more_users_need_more_requests(tmp_path: Path) -> None:
    """Thirty waves of them."""
    users = Override("concurrent_requests", "16", "-u")
    (note,) = [one for one in notes(tmp_path, f"{P95}\ntotal_requests: 400", users) if "planned" in one]
    assert note.startswith("P95 needs 480 measured rows, ")


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("load: {rate: 3, arrivals: gamma, burstiness: 0.5, max_in_flight: 9, max_lag: 2}", []),
        ("load: {rate: 3, burstiness: 0.5}", ["load.burstiness has no effect: load.arrivals is poisson"]),
        ("load: {rate: 3, burstiness: 1}", []),
        ("load: {rate: 3, speed: 2}", ["load.speed has no effect: there is no load.trace"]),
        ("load: {arrivals: constant}", ["load.arrivals has no effect: users wait for their answers"]),
        ("load: {max_in_flight: 9}", ["load.max_in_flight has no effect: users wait for their answers"]),
        (
            "load: {stages: users 3 for 60, max_lag: 3}",
            ["load.max_lag has no effect: load.stages is of users"],
        ),
        (
            "load: {trace: arrivals.csv, arrivals: constant}",
            ["load.arrivals has no effect: arrivals come as load.trace has them"],
        ),
        ("load: {trace: arrivals.csv, speed: 2}", []),
    ],
)
def test_keys_without_effect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, without: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "arrivals.csv").write_text("offset_s,audio_s\n0,1\n1,2\n", encoding="utf-8")
    assert [note for note in notes(tmp_path, text) if note.startswith("load.") and "no effect" in note] == without


def test_a_warm_up_with_fewer_slots_than_it_is_to_have(tmp_path: Path) -> None:
    text = "load: {rate: 3, max_in_flight: 2}"
    (note,) = [note for note in notes(tmp_path, text) if "max_in_flight" in note]
    assert note == "load.max_in_flight is 2: the warm-up has no more at a time, though concurrent_requests is 5"
    assert not [note for note in notes(tmp_path, "load: {rate: 3}") if "max_in_flight" in note]


def test_how_many_are_planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "arrivals.csv").write_text("offset_s,audio_s\n0,1\n1,2\n", encoding="utf-8")
    file = tmp_path / "config.yaml"
    for text, count in {
        "": 90,
        "warmup_requests: 5": 95,
        "measure_for: 5": None,
        "total_requests: null": None,
        "load: {trace: arrivals.csv}": 2,
        "load: {rate: 2.5}\nmeasure_for: 10": 25,
        "load: {stages: '1..3 for 10, 5 for 4'}": 40,
        "load: {stages: 'users 5 for 4'}": None,
    }.items():
        file.write_text(text, encoding="utf-8")
        assert planned(load(file, environ={}).config) == count


@pytest.mark.parametrize("source", ["noise", "silence"])
@pytest.mark.parametrize(
    ("slo", "told"), [("wer < 15%", True), ("{each: wer < 20%}", True), ("error_rate < 1%", False)]
)
def test_a_limit_of_words_that_nobody_says(tmp_path: Path, source: str, slo: str, told: bool) -> None:
    found = [
        one for one in notes(tmp_path, f"slo: [{slo}]\naudio: {{source: {source}}}") if "no words are said" in one
    ]
    expression = slo.removeprefix("{each: ").removesuffix("}")
    assert (
        found
        == [f"{expression} has no data, and so will be missed: with audio.source {source} no words are said"] * told
    )
    assert not [one for one in notes(tmp_path, f"slo: [{slo}]") if "no words are said" in one]
