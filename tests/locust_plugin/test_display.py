"""What a person sees of a run, on streams that the test reads."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import gevent
import pytest

from stt_load.config import Config, masked
from stt_load.html import writing
from stt_load.load.budget import Budget
from stt_load.locust_plugin import display as displays
from stt_load.locust_plugin.display import CLEAR, Display, OneOfSeries
from stt_load.report import ci
from stt_load.report.messages import Language
from stt_load.run.barrier import Barrier
from stt_load.run.progress import ProcessState
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop, RunInfo
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import SampleTable
from stt_load.stats.summary import warmup
from tests.factory import table
from tests.load.timetables import open_loop
from tests.making import barrier_of
from tests.report.runs import run_of

INFO = RunInfo(
    "0",
    {},
    {},
    1,
    False,
    None,
    "http://x",
    "SttUser",
    3,
    ("local",),
    "",
    generator=Generator(),
    load=ClosedLoop(users=3, request_delay_s=0.0),
)
NO_WARMUP = warmup(SampleTable().snapshot())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Shown:
    """A display of a run of `config`, and what is on its two streams."""

    def __init__(
        self,
        aside: io.StringIO | None = None,
        process_state: Callable[[], ProcessState] = ProcessState,
        time_limit_s: float | None = None,
        language: Language = "en",
        report: io.StringIO | None = None,
        **config: Any,
    ) -> None:
        self.report, self.aside = report or io.StringIO(), aside or io.StringIO()
        shown = masked(Config.model_validate(config))
        self.display = Display(
            language,
            shown,
            report=self.report,
            aside=self.aside,
            time_limit_s=time_limit_s,
            process_state=process_state,
        )


def endless() -> Barrier:
    """A run without an end, one user of which has a request in flight."""
    budget = Budget(None, 0, 1)
    barrier = barrier_of(budget)
    barrier.release()
    budget.slots.join("user")
    barrier.check_barrier()
    budget.take("user")
    return barrier


def follow(shown: Shown, barrier: Barrier, *, until: Callable[[], bool]) -> None:
    """Lets the display follow `barrier` until what it has written is what is waited for."""
    following = gevent.spawn(shown.display.follow, barrier)
    try:
        with gevent.Timeout(60):
            while not until():
                gevent.sleep(0.01)
    finally:
        following.kill()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "BAR_PERIOD_S", 0.01)


def test_the_time_limit_is_told_before_the_run() -> None:
    limited = Shown(time_limit_s=90.0, total_requests=None, warmup_requests=0)
    limited.display.started(INFO)
    limited.display.measuring(NO_WARMUP, None)
    assert "Time limit (-t): 1 min 30 s\n" in limited.report.getvalue()
    assert "Measuring (until the time limit, -t)..." in limited.report.getvalue()
    free = Shown(total_requests=None, warmup_requests=0)
    free.display.started(INFO)
    free.display.measuring(NO_WARMUP, None)
    assert "-t" not in free.report.getvalue()
    assert "Measuring (until stopped)..." in free.report.getvalue()


def test_a_log_gets_a_line_now_and_then_with_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "LINE_PERIOD_S", 0.03)
    shown = Shown(process_state=lambda: ProcessState(time_limit_s=20.0))
    follow(shown, endless(), until=lambda: shown.aside.getvalue().count("\n") >= 2)
    for line in shown.aside.getvalue().splitlines()[:2]:
        assert line == "Measuring: 0 requests, -t ends it in 20 s"
    assert shown.report.getvalue() == ""


def test_a_log_hears_of_the_end_at_once_and_how_long_it_takes_at_most() -> None:
    barrier = endless()
    shown = Shown(process_state=lambda: ProcessState(drain_s=30.0 if barrier.lifecycle.closed else None))
    barrier.lifecycle.stop("stopped")
    follow(shown, barrier, until=lambda: "\n" in shown.aside.getvalue())
    said = "Stopping: waiting for 1 request in flight, for at most 30 s (Ctrl-C cuts them off)\n"
    assert shown.aside.getvalue() == said


def test_a_terminal_gets_a_bar_that_is_drawn_over_and_cleared_for_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = Shown(Terminal())
    follow(shown, endless(), until=lambda: shown.aside.getvalue().count(CLEAR) >= 2)
    assert "\n" not in shown.aside.getvalue()
    shown.display.warming_up()
    assert shown.aside.getvalue().endswith(CLEAR)


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(displays, "LINE_PERIOD_S", 0.03)
    shown = Shown(Terminal())
    follow(shown, endless(), until=lambda: "\n" in shown.aside.getvalue())
    assert CLEAR not in shown.aside.getvalue()


def test_before_the_service_is_ready_there_is_a_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displays, "LINE_PERIOD_S", 0.03)
    barrier = endless()
    barrier.barrier_s = None
    barrier.released.clear()
    shown = Shown(wait_ready=60)
    follow(shown, barrier, until=lambda: "\n" in shown.aside.getvalue())
    assert shown.aside.getvalue().startswith("Waiting for the service to be ready: ")
    assert "s left" in shown.aside.getvalue()


def test_an_exit_code_that_other_users_made_is_told() -> None:
    shown = Shown()
    shown.display.others_failed(1, 3)
    assert shown.report.getvalue().startswith("❗ 1 request of other user classes failed: exit code 3.")


def test_a_result_that_could_not_be_written_names_the_spool() -> None:
    shown = Shown()
    shown.display.not_saved(Path("result.json"), Path("result.partial.jsonl"), OSError(28, "No space left on device"))
    assert "result.json: No space left on device" in shown.aside.getvalue()
    assert "result.partial.jsonl" in shown.aside.getvalue()


@pytest.mark.parametrize(
    ("aside", "said"),
    [
        (io.StringIO(), "💾 Saving 200000 requests...\n"),
        (Terminal(), f"{CLEAR}💾 Saving 200000 requests...\r"),
    ],
)
def test_who_waits_for_many_rows_to_be_saved_is_told_so(
    aside: io.StringIO, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    shown = Shown(aside)
    shown.display.saving(displays.MANY_ROWS - 1)
    assert aside.getvalue() == ""
    shown.display.saving(200_000)
    assert aside.getvalue() == said


class Ascii(io.StringIO):
    encoding = "ascii"


def test_a_stream_without_hangul_gets_english_and_is_told_why() -> None:
    shown = Shown(language="ko", report=Ascii())
    shown.display.started(INFO)
    shown.display.measuring(NO_WARMUP, None)
    said = shown.report.getvalue()
    assert said.startswith("This is in English: ")
    assert "Measured requests: 90" in said
    assert not any("가" <= one <= "힣" for one in said)
    korean = Shown(language="ko")
    korean.display.started(INFO)
    assert korean.report.getvalue().startswith("📁 설정 파일")


def test_what_is_printed_next_is_as_wide_as_the_terminal_is_then(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown(warmup_requests=1)
    for columns in (40, 160):
        monkeypatch.setenv("COLUMNS", str(columns))
        shown.display.started(INFO)
        shown.display.warming_up()
    narrow, wide = shown.report.getvalue().split("🔥")[:2]
    assert "   New random audio for every request\n     (so that no cache answers)\n" in narrow
    assert "   New random audio for every request (so that no cache answers)\n" in wide


FAILED = run_of(table([0.0, 1.0], 0.5, kind=ErrorKind.HTTP_5XX))


@pytest.fixture(autouse=True)
def no_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs these tests."""
    for name in (ci.ON_GITHUB, ci.STEP_SUMMARY):
        monkeypatch.delenv(name, raising=False)


