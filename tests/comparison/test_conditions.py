"""What runs must have in common to be held against each other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stt_load.audio.names import DEFAULT_DURATION_S
from stt_load.comparison import conditions as module
from stt_load.comparison.conditions import conditions, machine, unlike
from stt_load.config.model import Config
from stt_load.samples.generator import Generator
from stt_load.samples.run_info import ClosedLoop, OpenLoop, Stage, Trace
from stt_load.storage.run_record import RunRecord
from tests.factory import AT_A_RATE
from tests.report.runs import run_of as made
from tests.report.runs import steady
from tests.report.test_level_table import DOUBTED

RATE = "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36"


def run(config: dict[str, Any] | None = None, **info: Any) -> RunRecord:
    return made(steady(), config=Config.model_validate(config or {}), **info)


def changed(config: dict[str, Any] | None = None, **info: Any) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What differs from the plain run, by name."""
    return {one.name: (one.baseline, one.candidate) for one in unlike([run()], [run(config, **info)])}


def test_runs_of_the_same_have_all_in_common() -> None:
    assert unlike([run(seed=1), run(seed=2)], [run(seed=3, started_at="2030-01-01T00:00:00+00:00")]) == ()


@pytest.mark.parametrize(
    ("config", "name", "values"),
    [
        ({"api": {"model": "large"}}, "api.model", ("whisper-1", "large")),
        ({"api": {"language": "ko"}}, "api.language", ("null", "ko")),
        ({"api": {"stream": True}}, "api.stream", ("false", "true")),
        ({"api": {"response_format": "text"}}, "api.response_format", ("json", "text")),
        ({"audio": {"source": "noise"}}, "audio.source", ("speech", "noise")),
        ({"audio": {"duration": 3}}, "audio.duration", ("10", "3")),
        ({"audio": {"duration": "3..20"}}, "audio.duration", ("10", None)),
        ({"audio": {"sample_rate": 8000}}, "audio.sample_rate", ("16000", "8000")),
        ({"audio": {"format": "flac"}}, "audio.format", ("wav", "flac")),
        ({"total_requests": 60}, "total_requests", ("100", "60")),
        ({"warmup_requests": 4}, "warmup_requests", ("10", "4")),
        ({"accuracy": {"normalise": "none"}}, "accuracy.normalise", ("auto", "none")),
    ],
)
def test_another_question_is_named_by_its_key(config: dict[str, Any], name: str, values: tuple[str, str]) -> None:
    found = changed(config)
    assert list(found) == [name]
    before, after = found[name]
    assert before == (values[0],)
    if values[1] is not None:
        assert after == (values[1],)


def test_what_is_compared_is_no_condition() -> None:
    other = {
        "api": {"base_url": "http://127.0.0.1:9/v2", "keep_alive": False, "timeout": {"total": 9}},
        "embedded": {"slots": 9},
        "save_path": "elsewhere.json",
        "report": {"language": "ko"},
    }
    assert changed(other, target="http://127.0.0.1:9/v2", config_file="other.yaml") == {}


def test_the_load_is_the_one_that_was_asked_for() -> None:
    assert changed(load=ClosedLoop(users=7, request_delay_s=0.5))["concurrent_requests"][1] == ("7",)
    pauses = unlike(
        [run(load=ClosedLoop(users=7, request_delay_s=0.5))], [run(load=ClosedLoop(users=7, request_delay_s=2.0))]
    )
    assert [(one.name, one.baseline, one.candidate) for one in pauses] == [("request_delay", ("0.5",), ("2",))]
    found = changed(load=AT_A_RATE)
    assert found["load.model"] == (("closed",), ("open",))
    assert found["load.rate"] == (("null",), ("10",))
    stages = (Stage(first=5.0, last=20.0, for_s=120.0), Stage(first=20.0, last=20.0, for_s=None))
    of_stages = conditions(run(load=replace(AT_A_RATE, staged=True, stages=stages)))
    assert of_stages["load.stages"] == "5..20 for 120; 20"
    assert "load.rate" not in of_stages


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"max_lag_s": 9.0}, "load.max_lag"),
        ({"max_in_flight": 9}, "load.max_in_flight"),
        ({"warmup_users": 9}, "concurrent_requests"),
        ({"arrivals": "constant"}, "load.arrivals"),
    ],
)
def test_each_part_of_an_open_loop_is_a_condition(change: dict[str, Any], name: str) -> None:
    found = unlike([run(load=AT_A_RATE)], [run(load=replace(AT_A_RATE, **change))])
    assert [one.name for one in found] == [name]


