"""The report of a sweep and of a search: what decides whether to read on comes first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.config import Config
from stt_load.report.answer import sentence
from stt_load.report.levels_report import brief, ending, generators_end, knee, line, report, result
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.run_info import EndReason
from stt_load.storage.levels_record import LevelsRecord
from tests.report.runs import HEALTHY, PROCESS
from tests.report.searches import closed, found, record_of, tried
from tests.report.test_accuracy import heard

SAY = Messages("en", 2_000)
BUSY = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=9.0, cpu_share=1.0, stalled_s=9.0),))


def searched(**more: object) -> LevelsRecord:
    return record_of(tried(0, 4), tried(1, 6, "fail"), capacity=replace(found(), **more))  # type: ignore[arg-type]


def swept(*users: int, generator: object = HEALTHY) -> LevelsRecord:
    last = len(users) - 1
    return record_of(
        *(
            tried(number, one, "measured", "sweep", generator=generator if number == last else HEALTHY)
            for number, one in enumerate(users)
        )
    )


def test_the_answer_is_the_first_line_of_a_search() -> None:
    record = searched()
    _, heading, _, first, *_ = result(SAY, record)
    assert heading == SAY("result.heading")
    assert first == f"Capacity: {sentence(SAY, record)}."
    assert "Capacity" not in "".join(result(SAY, swept(1, 2)))


def test_a_coarse_search_says_what_it_overrides() -> None:
    assert any("Coarse" in one and "100%" in one for one in brief(SAY, searched(mode="coarse", resolution=1.0)))
    assert not any("Coarse" in one for one in brief(SAY, searched()))


def test_the_knee_is_that_of_the_record_or_of_its_answer() -> None:
    assert knee(SAY, swept(1, 2)) == SAY("tried.no_knee")
    assert "at 2 in flight;" in knee(SAY, replace(swept(1, 2), knee=2.0))
    assert "at 1 in flight or below;" in knee(SAY, replace(swept(1, 2), knee=1.0)), "below nothing was tried"
    assert "at 3 in flight" in knee(SAY, searched(knee=3.0))
    assert knee(SAY, searched()) in brief(SAY, searched())


def test_where_the_generator_was_at_its_end_is_said_with_the_reasons() -> None:
    told = list(result(SAY, swept(1, 2, 4, generator=BUSY)))
    assert SAY("tried.generator", load="4 in flight", verdict="INVALID") in told
    at = told.index("4 in flight: the measurement is INVALID:")
    assert told[at + 1].startswith("  - The load generator read answers late")
    assert not any("measurement is" in one or "was at its end" in one for one in result(SAY, swept(1, 2, 4)))


def test_a_stall_that_passes_is_not_the_generator_s_end() -> None:
    levels = [tried(number, 1 + number, "measured", "sweep") for number in range(4)]
    for doubtful, end in (((0, 2), None), ((1, 2, 3), 1), ((0, 3), 3), ((), None)):
        some = [
            tried(number, 1 + number, "measured", "sweep", generator=BUSY) if number in doubtful else levels[number]
            for number in range(4)
        ]
        found_ = generators_end(record_of(*some))
        assert (None if found_ is None else found_.number) == end
    search = record_of(tried(0, 4, generator=BUSY), tried(1, 4), capacity=found(4.0, None))
    assert generators_end(search) is None
    assert any("4 in flight, to confirm: the measurement is INVALID:" in one for one in result(SAY, search))
    limited = replace(search, capacity=found(4.0, None, limited="generator"))
    assert generators_end(limited) is limited.levels[0]


def test_levels_with_too_few_requests_for_an_slo_are_named_together() -> None:
    few = [
        tried(number, users, "measured", "sweep", samples=closed(users, n=60)) for number, users in enumerate((1, 2))
    ]
    told = list(result(SAY, record_of(*few)))
    assert [one for one in told if "Too few" in one] == [
        SAY("tried.all_too_few", loads="1 in flight, 2 in flight", needed=200)
    ]
    assert not any("was at its end" in one for one in told)
    searched_few = record_of(tried(0, 4, samples=closed(4, n=60)), capacity=found(4.0, None))
    assert not any("Too few" in one for one in result(SAY, searched_few))


@pytest.mark.parametrize("reason", ["interrupted", "stopped", "time_limit", "gave_up", "workers_lost", "dead_warmup"])
def test_an_end_that_was_not_planned_is_said(reason: EndReason) -> None:
    record = replace(searched(), info=replace(searched().info, complete=False, end_reason=reason, detail="as it is"))
    first, second = ending(SAY, record)
    assert first == SAY(f"end.{reason}", progress="2 levels", wait="60 s")
    assert "as it is" in second
    assert first in brief(SAY, record)
    assert not list(ending(SAY, searched()))


def test_what_broke_is_said() -> None:
    record = searched()
    record = replace(record, info=replace(record.info, faults=("A row is missing",)))
    assert list(brief(SAY, record))[-2:] == [SAY("faults.heading"), "   - A row is missing"]


def test_a_level_that_has_ended_is_a_line() -> None:
    (told,) = line(SAY, tried(0, 4, "pass", "screen"))
    level = tried(0, 4).run.summary.metrics
    assert told.startswith("  4 in flight, screened: ")
    assert f"P95 {level.response_time_s.p95:.3f} s, 0.0% failed, n = 200: pass" in told
    (told,) = line(SAY, tried(0, 4, "fail"))
    assert told.startswith("  4 in flight, to confirm: ")
    assert told.endswith(": FAIL")
    (told,) = line(SAY, tried(0, 4, "measured", "sweep"))
    assert told.endswith("n = 200: too few")
    (told,) = line(SAY, tried(0, 4, "measured", "sweep", config=Config()))
    assert told.endswith("n = 200")


def test_the_whole_report_names_its_files_and_what_was_heard_first() -> None:
    record = searched()
    record = replace(record, info=replace(record.info, first_transcript="so it goes"))
    told = list(report(SAY, record, [Path("one.json")]))
    assert told[0] == SAY("report.of", path="one.json", started=record.info.started_at)
    assert any("so it goes" in one for one in told)
    assert told[-1] == list(result(SAY, record))[-1]
    assert SAY("report.not_saved") in next(iter(report(SAY, record, [])))


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_too_wide(language: Language, width: int) -> None:
    say = Messages(language, width)
    for record in (searched(mode="coarse", limited="max_time", monotone=False), swept(1, 2, 40, generator=BUSY)):
        record = replace(
            record, info=replace(record.info, complete=False, end_reason="interrupted", faults=("x " * 80,))
        )
        assert max(map(columns, report(say, record, []))) <= width
        for level in record.levels:
            assert max(map(columns, line(say, level))) <= width


@pytest.mark.parametrize(("mode", "because"), [("auto", True), ("coarse", False)])
def test_only_where_the_mode_was_left_to_it_is_time_the_reason_for_a_coarse_one(mode: str, because: bool) -> None:
    levels = tried(0, 4), tried(1, 8, "fail")
    record = record_of(*levels, capacity=found(4, 8, mode="coarse", resolution=1.0), search={"mode": mode})
    said = next(one for one in brief(SAY, record) if "Coarse" in one)
    assert ("as there is no time for more" in said) is because


@pytest.mark.parametrize(
    ("at_least", "carries", "fails_at", "said"),
    [
        (4, 4, 6, "It carries that."),
        (6, 4, 6, "It does not carry that."),
        (5, 4, 6, "It can't tell whether that is carried."),
        (5, None, 6, "It can't tell whether that is carried."),
    ],
)
def test_what_was_to_be_carried_is_answered_in_a_line_of_its_own(
    at_least: float, carries: float | None, fails_at: float, said: str
) -> None:
    levels = tried(0, 4), tried(1, 6, "fail")
    record = record_of(*levels, capacity=found(carries, fails_at), search={"at_least": at_least})
    _, second, *_ = brief(SAY, record)
    assert second == f"   Asked for: at least {at_least:g} requests in flight. {said}"
    assert not any("Asked for" in one for one in brief(SAY, searched()))


def test_what_is_heard_wrong_at_all_loads_is_said_once() -> None:
    def levels(*wrong: int) -> list[str]:
        some = [replace(tried(n, 2**n), run=heard(words, character_edits=4 * words)) for n, words in enumerate(wrong)]
        return [one for one in brief(SAY, record_of(*some, capacity=found())) if "❗" in one]

    assert not levels(1, 1)
    (one,) = levels(14, 1)
    assert one.startswith("❗ At 1 in flight: WER 93%")
    (one,) = levels(14, 14, 15, 14)
    assert one.startswith("❗ At 1 in flight, and likewise at 2 in flight, 4 in flight, 8 in flight: WER 93%")


def test_what_may_pass_is_no_end_of_the_generator() -> None:
    late = replace(HEALTHY, workers=(replace(PROCESS, stalled_s=9.0),))
    told = "\n".join(result(SAY, swept(1, 2, generator=late)))
    assert "2 in flight: the measurement is INVALID" in told
    assert "was at its end" not in told
    ended = record_of(tried(0, 4), tried(1, 6, generator=late), capacity=found(4.0, None, limited="generator"))
    told = "\n".join(brief(SAY, ended))
    assert SAY("tried.generator_doubt", load="6 in flight", verdict="INVALID") in told
    busy = record_of(tried(0, 4), tried(1, 6, generator=BUSY), capacity=found(4.0, None, limited="generator"))
    assert SAY("tried.generator", load="6 in flight", verdict="INVALID") in brief(SAY, busy)


def test_a_level_that_was_cut_short_is_not_among_those_it_came_to_an_end_after() -> None:
    record = record_of(
        tried(0, 1, "measured", "sweep"), tried(1, 2, "measured", "sweep", complete=False), end_reason="stopped"
    )
    (said, *_) = ending(SAY, replace(record, info=replace(record.info, complete=False)))
    assert said == SAY("end.stopped", progress="1 level", wait="60 s")
