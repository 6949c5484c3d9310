"""What the page says of a run, from views of one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stt_load.config import Config
from stt_load.load.budget import Budget
from stt_load.locust_plugin import levels_notice
from stt_load.locust_plugin.levels_notice import Table
from stt_load.locust_plugin.notice import Notice, NoticeBoard, RunView
from stt_load.report.messages import Language, Messages
from stt_load.run.progress import ProcessState
from stt_load.run.run import Run
from stt_load.samples.levels import Trial
from stt_load.samples.run_info import ClosedLoop, Load, OpenLoop, Stage
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.storage.levels_record import TriedLevel
from tests.factory import table
from tests.gates.made import P95, held, limit
from tests.locust_plugin.test_levels_notice import KNOWN, SEARCH, View, level, record, sweep, trial
from tests.making import barrier_of
from tests.report.runs import run_of, steady
from tests.report.test_accuracy import heard

CLOSED = ClosedLoop(users=1, request_delay_s=0.0)
OPEN = OpenLoop(
    stages=(Stage(first=1.0, last=1.0, for_s=None),),
    staged=False,
    audio_rate=None,
    arrivals="poisson",
    burstiness=1.0,
    trace=None,
    planned=None,
    warmup_users=1,
    max_in_flight=1,
    max_lag_s=1.0,
)


def look(view: RunView, language: Language = "en", state: ProcessState | None = None) -> Notice:
    return NoticeBoard(language, lambda: view, lambda: state or ProcessState()).look()


def going(
    warmup: int,
    *,
    released: bool = True,
    repeat_check: int = 0,
    load: Load = CLOSED,
    number: int | None = None,
) -> tuple[Run, Budget]:
    """A run with one user that has a request in flight, as far as the board looks at it. number: of its level."""
    budget = Budget(10, warmup, 1, repeat_check)
    barrier = barrier_of(budget)
    if released:
        barrier.release()
        budget.slots.join("user")
        barrier.check_barrier()
        budget.take("user")
    order, info = SimpleNamespace(config=Config(wait_ready=30), level=number), SimpleNamespace(load=load)
    return cast(Run, SimpleNamespace(barrier=barrier, order=order, info=info)), budget


def dead() -> RunView:
    said = "can't connect to 127.0.0.1:1: Connection refused"
    samples = table([0.0, 0.1], 0.001, phase=Phase.WARMUP, kind=ErrorKind.CONNECT)
    return RunView(outcome=run_of(samples, barrier_s=None, complete=False, end_reason="dead_warmup", detail=said))


def test_before_any_run_there_is_nothing_to_say() -> None:
    assert look(RunView()) == Notice()


def test_a_run_that_is_being_made_ready_says_so_whatever_was_before() -> None:
    assert look(replace(dead(), starting=True)) == Notice("going", ("The run is being made ready.",))


def test_while_it_warms_up_the_page_says_so_and_why_its_tables_are_empty() -> None:
    run, _ = going(warmup=5)
    notice = look(RunView(run=run))
    assert notice.kind == "going"
    assert notice.lines[0].startswith("Warm-up: 0/5")
    assert notice.lines[1] == "The tables below count nothing before the warm-up is over."


def test_before_the_warm_up_it_says_what_is_sent_again() -> None:
    run, _ = going(warmup=5, repeat_check=2)
    first, second = look(RunView(run=run)).lines
    assert first.startswith("Repeat check, one request at a time: 0/4")
    assert second.startswith("Before the warm-up some clips are sent twice")


def test_the_measuring_is_told_as_on_the_console() -> None:
    run, _ = going(warmup=0)
    (line,) = look(RunView(run=run)).lines
    assert line.startswith("Measuring: 0/10")


def test_a_service_that_is_waited_for_is_waited_for_on_the_page_too() -> None:
    run, _ = going(warmup=0, released=False)
    (line,) = look(RunView(run=run)).lines
    assert line.startswith("Waiting for the service to be ready: 30 s left")


def test_an_end_that_takes_its_time_says_what_is_waited_for() -> None:
    run, budget = going(warmup=0)
    budget.close()
    (line,) = look(RunView(run=run), state=ProcessState(drain_s=7.0)).lines
    assert line == "Stopping: waiting for 1 request in flight, for at most 7 s", "a page has no Ctrl-C"


def test_a_dead_run_says_why_it_is_dead_and_what_the_service_said() -> None:
    notice = look(dead())
    assert notice.kind == "bad"
    said = " ".join(notice.lines)
    assert "Stopped: the service gave no good answer in the warm-up, so nothing was measured" in said
    assert "It said: can't connect to 127.0.0.1:1: Connection refused" in said
    assert "  " not in said, "a browser breaks the lines itself"


def test_a_start_that_came_to_nothing_says_why() -> None:
    notice = look(RunView(called_off="the embedded server did not start: no such\x1b\nmachine"))
    assert notice.kind == "bad"
    first, second = notice.lines
    assert first.endswith("could not be started: the embedded server did not start: no such\ufffd")
    assert second == "machine"


def test_a_good_run_has_its_verdict() -> None:
    notice = look(RunView(outcome=run_of(steady(), Config(total_requests=100, warmup_requests=10))))
    assert notice.kind == "good"
    assert any("VALID" in line for line in notice.lines)


def test_a_run_with_failures_is_no_good_news_and_one_of_failures_only_is_bad() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.HTTP_5XX]
    some, all_of_them = (table([0.0, 1.0], 0.5, kind=kind) for kind in (kinds, ErrorKind.HTTP_5XX))
    assert look(RunView(outcome=run_of(some))).kind == "doubtful"
    assert look(RunView(outcome=run_of(all_of_them))).kind == "bad"


def test_a_run_over_a_limit_is_no_good_news() -> None:
    """One of a gate, or one of its own; and the page says which."""
    over = look(RunView(outcome=held(run_of(steady()), limit(P95, 0.4))))
    missed = look(RunView(outcome=run_of(steady(), Config.model_validate({"slo": ["p95(response_time_s) < 0.4"]}))))
    within = look(RunView(outcome=held(run_of(steady()), limit(P95, 0.6))))
    assert [one.kind for one in (over, missed, within)] == ["doubtful", "doubtful", "good"]
    assert "- OVER: p95(response_time_s) (observed 0.500 s, at most 0.400 s)" in over.lines


def test_a_service_that_hears_something_else_is_no_good_news() -> None:
    notice = look(RunView(outcome=heard(14, character_edits=60)))
    assert notice.kind == "doubtful"
    assert "WER: 93.3% (95% CI 93.3%–93.3%)" in notice.lines
    assert [line for line in notice.lines if line.startswith("❗ WER 93%: the service hears something else")]
    assert look(RunView(outcome=heard(1))).kind == "good"


def test_failed_requests_of_other_users_are_no_good_news_either() -> None:
    good = run_of(steady(), Config(total_requests=100, warmup_requests=10))
    notice = look(RunView(outcome=good, others_failed=7))
    assert notice.kind == "doubtful"
    assert "❗ 7 requests of other user classes failed: see the tab Failures." in notice.lines


@pytest.mark.parametrize("reason", ["interrupted", "stopped"])
def test_a_run_that_is_not_complete_is_no_good_news(reason: str) -> None:
    run = run_of(steady(), Config(total_requests=100, warmup_requests=10), complete=False, end_reason=reason)
    notice = look(RunView(outcome=run))
    assert notice.kind == "doubtful"
    assert "Not complete" in " ".join(notice.lines)


def test_a_measurement_that_is_not_to_be_believed_is_bad_news_each_reason_in_its_line() -> None:
    run = run_of(steady())
    notice = look(
        RunView(outcome=run.invalid(replace(run.info, generator=replace(run.info.generator, listener_errors=2))))
    )
    assert notice.kind == "bad"
    assert [line for line in notice.lines if line.startswith("- ")]


def test_what_there_is_to_download_is_told_and_nothing_else(tmp_path: Path) -> None:
    def names(path: Path | None) -> list[str]:
        return [link.name for link in look(RunView(outcome=run_of(steady(), path=path))).links]

    assert names(None) == ["report"], "it could not be saved"
    path = tmp_path / "result.json"
    assert names(path) == ["report", "result"]
    (tmp_path / "result.requests.jsonl.gz").write_bytes(b"rows")
    assert names(path) == ["report", "result", "requests"]
    table_of_rows = replace(run_of(steady()), rows_path=tmp_path / "rows.csv")
    assert [link.name for link in look(RunView(outcome=table_of_rows)).links] == ["report", "rows"]
    assert look(RunView(run=going(1)[0])).links == ()


def test_an_end_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict looks at many rows, and the page asks each second."""
    asked: list[Any] = []
    view = RunView(outcome=run_of(steady()))
    board = NoticeBoard("en", lambda: view, ProcessState)
    first = board.look()
    monkeypatch.setattr("stt_load.report.judgement.verdict", lambda *_: asked.append(1) or [])
    assert board.look() is first
    assert asked == []


