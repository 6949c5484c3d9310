"""What a person reads, in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from stt_load.config import ApiConfig, Config, masked
from stt_load.report import opening
from stt_load.report.console import report, result
from stt_load.report.messages import Language, Messages
from stt_load.report.width import columns
from stt_load.samples.generator import Generator, Stall
from stt_load.samples.run_info import EndReason
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import Samples
from stt_load.stats.summary import warmup
from tests.factory import joined, table
from tests.report.runs import HEALTHY, PROCESS, run_of, steady

EN, KO = Messages("en"), Messages("ko")
LOCAL = Config(api=ApiConfig(base_url="http://127.0.0.1:8000"))


def text(run_samples: Samples, language: Language = "en", config: Config | None = None, **info: object) -> str:
    return "\n".join(result(Messages(language), run_of(run_samples, config, **info)))  # type: ignore[arg-type]


def in_order(parts: list[str], whole: str) -> bool:
    """Whether each of `parts` is a line of `whole`, one after the other."""
    lines = iter(whole.splitlines())
    return all(part in lines for part in parts)


def test_the_korean_console() -> None:
    run = run_of(steady(), LOCAL)
    shown = [
        *opening.start(KO, run.config, run.info),
        *opening.warming_up(KO, run.config),
        *opening.measuring(KO, run.config, warmup(run.samples), None),
        *result(KO, run),
        KO("saved", path="stt_load_test_results_20240101_120000.json"),
    ]
    asked = """\
📁 설정 파일: config.yaml
🎵 오디오 설정: 길이 10.0초, 샘플링 레이트 16000Hz
   매 요청마다 새로운 랜덤 오디오 생성 (캐시 방지)
🌐 API 설정: http://127.0.0.1:8000/v1/audio/transcriptions
🚀 STT 서비스 부하 테스트 시작
   총 요청 수: 100
   워밍업 요청 수: 10
   동시 요청 수: 5
   실제 측정 요청 수: 90
🔥 워밍업 단계 (10개 요청)...
   워밍업 완료 (소요 시간: 2.00초)
📊 성능 측정 단계 (90개 요청)...
============================================================
📈 성능 테스트 결과
============================================================
측정 신뢰도: ✅ VALID (유효)
  측정 90건, 실패 0건, 초당 10.00건
  평균 0.500초, 중앙값 0.500초, P95 0.500초, P99 0.500초 (최대)

총 요청 수: 90
성공한 요청: 90 (100.0%)
실패한 요청: 0 (0.0%)

응답 시간 통계:
  평균: 0.500초
  중앙값: 0.500초
  최소: 0.500초
  최대: 0.500초
  P90: 0.500초
  P95: 0.500초
  P99: 0.500초 (= 최대, n = 90)

