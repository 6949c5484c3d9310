"""Limits, from their texts."""

from __future__ import annotations

import pytest

from stt_load.slo.limits import figure, limit
from stt_load.slo.tokens import SloError


@pytest.mark.parametrize(
    ("text", "function", "path", "operator", "value"),
    [
        ("p95(response_time_s) < 2", "p95", "response_time_s", "<", 2.0),
        ("p99(service_time_s) < 5 s", "p99", "service_time_s", "<", 5.0),
        ("mean(rtf) < 0.3", "mean", "rtf", "<", 0.3),
        ("error_rate < 1%", None, "error_rate", "<", 0.01),
        ("shed_rate == 0", None, "shed_rate", "==", 0.0),
        ("steady_rps > 10", None, "steady_rps", ">", 10.0),
        ("steady_rps >= 10/s", None, "steady_rps", ">=", 10.0),
        ("audio_throughput > 100", None, "audio_throughput", ">", 100.0),
        ("p95(ttft_s) < 500 ms", "p95", "ttft_s", "<", 0.5),
        ("wer < 15%", None, "accuracy.wer", "<", 0.15),
        ("accuracy.wer <= .15", None, "accuracy.wer", "<=", 0.15),
        ("goodput_rps > 8", None, "goodput_rps", ">", 8.0),
        ("goodput_ratio > 95%", None, "goodput_ratio", ">", 0.95),
        ("p50( response_time_s )<=3e2ms", "median", "response_time_s", "<=", 0.3),
        ("max(connect_s) <= 0", "max", "connect_s", "<=", 0.0),
        ("p95(outside_time_s) < 0", "p95", "outside_time_s", "<", 0.0),
        ("goodput_ratio >= 100%", None, "goodput_ratio", ">=", 1.0),
        ("median(round_trip_s) < 1ms", "median", "round_trip_s", "<", 0.001),
        ("accuracy.swapped == 0", None, "accuracy.swapped", "==", 0.0),
        ("error_rate < 0.07%", None, "error_rate", "<", 0.0007),
    ],
)
def test_what_a_limit_says(text: str, function: str | None, path: str, operator: str, value: float) -> None:
    found = limit(text)
    assert (found.function, found.term.path, found.operator, found.value) == (function, path, operator, value)
    assert (found.of_ok, found.abort) == (False, False)


def test_it_is_kept_as_it_was_written_blanks_apart() -> None:
    assert limit("  p95(ttft_s)   <\n 500 ms ").expression == "p95(ttft_s) < 500 ms"


@pytest.mark.parametrize("text", ["p95(ttft_s) < 2 of ok", "p95(ttft_s) < 2, of: ok", "p95(ttft_s) < 2 s of: ok"])
def test_it_opts_out_of_every_intent(text: str) -> None:
    assert limit(text).of_ok


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with the end"),
        ("2 < p95(ttft_s)", "begins with '2'"),
        ("p97(ttft_s) < 2", "did you mean p99? there are p50, median, p90, p95, p99, p999, min, max, mean"),
        ("p95(responsetime_s) < 2", "did you mean response_time_s? there are response_time_s, service_time_s"),
        ("error_rat < 1%", "did you mean error_rate? there are"),
        ("nothing_like_it < 1", "there are requests.succeeded"),
        ("window_s < 3", "no figure 'window_s'"),
        ("response_time_s < 2", "many numbers; choose one of them, such as p95(response_time_s)"),
        ("all.response_time_s.p95 < 2", "no figure 'all.response_time_s.p95'"),
        ("p95(wer) < 2", "write wer alone"),
        ("p95(round_trip_s) < 2", "it has median, min"),
        ("p95(ttft_s) > 2", "less is better, so choose < or <="),
        ("steady_rps < 2", "more is better, so choose > or >="),
        ("p95(ttft_s) == 2", "one exact number"),
        ("wer = 2", "one of < <= > >= =="),
        ("wer != 2", "one of < <= > >= =="),
        ("p95(ttft_s < 2", "')' has to close p95("),
        ("p95(ttft_s) < 2%", "a time in seconds; choose s, ms, or a number alone"),
        ("steady_rps > 2 ms", "a number per second; choose /s"),
        ("empty_texts < 2 s", "a number of things; write the number alone"),
        ("error_rate < 1 s", "a share; choose %"),
        ("error_rate < 2", "write 2% if that was meant"),
        ("error_rate < 150%", "at most 1 (100%)"),
        ("error_rate < 1", "write 1% if that was meant"),
        ("wer < 15", "1 (100%) is all words; write 15% if that was meant"),
        ("accuracy.cer < 200%", "1 (100%) is all words"),
        ("error_rate < 0", "error_rate is never less than 0; write == 0"),
        ("p95(ttft_s) < 0 ms", "ttft_s is never less than 0; write <= 0"),
        ("dropped < 0", "dropped is never less than 0; write == 0"),
        ("goodput_ratio > 100%", "goodput_ratio is never more than 100%; write >= 100%"),
        ("p95(ttft_s) < -2", "a negative number"),
        ("p95(ttft_s) <", "the end stands where a number has to"),
        ("p95(ttft_s) < 1e999", "beyond all numbers"),
        ("p95(ttft_s) < 2 of all", "of 'all'"),
        ("p95(ttft_s) < 2, ", "the end stands where `of: ok` has to"),
        ("error_rate < 1% of ok", "not taken over every request"),
        ("p95(ttft_s) < 2 3", "goes on with '3'"),
        ("p95(ttft_s) < 2 and wer < 3", "the unit 'and'"),
        ("p95(ttft_s) < 2 ms and wer < 3", "goes on with 'and'"),
        ("p95(ttft_s) < 2 §", "'§' means nothing"),
        ("p95(ttft_s) < " + "2" * 1_000, "longer than 1,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_what_there_is(text: str, said: str) -> None:
    with pytest.raises(SloError) as caught:
        limit(text)
    assert said in str(caught.value)


def test_a_figure_alone() -> None:
    function, term = figure("p50(response_time_s)")
    assert (function, term.path) == ("median", "response_time_s")
    assert figure("wer")[1].path == "accuracy.wer"
    with pytest.raises(SloError, match="goes on with '<'"):
        figure("wer < 2")