def test_the_rows_of_a_run_are_let_go_when_the_next_one_begins() -> None:
    views = [RunView(outcome=run_of(steady()))]
    board = NoticeBoard("en", lambda: views[-1], ProcessState)
    board.look()
    last = weakref.ref(cast(Any, views.pop().outcome))
    views.append(RunView(starting=True))
    board.look()
    gc.collect()
    assert last() is None


@pytest.mark.parametrize(("path", "file"), [(Path("/runs/one.json"), "/runs/one.json"), (None, "not saved")])
def test_the_report_is_that_of_stt_load_report(path: Path | None, file: str) -> None:
    view = RunView(outcome=run_of(steady(), path=path))
    report = NoticeBoard("en", lambda: view, ProcessState).report()
    assert report is not None
    first, *more = report.splitlines()
    assert first == f"📂 {file} (run of 2024-01-01T12:00:00.000+09:00)"
    assert "📁 Configuration: config.yaml" in more
    assert "🌐 API: http://127.0.0.1:8000/v1/audio/transcriptions" in more
    assert any("model whisper-1" in line for line in more)
    assert "  P95: 0.500 s" in "\n".join(more)
    assert NoticeBoard("en", RunView, ProcessState).report() is None


def test_the_page_speaks_the_language_of_the_report() -> None:
    run, _ = going(warmup=5)
    assert "워밍업이 끝날 때까지" in look(RunView(run=run), "ko").lines[1]
    assert "성능" in str(NoticeBoard("ko", dead, ProcessState).report())