def test_a_rate_that_lengths_made_is_told_by_that_of_audio() -> None:
    """The same 30 s of audio per second are another rate with the clips of another seed."""

    def at(rate: float) -> OpenLoop:
        return replace(AT_A_RATE, audio_rate=30.0, stages=(Stage(first=rate, last=rate, for_s=None),))

    assert unlike([run(load=at(2.97))], [run(load=at(3.02))]) == ()


def test_files_are_told_by_what_is_in_them() -> None:
    def of(folder: str, digest: str) -> RunRecord:
        trace = replace(AT_A_RATE, stages=(), trace=Trace(file=f"{folder}/peak.jsonl", speed=2.0))
        audio = {"audio": {"duration": {"empirical": f"{folder}/lengths.csv"}}}
        return run(audio, load=trace, pack_digest=digest)

    assert unlike([of("/builds/7", "a")], [of("/builds/8", "a")]) == ()
    assert [one.name for one in unlike([of("/builds/7", "a")], [of("/builds/7", "b")])] == ["run.pack_digest"]
    assert conditions(of("/builds/7", "a"))["load.trace"] == "peak.jsonl"


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        (RATE, "Linux x86_64"),
        ("Linux-6.18.44-fc-v595-aarch64-with-glibc2.36", "Linux aarch64"),
        ("Darwin-23.4.0-arm64", "Darwin arm64"),
        ("Plan9", "Plan9"),
        ("", None),
    ],
)
def test_a_class_of_machine_is_no_version_of_its_kernel(platform: str, expected: str | None) -> None:
    assert machine(platform) == expected


def test_another_class_of_machine_is_named() -> None:
    host = {"name": "a", "platform": RATE, "cpus": 2}
    base = run(host=host)
    newer = run(host={"name": "b", "platform": "Linux-6.9.1-x86_64-with-musl", "cpus": 2})
    assert unlike([base], [newer]) == ()
    larger = run(host=host | {"cpus": 16})
    assert [(one.name, one.baseline, one.candidate) for one in unlike([base], [larger])] == [
        ("host.cpus", ("2",), ("16",))
    ]


def test_runs_of_one_side_have_to_be_alike_too() -> None:
    found = unlike([run(), run({"total_requests": 60}), run()], [run()])
    assert [(one.baseline, one.candidate) for one in found] == [(("100", "60"), ("100",))]


def test_invalid_runs_are_unlike_even_each_other() -> None:
    broken = run(generator=Generator(listener_errors=1))
    assert broken.summary.validity.verdict == "INVALID"
    found = unlike([broken], [broken])
    assert [(one.name, one.baseline, one.candidate) for one in found] == [
        ("validity.verdict", ("INVALID",), ("INVALID",))
    ]


def test_a_run_that_was_broken_off_measured_something_else() -> None:
    found = unlike([run()], [run(end_reason="interrupted", complete=False)])
    assert [one.name for one in found] == ["run.end_reason"]


@pytest.mark.parametrize("reason", ["interrupted", "stopped", "gave_up", "workers_lost"])
def test_runs_that_were_broken_off_are_unlike_even_each_other(reason: str) -> None:
    broken = run(end_reason=reason, complete=False)
    assert [(one.name, one.baseline) for one in unlike([broken], [broken])] == [("run.end_reason", (reason,))]
    ended = run(end_reason="time_limit", complete=False)
    assert unlike([ended], [ended]) == ()


def test_a_run_in_doubt_can_be_compared_and_is_named_by_what_it_is() -> None:
    doubtful = run(generator=DOUBTED)
    assert doubtful.summary.validity.verdict == "DEGRADED"
    assert unlike([run()], [doubtful]) == ()
    broken = run(generator=Generator(listener_errors=1))
    (found,) = unlike([run()], [doubtful, broken])
    assert (found.baseline, found.candidate) == (("VALID",), ("DEGRADED", "INVALID"))


def test_a_result_that_lacks_keys_has_null_for_them() -> None:
    bare = replace(run(), config={"api": 3, "audio": None})
    assert conditions(bare)["api.model"] == "null"
    assert conditions(bare)["audio.duration"] == conditions(run())["audio.duration"]


def test_the_length_of_clips_is_the_one_that_audio_has() -> None:
    assert module.DEFAULT_DURATION_S == DEFAULT_DURATION_S