def test_where_no_ci_system_is_and_nothing_was_asked_for_nothing_is_told() -> None:
    shown = Shown()
    assert shown.display.tell_ci(FAILED, failures_fail=True)
    assert (shown.report.getvalue(), shown.aside.getvalue()) == ("", "")


def shown_with_junit(path: Path) -> Shown:
    shown = Shown()
    config = masked(Config.model_validate({"report": {"junit": str(path)}}))
    shown.display = Display("en", config, report=shown.report, aside=shown.aside)
    return shown


def test_a_file_that_can_not_be_written_is_said_and_the_rest_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ci.ON_GITHUB, "true")
    monkeypatch.setenv(ci.STEP_SUMMARY, str(tmp_path / "summary.md"))
    shown = shown_with_junit(tmp_path / "none" / "junit.xml")
    assert not shown.display.tell_ci(FAILED, failures_fail=True)
    said = shown.report.getvalue().splitlines()
    assert said[0] == f"❗ {tmp_path / 'none' / 'junit.xml'} could not be written: No such file or directory."
    assert said[1].startswith("::error title=stt-load%3A requests::2 of 2")
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("## ")


def test_each_run_of_a_series_has_a_junit_file_of_its_own(tmp_path: Path) -> None:
    config = masked(Config.model_validate({"report": {"junit": str(tmp_path / "junit.xml")}}))
    one = OneOfSeries(2, 3, "en", config, report=io.StringIO(), aside=io.StringIO())
    assert one.tell_ci(FAILED, failures_fail=False)
    assert [path.name for path in tmp_path.iterdir()] == ["junit_2.xml"]
    assert ET.parse(tmp_path / "junit_2.xml").getroot().get("failures") == "0", "failures are to be ignored"