@pytest.mark.parametrize("load", [CLOSED, OPEN])
def test_the_page_hears_of_an_open_loop_while_it_lasts_and_when_it_has_ended(load: Load) -> None:
    opens = load is OPEN
    assert look(RunView(run=going(1, load=load)[0])).open_loop is opens
    assert look(RunView(outcome=run_of(steady(), load=load))).open_loop is opens


def a_search(*tried: TriedLevel) -> View:
    return View(SEARCH, tried, trial(8, "confirm"), KNOWN)


def test_of_a_level_that_is_on_it_says_what_it_is_for_how_far_it_is_and_what_is_known_by_now() -> None:
    search = a_search(level(0, 4, "pass", "screen"))
    notice = look(RunView(run=going(warmup=0, number=1)[0], levels=search))
    first, second, third, last = notice.lines
    assert last.startswith("Expected: at most 14 levels, about 8 min")
    assert first == "Level 2: 8 in flight, a longer test to confirm it"
    assert second.startswith("Measuring: 0/10")
    assert third.startswith("So far: carried at 4")
    assert notice.kind == "going"
    assert notice.levels is not None
    assert [row.kind for row in notice.levels.rows] == ["pass", "on"]
    assert notice.open_loop is False


@pytest.mark.parametrize("number", [0, 1])
def test_only_before_the_first_level_are_the_tables_below_empty(number: int) -> None:
    search = a_search(*[level(0, 4, "pass", "screen")][:number])
    lines = look(RunView(run=going(warmup=5, number=number)[0], levels=search)).lines
    assert any(line.startswith("Warm-up: 0/5") for line in lines)
    assert any(line.startswith("The tables below count nothing") for line in lines) is (number == 0)