처리량: 초당 10.00건
============================================================
💾 결과가 stt_load_test_results_20240101_120000.json에 저장되었습니다."""
    assert in_order(asked.splitlines(), "\n".join(shown))


def test_the_english_console_says_the_same() -> None:
    said = text(steady())
    figures = [
        "Measurement: ✅ VALID",
        "  90 measured, 0 failed, 10.00 requests/s",
        "  mean 0.500 s, median 0.500 s, P95 0.500 s, P99 0.500 s (max)",
        "Requests: 90",
        "Succeeded: 90 (100.0%)",
        "Failed: 0 (0.0%)",
        "  Mean: 0.500 s",
        "  Median: 0.500 s",
        "  P90: 0.500 s",
        "  P99: 0.500 s (= max, n = 90)",
        "Throughput: 10.00 requests/s",
        "Audio throughput: 100.0 s of audio per second",
        "Observed RTF: 0.050 (median 0.050, P95 0.050; waiting included)",
        "  10 requests in 2.00 s, 0 failed",
        "  Mean 1.000 s, first success after 1.00 s",
    ]
    assert in_order(figures, said)
    assert len(list(result(EN, run_of(steady())))) == len(list(result(KO, run_of(steady()))))


def test_where_something_failed_the_headlines_rate_says_that_it_is_of_what_succeeded() -> None:
    kinds: list[ErrorKind | None] = [None, ErrorKind.HTTP_5XX, None, ErrorKind.HTTP_5XX]
    run = run_of(table([0.0, 1.0, 2.0, 3.0], 1.0, kind=kinds))
    assert "  4 measured, 2 failed, 0.50 successful requests/s" in list(result(EN, run))
    assert "  측정 4건, 실패 2건, 초당 성공 0.50건" in list(result(KO, run))


def test_from_a_hundred_on_the_p99_is_not_called_the_maximum_and_intervals_are_shown() -> None:
    said = text(steady(1000))
    assert "= max" not in said
    assert "  P99.9: 0.500 s" in said
    assert "  Median: 0.500 s (95% CI 0.500–0.500)" in said
    assert "P99.9" not in text(steady(999))


def test_zero_successes_are_no_figures() -> None:
    failed = table([0.0, 0.5, 1.0], 0.5, kind=ErrorKind.HTTP_5XX, text_length=-1)
    said = text(failed)
    assert in_order(["Requests: 3", "Succeeded: 0 (0.0%)", "Failed: 3 (100.0%)", "  Mean: n/a", "  P99: n/a"], said)
    assert "nan" not in said
    assert "해당 없음" in text(failed, "ko")


def test_failures_are_told_by_kind_with_what_most_of_them_said() -> None:
    kinds = [None, None, ErrorKind.SHED, ErrorKind.SHED, ErrorKind.SHED, ErrorKind.TIMEOUT_TOTAL]
    rows = table([0.0, 0.1, 0.2, 0.3, 0.4, 0.5], 0.5, kind=kinds)  # type: ignore[arg-type]
    rows.rows["error"] = [-1, -1, 0, 1, 1, 2]
    said = text(Samples(rows.rows, ("HTTP 429: slow down", "HTTP 503: \x1b[2Jfull", "no answer in 300 s")))
    lines = ["  3 × Refused under load, 429 or 503", "      HTTP 503: [2Jfull", "  1 × Took too long in all"]
    assert in_order([*lines, "      no answer in 300 s"], said)
    assert "Response time (of the 2 requests that succeeded, without the other 66.7%):" in said
    assert "It refused 3 of 6 requests on purpose" in said


def test_levels_are_a_table() -> None:
    ramp = joined(table([0.0, 0.5], 0.5, users=1), table([1.0, 1.1, 1.5, 1.6], 0.5, users=2, first_seq=2))
    lines = text(ramp, users=1).splitlines()
    start = lines.index("By number of users (the figures above mix these loads):")
    assert lines[start + 1].split()[:3] == ["users", "requests", "failed"]
    assert [line.split()[:3] for line in lines[start + 2 : start + 4]] == [["1", "2", "0"], ["2", "4", "0"]]
    assert len({columns(line) for line in text(ramp, "ko", users=1).splitlines()[start + 1 : start + 4]}) == 1
    assert "By number of users" not in text(steady())


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ({"end_reason": "interrupted"}, "❗ Not complete: interrupted (Ctrl-C or a signal) after 20 of 90 requests."),
        ({"end_reason": "time_limit"}, "❗ Not complete: stopped by the time limit (-t) after 20 of 90 requests."),
        ({"end_reason": "stopped"}, "❗ Not complete: stopped on request after 20 of 90 requests."),
        (
            {"end_reason": "finished"},
            "❗ Not complete: it came to its end after 20 of 90 requests, but rows of",
        ),
        ({"end_reason": "crashed"}, "❗ The run never came to its end"),
    ],
)
def test_an_incomplete_run_says_so_before_its_counts(info: dict[str, str], said: str) -> None:
    lines = text(steady(20), complete=False, **info).splitlines()
    assert lines[3] == "Measurement: ✅ VALID"
    assert lines[4:7] == [lines[4], lines[5], ""], "what it came to, in two lines"
    assert lines[7].startswith(said)


def test_a_run_without_an_end_tells_how_long_it_was() -> None:
    said = text(steady(20), config=Config(total_requests=None), complete=False, end_reason="interrupted")
    assert "after 20 requests in 2.00 s." in said


def test_a_dead_service_is_told_in_its_own_words() -> None:
    cold = table([-1.0, -0.5], 0.1, phase=Phase.WARMUP, kind=ErrorKind.AUTH, text_length=-1)
    dead = {"complete": False, "end_reason": "dead_warmup", "detail": "HTTP 401: wrong\nkey", "barrier_s": None}
    said = text(cold, generator=Generator(), **dead)
    assert "❗ Stopped: the service gave no good answer in the warm-up" in said
    assert "   It said: HTTP 401: wrong key" in said
    assert "Measurement: n/a (nothing was measured)" in said
    assert "Throughput" not in said
    assert "  2 requests in 0.60 s, 2 failed" in said


def test_a_reason_of_our_own_is_not_told_as_the_services() -> None:
    detail = "--tags other leave SttUser without a task"
    said = text(table([], []), complete=False, end_reason="no_users", detail=detail, barrier_s=None)
    assert "❗ Not complete: after 0 of 10 warm-up requests, with nothing measured, no user" in said
    assert f"   {detail}" in said.splitlines()
    assert "It said" not in said


def test_a_service_that_never_came() -> None:
    config = Config(wait_ready=30)
    said = text(
        table([], []), config=config, complete=False, end_reason="not_ready", detail="refused", barrier_s=None
    )
    assert "❗ Nothing was sent: the service was not ready within 30 s (wait_ready)." in said
    assert "Warm-up" not in said


def test_a_measurement_in_doubt_says_why_and_what_to_do() -> None:
    busy = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.2, cpu_share=0.85),))
    said = " ".join(text(steady(), generator=busy).split())
    assert "INVALID (do not use these figures)" in said
    assert "its mean reaction time is 40.0% of the median response time (limit 20.0%)" in said
    assert "used 85.0% of a CPU core (limit 80.0%)" in said
    errors = " ".join(text(steady(), "ko", generator=Generator(listener_errors=2)).split())
    assert "부하 생성기 자체에 생긴 문제: 2건" in errors


def doubted(samples: Samples, generator: Generator, language: Language = "en") -> str:
    said = text(samples, language, generator=generator, workers=("here:1", "there:2"))
    return " ".join(said[said.index(Messages(language)("verdict.INVALID")) :].split())


def test_a_stall_is_told_with_the_figure_that_it_changed_and_when_it_was() -> None:
    samples = steady()
    late = samples["seq"] % 10 == 0
    samples.rows["done_s"][late] += 7.03
    samples.rows["late_s"][late] = 7.03
    found = (Stall(1, 61.5, 68.53), *(Stall(0, at, at + 0.1) for at in range(9)))
    stalled = replace(HEALTHY, workers=(replace(PROCESS, stalled_s=7.93),), stalls=found)
    said = text(samples, generator=stalled, workers=("here:1", "there:2"))
    sentences = " ".join(said.split())
    assert "the P95 of the response times, 7.530 s, may be as little as 0.500 s without that, 93.4% less" in sentences
    assert "at 1 min 2 s for 7.03 s (there:2)" in said
    lines = said.splitlines()
    first = next(number for number, line in enumerate(lines) if "(here:1)" in line or "(there:2)" in line)
    told_with = next(line for line in reversed(lines[:first]) if line.startswith("  - "))
    assert told_with.startswith("  - The load generator stood still"), "and not with what is told last"
    assert lines[first].startswith("    standstill at ")
    assert said.count("(here:1)") == 4, "the five longest of ten"
    assert "멈춤이 없었다면 0.500초까지" in doubted(samples, stalled, "ko")


def test_counts_that_do_not_match_are_a_bug_only_where_the_generator_was_in_order() -> None:
    seen = replace(HEALTHY, in_flight_mean=1.0, in_flight_stdev=0.1, in_flight_samples=300)
    assert "please report it as a bug" in doubted(steady(), seen)
    for busy in (
        replace(PROCESS, cpu_share=0.9),
        replace(PROCESS, stalled_s=3.0),
        replace(PROCESS, loop_lag_mean_s=1.0),
    ):
        said = doubted(steady(), replace(seen, workers=(busy,)))
        assert "follows from the load generator being overloaded" in said
        assert "report it as a bug" not in said


def test_a_limit_of_this_machine_is_told_with_what_to_do_about_it() -> None:
    stopped = table([1.0, 1.1, 1.2], 0.0, kind=ErrorKind.LOCAL_LIMIT, first_seq=200)
    stopped.rows["error"] = [0, 1, 0]
    texts = ("too many open files (EMFILE): raise `ulimit -n`, now 160", "no local port is free: use keep_alive")
    said = doubted(Samples(joined(steady(), stopped).rows, texts), HEALTHY)
    assert "a limit of this machine stopped, not the service: 3." in said
    reasons = said[: said.index("Requests: 93")]
    assert all(reasons.count(advice) == 1 for advice in texts)


def test_rows_that_are_missing_are_counted() -> None:
    assert "of which no row tells: 2." in doubted(steady(), replace(HEALTHY, rows_lost=2))


@pytest.mark.parametrize("kind", [ErrorKind.HTTP_5XX, ErrorKind.TIMEOUT_TOTAL, ErrorKind.CANCELLED])
def test_a_run_without_a_good_answer_is_neither_believed_nor_doubted(kind: ErrorKind) -> None:
    said = text(table(np.arange(20) / 25, 0.04, kind=kind))
    assert "Measurement: n/a (no good answer, so there are no figures to believe)" in said


def test_every_line_fits_a_terminal() -> None:
    kinds = [None] * 60 + [ErrorKind.SHED] * 40
    long = table([number * 0.1 for number in range(100)], 0.5, kind=kinds, text_length=0, users=5)  # type: ignore[arg-type]
    long.rows["error"] = [-1] * 60 + [0] * 40
    samples = Samples(long.rows, ("한" * 500,))
    busy = Generator(
        workers=(replace(PROCESS, loop_lag_mean_s=9.0, cpu_share=1.0, stalled_s=5.0),), listener_errors=3
    )
    busy = replace(busy, rows_lost=2, stalls=tuple(Stall(0, at, at + 0.75) for at in range(9)))
    long.rows["late_s"] = 0.25
    for language in ("en", "ko"):
        said = text(samples, language, generator=busy, complete=False, end_reason="crashed")  # type: ignore[arg-type]
        assert not [line for line in said.splitlines() if columns(line) > 80]


def test_the_start_block_warns_of_what_will_spoil_the_figures() -> None:
    run = run_of(steady(), Config(warmup_requests=3, seed=7), users=5, seed_given=True)
    said = " ".join(" ".join(opening.start(EN, run.config, run.info)).split())
    assert "Fewer warm-up requests (3) than concurrent ones (5)" in said
    assert "The seed was given (7)" in said
    assert "the embedded server" in said
    assert "❗" not in " ".join(opening.start(EN, masked(LOCAL), replace(run.info, seed_given=False)))


def test_the_start_block_without_a_number_of_requests() -> None:
    run = run_of(steady())
    timed = list(opening.start(EN, masked(Config(total_requests=None, measure_for=90)), run.info))
    assert "   Measuring for: 1 min 30 s" in timed
    endless = list(opening.start(EN, masked(Config(total_requests=None, request_delay=2)), run.info))
    assert "   Requests in all: no limit, until stopped" in endless
    assert "   Pause after each answer: 2.00 s" in endless
    assert not [line for line in timed + endless if "Measured requests" in line]


def test_the_first_transcript_is_one_short_harmless_line() -> None:
    run = run_of(steady())
    lines = list(opening.measuring(EN, run.config, warmup(run.samples), "a\x1b[31m\n" + "b" * 500))
    assert lines[1].startswith("   First transcript: a [31m bbb")
    assert columns(lines[1]) <= 80
    silent = list(opening.measuring(EN, run.config, warmup(run.samples), ""))
    assert silent[1] == "   First transcript: (empty)"


def test_a_report_of_a_file_says_which_and_when() -> None:
    lines = list(report(EN, run_of(steady()), [Path("a.json"), Path("b.json")]))
    assert lines[0] == "📂 a.json, b.json (run of 2024-01-01T12:00:00.000+09:00)"
    assert "🌐 API: http://127.0.0.1:8000/v1/audio/transcriptions" in lines


def told(samples: Samples, language: Language = "en", **api: Any) -> list[str]:
    config = Config.model_validate({"api": api}) if api else Config()
    return list(result(Messages(language), run_of(samples, config)))


def rich() -> Samples:
    """Streams on new connections from two replicas, one of which has a long name."""
    samples = table(np.arange(40) / 10, 1.0, users=4)
    rows, numbers = samples.rows, np.arange(40)
    rows["first_text_s"] = rows["sent_s"] + 0.25
    rows["deltas"], rows["gap_mean_s"], rows["gap_p95_s"], rows["gap_max_s"] = 5, 0.02, 0.03, 0.5
    rows["connect_s"], rows["connection"] = 0.0123, numbers + 1
    rows["processing_s"], rows["tokens"] = 0.6, 10
    rows["headers"] = numbers % 2
    texts = ('{"x-served-by": "whisper-large-v3-deployment-7d9f-abcde"}', '{"x-served-by": null}')
    return Samples(rows, texts)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_answers_say_of_themselves_fits_in_80_columns(language: Language) -> None:
    lines = told(rich(), language)
    assert max(map(columns, lines)) <= 80, max(lines, key=columns)
    text = "\n".join(lines)
    for figure in ("0.250", "0.020", "0.500", "12.3", "0.600", "0.400", "400"):
        assert figure in text, figure
    table_rows = [line for line in lines if line.startswith(("  whisper-large", "  n/a", "  해당"))]
    assert len(table_rows) == 2
    assert len(set(map(columns, table_rows))) == 1, "columns below each other"


@pytest.mark.parametrize(
    ("language", "proxy", "said"),
    [
        ("en", None, "  of which network, one round trip: about 24.0 ms (TCP connects, median of 3)"),
        ("ko", None, "  이 중 네트워크 왕복 시간: 약 24.0ms (TCP 연결 시간, 3건의 중앙값)"),
        (
            "en",
            "http://127.0.0.1:3128",
            "  of which the way to the proxy and back: about 24.0 ms (TCP connects, median of 3)",
        ),
    ],
)
def test_the_way_there_and_back_is_said_beside_the_response_time(
    language: Language, proxy: str | None, said: str
) -> None:
    samples = rich()
    samples.rows["tcp_connect_s"][:3] = [0.024, 0.020, 0.9]
    assert " ".join(told(samples, language, proxy=proxy)).replace("     ", " ").count(said) == 1


def test_where_no_connection_was_seen_being_opened_nothing_is_said_of_the_network() -> None:
    assert "  of which network: n/a (no connection was seen being opened)" in told(rich())


def test_of_plain_answers_nothing_more_is_said() -> None:
    text = "\n".join(told(table(np.arange(40) / 10, 1.0, users=4)))
    assert not [word for word in ("first text", "Tokens", "set-up", "header", "processing") if word in text]


def test_how_finely_jobs_are_timed() -> None:
    samples = table(np.arange(40) / 10, 1.0, users=4)
    samples.rows["polls"] = 3
    text = " ".join(" ".join(told(samples, protocol="submit_poll", endpoint="/jobs")).split())
    assert "Times asked whether jobs were over: 120, 0.50 s apart; response times are no finer" in text


def odd_run() -> Samples:
    """Measured requests that failed, were cut off at the end, and met a limit of this machine; in two backends."""
    kinds = [None] * 90 + [ErrorKind.SHED] * 10 + [ErrorKind.CANCELLED] * 5 + [ErrorKind.LOCAL_LIMIT] * 5
    times_s = np.select([np.arange(110) < 100, np.arange(110) < 105], [0.5, 30.0], 0.0)
    samples = table(np.arange(110) / 10, times_s, kind=kinds, users=[5] * 60 + [6] * 2 + [10] * 48)  # type: ignore[arg-type]
    samples.rows["error"] = [-1] * 90 + [0] * 10 + [1] * 5 + [2] * 5
    samples.rows["headers"] = np.arange(110) % 2 + 3
    texts = ("HTTP 429: slow down", "cut off", "[Errno 24] Too many open files", '{"pod": "a"}', '{"pod": "b"}')
    return Samples(samples.rows, texts)


def test_what_was_cut_off_stands_apart_from_what_failed() -> None:
    said = text(odd_run())
    lines = ["Requests: 110", "Succeeded: 90 (90.0%)", "Failed: 10 (10.0%)", "  10 × Refused under load, 429 or 503"]
    lines += ["      HTTP 429: slow down", "Cut off at the end: 5 (no failures, in neither share)"]
    lines += ["Stopped by a limit of this machine: 5 (no failures of the service)"]
    assert in_order([*lines, "      [Errno 24] Too many open files"], said)
    assert "× Cut off" not in said
    assert "It refused 10 of 100 requests" in said
    korean = text(odd_run(), "ko")
    assert in_order(["실패한 요청: 10 (10.0%)", "종료 시 중단된 요청: 5 (실패 아님, 비율에서 제외)"], korean)
    assert "Cut off" not in text(steady())


def test_what_was_cut_off_stands_apart_in_the_levels_and_backends_too() -> None:
    lines = text(odd_run()).splitlines()
    levels = lines.index("By number of users (the figures above mix these loads):")
    assert lines[levels + 1].split()[:5] == ["users", "requests", "failed", "cut", "off"]
    assert [line.split()[:4] for line in lines[levels + 2 : levels + 5]] == [
        ["5", "60", "0", "0"],
        ["6", "2", "0", "0"],
        ["10", "48", "10", "10"],
    ]
    backends = next(number for number, line in enumerate(lines) if "header pod" in line)
    assert [line.split()[:4] for line in lines[backends + 2 : backends + 4]] == [
        ["a", "55", "5", "5"],
        ["b", "55", "5", "5"],
    ]


def test_a_level_without_a_rate_says_why() -> None:
    lines = text(odd_run()).splitlines()
    assert [line.split()[-1] for line in lines if line.startswith(("      5 ", "      6 "))] == ["10.00", "n/a"]
    assert "  No rate where the users never stayed that many for a response time." in lines
    longer = joined(table([0.0, 0.5], 0.5, users=1), table([1.0, 1.5], 0.5, users=2, first_seq=2))
    assert "No rate" not in text(longer)


def test_quantiles_over_all_stand_beside_those_of_the_answers_where_they_differ() -> None:
    """Half of the load is shed: the answers are as quick as ever."""
    kinds = [None, ErrorKind.SHED] * 50
    lines = text(table(np.arange(100) / 10, 0.5, kind=kinds)).splitlines()  # type: ignore[arg-type]
    assert "  Median: 0.500 s" in lines, "one in two was answered"
    assert "  P95: 0.500 s; of all 100: > timeout" in lines
    assert "  P99: 0.500 s (= max, n = 50); of all 100: > timeout" in lines
    assert "  Of all: failed ones slower than any answer, cut-off ones at their age or more." in lines
    kinds = [None] * 97 + [ErrorKind.CANCELLED] * 3
    cut = text(table(np.arange(100.0), [0.5] * 97 + [3.0] * 3, kind=kinds))  # type: ignore[arg-type]
    assert "  P99: 0.500 s (= max, n = 97); of all 100: >= 3.000 s" in cut
    kinds = [None] * 995 + [ErrorKind.LOST] * 5
    thousand = text(table(np.arange(1000) / 10, 0.5, kind=kinds), "ko")  # type: ignore[arg-type]
    assert "  P99.9: 해당 없음; 전체 1000개 기준: > 제한 시간" in thousand.splitlines()
    assert "f all" not in text(steady())
    kinds = [None] * 99 + [ErrorKind.CANCELLED]
    assert "f all" not in text(table(np.arange(100.0), 0.5, kind=kinds)), "the same"  # type: ignore[arg-type]


def test_without_an_answer_there_is_nothing_to_stand_beside_but_what_was_cut_off() -> None:
    assert "f all" not in text(table([0.0, 0.5, 1.0], 0.5, kind=ErrorKind.HTTP_5XX))
    assert "  Median: n/a; of all 3: >= 30.000 s" in text(table([0.0, 0.5, 1.0], 30.0, kind=ErrorKind.CANCELLED))


def cold(*kinds: ErrorKind | None) -> Samples:
    """A warm-up in which each request that failed said something of its own."""
    samples = table(np.arange(float(len(kinds))) - 60, 0.5, phase=Phase.WARMUP, kind=list(kinds))
    samples.rows["error"] = [-1 if kind is None else number for number, kind in enumerate(kinds)]
    return Samples(samples.rows, tuple(f"message {number}" for number in range(len(kinds))))


@pytest.mark.parametrize("measured", [False, True])
@pytest.mark.parametrize("reason", get_args(EndReason))
def test_why_warmup_requests_failed_is_said_at_every_ending(reason: str, measured: bool) -> None:
    warm = cold(None, ErrorKind.HTTP_5XX, ErrorKind.CONNECT, ErrorKind.HTTP_5XX, ErrorKind.CANCELLED)
    samples = joined(warm, steady(warmup=0)) if measured else warm
    said = text(Samples(samples.rows, warm.texts), end_reason=reason, complete=reason == "finished")
    lines = [
        "  5 requests in 4.50 s, 3 failed, 1 cut off at the end",
        "    2 × Server error, 5xx",
        "        message 1",
    ]
    assert in_order([*lines, "    1 × No connection", "        message 2"], said)


@pytest.mark.parametrize("reason", ["time_limit", "stopped", "interrupted", "no_users", "workers_lost"])
@pytest.mark.parametrize("total", [100, None])
def test_a_run_that_measured_nothing_says_where_it_ended(reason: str, total: int | None) -> None:
    config = Config.model_validate({"total_requests": total})
    info = {"end_reason": reason, "complete": False, "barrier_s": None}
    said = " ".join(text(cold(None, None, ErrorKind.CANCELLED), config=config, **info).split())
    assert "after 2 of 10 warm-up requests, with nothing measured" in said
    bare = config.model_copy(update={"warmup_requests": 0})
    assert "0" in next(line for line in text(table([], []), config=bare, **info).splitlines() if "❗" in line)


def test_what_was_cut_off_is_not_counted_as_done() -> None:
    said = text(odd_run(), complete=False, end_reason="time_limit", config=Config(total_requests=200))
    assert "❗ Not complete: stopped by the time limit (-t) after 100 of 190 requests." in said


def test_what_broke_in_here_is_said_before_all_figures() -> None:
    faults = ("The rows of worker x\x1b[2J are missing: OSError", "No report.html: " + "word " * 40)
    for language, heading in (("en", "Something broke"), ("ko", "stt-load 자체")):
        lines = text(steady(), language, faults=faults).splitlines()  # type: ignore[arg-type]
        assert heading in lines[7]
        assert lines[8] == "   - The rows of worker x [2J are missing: OSError"
        assert max(map(columns, lines)) <= 80
    assert "Something broke" not in text(steady())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_odd_run_fits_a_terminal(language: Language) -> None:
    lines = text(odd_run(), language, complete=False, end_reason="no_users").splitlines()
    assert max(map(columns, lines)) <= 80, max(lines, key=columns)


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_nothing_is_ragged_at_any_width(language: Language, width: int) -> None:
    say = Messages(language, width)
    busy = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=9.0, stalled_s=5.0),), rows_lost=2)
    ramp = joined(*(table([users, users + 0.1], 0.5, users=users, first_seq=2 * users) for users in range(1, 20)))
    for samples in (odd_run(), rich(), steady(1000), ramp, table([], [])):
        run = run_of(samples, generator=busy, faults=("No report.html: " + "word " * 40,), complete=False)
        lines = [*opening.start(say, run.config, run.info), *opening.warming_up(say, run.config), *result(say, run)]
        lines += opening.measuring(say, run.config, warmup(samples), "word " * 50)
        too_long = [line for line in lines if columns(line) > width]
        assert all(columns(line.split()[-1]) > width - 8 for line in too_long), too_long


def test_what_a_failure_said_is_whole_where_there_is_room() -> None:
    """And whatever its words are: a JSON body may have no space in it."""
    said = 'HTTP 500: {"error":{"message":"' + "the-model-is-gone," * 10 + '","code":7}}'
    rows = table([0.0, 0.1], 0.5, kind=ErrorKind.HTTP_5XX)
    rows.rows["error"] = 0
    failing = joined(table([-2.0, -1.0], 0.5, phase=Phase.WARMUP, kind=ErrorKind.HTTP_5XX), rows)
    failing.rows["error"] = 0
    for width in (40, 80, 160):
        lines = list(result(Messages("en", width), run_of(Samples(failing.rows, (said,)))))
        assert max(map(columns, lines)) <= width
        assert "".join(line.strip() for line in lines).replace(" ", "").count(said.replace(" ", "")) == 2


@pytest.mark.parametrize("reason", ["dead_warmup", "not_ready", "stopped"])
def test_where_nothing_was_measured_no_zeros_are_counted(reason: str) -> None:
    dead = cold(ErrorKind.HTTP_5XX, ErrorKind.HTTP_5XX)
    said = text(dead, complete=False, end_reason=reason, barrier_s=None, detail="HTTP 500: gone")
    assert "Requests: 0" not in said
    assert "Failed: 0" not in said
    assert "\n\n\n" not in said


def test_the_verdict_and_the_figures_that_matter_stand_right_below_the_heading() -> None:
    lines = list(result(EN, run_of(steady(1000))))
    assert lines[3:7] == [
        "Measurement: ✅ VALID",
        "  1000 measured, 0 failed, 10.00 requests/s",
        "  mean 0.500 s, median 0.500 s, P95 0.500 s, P99 0.500 s",
        "",
    ]
    busy = replace(HEALTHY, workers=(replace(PROCESS, loop_lag_mean_s=0.2),))
    doubtful = list(result(EN, run_of(steady(), generator=busy)))
    assert doubtful[3] == "Measurement: ⛔ INVALID (do not use these figures)"
    assert doubtful[6].startswith("  - The load generator read answers late"), "why not is said at once"
    failed = list(result(EN, run_of(table([0.0, 0.1], 0.5, kind=ErrorKind.HTTP_5XX))))
    assert failed[4].startswith("  2 measured, 2 failed")
    assert failed[5] == "", "no figures without an answer"