def shown_with_page(where: str, language: Language = "en") -> Shown:
    shown = Shown()
    config = masked(Config.model_validate({"report": {"html": where}}))
    shown.display = Display(language, config, report=shown.report, aside=shown.aside)
    return shown


def test_the_page_is_where_it_was_asked_for_in_place_of_an_older_one(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("an older one", encoding="utf-8")
    shown = shown_with_page(str(page), "ko")
    assert shown.display.tell_ci(FAILED, failures_fail=True)
    assert page.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="ko">')
    assert shown.report.getvalue() == f"💾 보고서가 {page}에 저장되었습니다.\n"


def test_a_page_beside_the_result_has_its_name_and_writes_over_nothing(tmp_path: Path) -> None:
    run = run_of(table([0.0, 1.0], 0.5), path=tmp_path / "result.json")
    (tmp_path / "result.html").write_text("somebody's own", encoding="utf-8")
    shown = shown_with_page("auto")
    assert shown.display.tell_ci(run, failures_fail=True)
    assert shown.report.getvalue() == f"💾 Report saved to {tmp_path / 'result_2.html'}\n"
    assert (tmp_path / "result.html").read_text(encoding="utf-8") == "somebody's own"


def test_a_page_is_in_the_language_of_the_report_whatever_the_terminal_can_show(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    config = masked(Config.model_validate({"report": {"html": str(page)}}))
    ascii_only = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    Display("ko", config, report=ascii_only, aside=io.StringIO()).tell_ci(FAILED, failures_fail=True)
    assert '<html lang="ko">' in page.read_text(encoding="utf-8")


def test_a_page_that_can_not_be_made_keeps_no_summary_from_a_ci_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(writing, "write_report", broken)
    monkeypatch.setenv(ci.ON_GITHUB, "true")
    monkeypatch.setenv(ci.STEP_SUMMARY, str(tmp_path / "summary.md"))
    shown = shown_with_page(str(tmp_path / "page.html"))
    with pytest.raises(ZeroDivisionError):
        shown.display.tell_ci(FAILED, failures_fail=True)
    assert shown.report.getvalue().startswith("::error title=stt-load%3A requests::2 of 2"), "nor the log its lines"
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").startswith("## ")


def test_where_no_result_could_be_written_there_is_no_page_beside_it() -> None:
    shown = shown_with_page("auto")
    assert shown.display.tell_ci(FAILED, failures_fail=True), "that is told, and has its exit code, already"
    assert shown.report.getvalue() == ""


def test_a_page_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    shown = shown_with_page(str(tmp_path / "none" / "page.html"))
    assert not shown.display.tell_ci(FAILED, failures_fail=True)
    said = f"❗ {tmp_path / 'none' / 'page.html'} could not be written: No such file or directory.\n"
    assert shown.report.getvalue() == said


def test_each_run_of_a_series_has_a_page_of_its_own(tmp_path: Path) -> None:
    for where, name in ((str(tmp_path / "page.html"), "page_2.html"), ("auto", "r_7.html")):
        config = masked(Config.model_validate({"report": {"html": where}}))
        one = OneOfSeries(2, 3, "en", config, report=io.StringIO(), aside=io.StringIO())
        assert one.tell_ci(run_of(table([0.0], 0.5), path=tmp_path / "r_7.json"), failures_fail=False)
        assert (tmp_path / name).exists()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_service_says_is_no_command_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ci.ON_GITHUB, "true")
    shown = Shown()
    shown.display.finished(run_of(table([], []), detail="##[error]x", end_reason="gave_up", complete=False))
    assert "It said: ## [error]x" in shown.report.getvalue()


def test_of_an_open_loop_arrivals_are_announced() -> None:
    shown = Shown(total_requests=None)
    shown.display.started(replace(INFO, load=open_loop((2.0, 2.0, 5.0), planned=10)))
    shown.display.measuring(NO_WARMUP, None)
    assert shown.report.getvalue().splitlines()[-1] == "📊 Measuring (10 arrivals)..."
