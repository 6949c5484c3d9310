"""Why a run is not what was planned."""

from __future__ import annotations

import numpy as np
import pytest

from stt_load.config import Config
from stt_load.report.ending import ending, faults
from stt_load.report.messages import Messages
from stt_load.report.width import columns
from stt_load.samples.run_info import OpenLoop
from stt_load.samples.sample import Phase
from stt_load.storage.run_record import RunRecord
from tests.factory import joined, table
from tests.load.timetables import open_loop
from tests.report.runs import run_of, steady

SAY = Messages("en")
WORDS = "HTTP 500: " + "the model could not be loaded " * 8 + "x" * 100


def test_a_run_that_came_to_its_end_needs_no_words() -> None:
    assert [*ending(SAY, run_of(steady())), *faults(SAY, run_of(steady()))] == []


def test_the_services_words_are_whole_whatever_the_width() -> None:
    for width in (40, 80, 160):
        run = run_of(table([], []), complete=False, end_reason="dead_warmup", detail=WORDS, barrier_s=None)
        lines = list(ending(Messages("en", width), run))
        assert max(map(columns, lines)) <= width
        said = "".join("".join(lines).split())
        assert "Itsaid:" + WORDS.replace(" ", "") + "`stt-load" in said


def test_where_the_service_never_answered_well_it_says_how_to_look_at_one_request() -> None:
    for reason in ("dead_warmup", "not_ready", "gave_up", "stopped"):
        run = run_of(table([], []), complete=False, end_reason=reason, detail="no", barrier_s=None)
        for language in ("en", "ko"):
            lines = list(ending(Messages(language, 120), run))
            assert ("`stt-load probe`" in " ".join(lines)) is (reason in ("dead_warmup", "not_ready"))


def test_korean_says_how_far_it_came_within_its_sentence() -> None:
    def first(run: RunRecord) -> str:
        return list(ending(Messages("ko", 200), run))[1]

    stopped = {"complete": False, "end_reason": "stopped"}
    some, none, limit = steady(37, warmup=0), table([], []), {"complete": False, "end_reason": "time_limit"}
    assert first(run_of(some, **stopped)) == "❗ 완료되지 않음: 요청 90개 중 37개를 마친 뒤 사용자가 중지했습니다."
    warming = (
        "❗ 완료되지 않음: 워밍업 요청 10개 중 0개가 끝난 상태에서(측정된 것 없음) 시간 제한(-t)으로 중지되었습니다."
    )
    assert first(run_of(none, barrier_s=None, **limit)) == warming
    endless = Config(total_requests=None)
    planned = first(run_of(some, endless, **limit))
    assert planned == "4.00초 동안 37개 요청을 마친 뒤 시간 제한(-t)으로 끝났습니다."


def test_each_fault_is_a_point_of_its_own() -> None:
    lines = list(faults(SAY, run_of(steady(), faults=("One thing.", "another " * 20))))
    assert lines[:3] == ["", SAY("faults.heading"), "   - One thing."]
    assert lines[3].startswith("   - another another")
    assert lines[4].startswith("     another")


def test_of_arrivals_what_was_measured_is_held_against_what_was_planned_less_what_settled() -> None:
    load = open_loop((5.0, 5.0, 10.0), (9.0, 9.0, 10.0), planned=140)
    samples = joined(table(np.arange(30) * 0.2, 0.5, phase=Phase.SETTLING), table(6 + np.arange(20) * 0.2, 0.5))
    ended = {"complete": False, "end_reason": "interrupted", "load": load}
    config = Config(total_requests=None)
    said = list(ending(SAY, run_of(samples, config, **ended)))
    assert said[1].startswith("❗ Not complete: interrupted")
    assert " after 20 of 110 requests." in " ".join(said)


@pytest.mark.parametrize("load", [open_loop((5.0, 5.0, 10.0), planned=50), open_loop((5.0, 5.0, None))])
def test_only_a_run_without_an_end_is_as_planned_where_somebody_stops_it(load: OpenLoop) -> None:
    run = run_of(steady(), Config(total_requests=None), complete=False, end_reason="stopped", load=load)
    assert bool(list(ending(SAY, run))) is (load.planned is not None)


def test_a_figure_that_is_known_precisely_is_a_planned_end_and_is_said() -> None:
    asked = Config(total_requests=None, stop_when={"metric": "p95(response_time_s)", "within": 0.05})
    said = " ".join(ending(SAY, run_of(steady(), asked, end_reason="precise")))
    assert said.split("(")[0].endswith("as precisely as was asked for, after 90 requests in 9.00 s ")
    lost = " ".join(ending(SAY, run_of(steady(), asked, end_reason="precise", complete=False)))
    assert "rows of requests are missing" in lost


def test_a_run_that_an_slo_has_ended_says_so() -> None:
    said = " ".join(ending(SAY, run_of(steady(40), complete=False, end_reason="slo_lost")))
    assert "ended after 40 of 90 requests, as an SLO that ends the run (abort) could not be met any more" in " ".join(
        said.split()
    )
