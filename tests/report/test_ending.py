"""Why a run is not what was planned."""

from __future__ import annotations

from stt_load.config import Config
from stt_load.report.ending import ending, faults
from stt_load.report.messages import Messages
from stt_load.report.width import columns
from stt_load.storage.run_record import RunRecord
from tests.factory import table
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
        "❗ 완료되지 않음: Warm-up 요청 10개 중 0개가 끝난 상태에서(측정된 것 없음) 시간 제한(-t)으로 중지되었습니다."
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
