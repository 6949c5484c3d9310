"""What is shown of levels that are repeated: what is the same of all runs once, of each what came of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from stt_load.config import Config, masked
from stt_load.locust_plugin.levels_of_series import LevelsOfSeries
from stt_load.samples.run_info import RunInfo
from stt_load.search.estimate import Estimate
from tests.locust_plugin.test_display import NO_WARMUP
from tests.locust_plugin.test_levels_notice import level, record, sweep

ASKED = Estimate(levels=2, seconds=None, requests=180, audio_s=None)


def run(number: int, shown: io.StringIO, **files: Path) -> Iterator[str]:
    """The `number`-th of two runs of a sweep of two levels, which writes `files`; its lines."""
    asked = {key: str(path) for key, path in files.items()}
    config = Config.model_validate({"report": {"language": "en", **asked}})
    display = LevelsOfSeries(number, 2, "en", masked(config), report=shown, aside=io.StringIO())
    display.estimated(ASKED)
    found = record(level(0, 1), level(1, 2))
    info: RunInfo = replace(found.info, levels=sweep(1, 2))
    for one in found.levels:
        display.trying(one.trial)
        display.started(info)
        display.warming_up()
        display.measuring(NO_WARMUP, "a first transcript")
        display.finished(one.run)
        display.level(one)
    display.concluded(replace(found, path=Path(f"out_{number}.json")))
    if files:
        assert display.tell_ci(found, failures_fail=True)
    yield from shown.getvalue().splitlines()


def test_what_is_asked_for_and_the_first_answer_are_said_once_and_each_level_in_each_run() -> None:
    first, second = list(run(1, io.StringIO())), list(run(2, io.StringIO()))
    assert second[:2] == ["", "▶ Run 2 of 2, all levels"]
    assert first.index("▶ Run 1 of 2, all levels") > first.index("🚀 Load test of the STT service")
    assert sum("a first transcript" in line for line in (*first, *second)) == 1
    for lines in (first, second):
        assert sum(line.startswith(("  1 in flight", "  2 in flight")) for line in lines) == 2
        assert not any("Results" in line for line in lines), "`stt-load report` has the table"
    assert second[-1] == "💾 Result saved to out_2.json"


def test_each_run_has_cases_and_a_page_of_its_own(tmp_path: Path) -> None:
    list(run(2, io.StringIO(), junit=tmp_path / "junit.xml", html=tmp_path / "page.html"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit_2.xml", "page_2.html"]