@pytest.mark.parametrize("run", [None, going(warmup=0, number=0)[0]])
def test_between_two_levels_nothing_is_said_of_the_one_before(run: Run | None) -> None:
    notice = look(RunView(run=run, levels=a_search(level(0, 4, "pass", "screen"))))
    assert [line.split()[0] for line in notice.lines] == ["Level", "So", "Expected:"]


def test_of_a_sweep_nothing_is_known_but_its_levels_and_rates_are_an_open_loop() -> None:
    rates = replace(sweep(1, 2), axis="rate")
    notice = look(RunView(run=going(1, number=0, load=OPEN)[0], levels=View(rates, (), trial(1, axis="rate"))))
    assert notice.lines[0] == "Level 1 of 2: 1/s due"
    assert not any(line.startswith("So far") for line in notice.lines)
    assert notice.open_loop is True
    assert notice.levels is not None
    assert [row.kind for row in notice.levels.rows] == ["on"]


def test_what_is_known_is_asked_for_once_after_each_level_and_what_it_costs_until_the_first_is_over() -> None:
    asked: list[tuple[str, int]] = []

    class Counting(View):
        def __getattribute__(self, name: str) -> Any:
            if name in ("capacity", "estimate"):
                asked.append((name, len(self.tried)))
            return super().__getattribute__(name)

    search = Counting(SEARCH, [], trial(8, "confirm"), KNOWN)
    board = NoticeBoard("en", lambda: RunView(levels=search), ProcessState)
    for number in range(3):
        for _ in range(3):
            board.look()
        search.tried = [*search.tried, level(number, 8, "fail", "screen")]
    assert asked == [("capacity", 0), ("estimate", 0), ("capacity", 1), ("estimate", 1), ("capacity", 2)]


def test_the_table_of_levels_is_made_once_as_a_level_begins_or_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    def counting(say: Messages, tried: Sequence[TriedLevel], on: Trial | None = None) -> Table | None:
        made.append(len(tried))
        return table_of(say, tried, on)

    table_of = levels_notice.table
    monkeypatch.setattr(levels_notice, "table", counting)
    search = View(SEARCH, [], trial(8, "screen"), KNOWN)
    board = NoticeBoard("en", lambda: RunView(levels=search), ProcessState)
    for number in range(2):
        assert [board.look() for _ in range(3)][-1].levels is not None
        search.tried, search.trial = [*search.tried, level(number, 8, "fail", "screen")], None
        board.look()
        search.trial = trial(4 - number, "screen")
    shown = board.look().levels
    assert shown is not None
    assert [row.kind for row in shown.rows] == ["fail", "fail", "on"]
    assert made == [0, 1, 1, 2, 2]


def test_at_the_end_of_a_search_there_is_its_answer_and_all_its_levels(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    found = record(level(0, 4, "pass", "confirm"), level(1, 8, "fail", "confirm"), capacity=KNOWN)
    notice = look(RunView(outcome=replace(found, path=path)))
    assert notice.kind == "good"
    assert "carries 4 requests in flight" in notice.lines[0]
    assert notice.levels is not None
    assert [row.kind for row in notice.levels.rows] == ["pass", "fail"]
    assert [link.name for link in notice.links] == ["report", "result"]
    assert look(RunView(outcome=found, others_failed=3)).kind == "doubtful"


def test_the_whole_report_of_levels_has_their_table() -> None:
    found = record(level(0, 4), level(1, 8))
    report = NoticeBoard("en", lambda: RunView(outcome=found), ProcessState).report()
    assert report is not None
    assert "Levels (times in seconds):" in report
