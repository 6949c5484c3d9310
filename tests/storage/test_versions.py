"""Results and spools of schema 2, as stt-load 0.1.0 left them in `former`: what they are worth today."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stt_load.report.console import report
from stt_load.report.messages import Language, Messages
from stt_load.samples.rounding import rounded
from stt_load.samples.run_info import ClosedLoop
from stt_load.storage.document import document
from stt_load.storage.merge import merge
from stt_load.storage.result_file import load, load_run, write
from stt_load.storage.run_record import ReportError
from stt_load.storage.versions import SCHEMA_VERSION, current
from tests.report.runs import run_of, steady

FORMER = Path(__file__).parent / "former"
RESULT, SPOOL = FORMER / "result.json", FORMER / "killed.partial.jsonl"


def saved() -> dict[str, Any]:
    values: dict[str, Any] = json.loads(RESULT.read_text(encoding="utf-8"))
    assert values["schema_version"] == 2
    return values


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("file", [RESULT, SPOOL], ids=["result", "spool"])
def test_the_report_says_what_it_said_then(file: Path, language: Language) -> None:
    then = file.with_name(f"{file.name}.{language}.txt").read_text(encoding="utf-8").splitlines()
    assert list(report(Messages(language), load(file), [Path(file.name)])) == then


def test_the_figures_are_what_they_were() -> None:
    then, now = saved(), document(load(RESULT))
    for block in ("warmup", "metrics", "findings", "backends"):
        known = now[block] if block != "metrics" else {name: now[block][name] for name in then[block]}
        assert known == rounded(then[block])
    assert now["validity"]["verdict"] == then["validity"]["verdict"]
    for check, before in zip(now["validity"]["checks"], then["validity"]["checks"], strict=True):
        value = before.pop("value")
        assert check.pop("value") == (None if value is None else pytest.approx(value, abs=1e-5)), check["name"]
        assert check == rounded(before) | {"too_few": []}, "what schema 6 says of slo_samples"
    assert now["schema_version"] == SCHEMA_VERSION


def test_the_clips_keys_are_where_they_are_now() -> None:
    then, now = saved()["config"], document(load(RESULT))["config"]
    clips = {"duration": then.pop("audio_duration"), "sample_rate": then.pop("sample_rate")}
    recordings = {"files": None, "vary": None, "skip_broken": False, "cache_mb": 256}
    audio = {"source": "noise", "format": "wav", "pack": None} | recordings | clips
    accuracy = {"normalise": "auto", "save_transcripts": False, "repeat_check": 0}
    later = {"slo": [], "validity": then["validity"] | {"strict_slo": False}}
    assert now == then | {"audio": audio, "accuracy": accuracy} | later


def test_what_schema_4_had_stays_as_it_was() -> None:
    values = document(load(RESULT)) | {"schema_version": 4}
    audio = {"source": "speech", "duration": 12, "sample_rate": 8000, "format": "flac", "pack": "p"}
    values["config"]["audio"] = audio
    values["config"]["accuracy"] = {"normalise": "none", "save_transcripts": True}
    config = current(values, RESULT)["config"]
    assert config["audio"] == audio | {"files": None, "vary": None, "skip_broken": False, "cache_mb": 256}
    assert config["accuracy"] == {"normalise": "none", "save_transcripts": True, "repeat_check": 0}


def test_what_schema_5_had_stays_as_it_was_and_had_no_limits() -> None:
    values = document(load(RESULT)) | {"schema_version": 5}
    values["config"]["validity"] = {"strict": True}
    del values["config"]["slo"]
    config = current(values, RESULT)["config"]
    assert (config["validity"], config["slo"]) == ({"strict": True, "strict_slo": False}, [])
    values["config"]["validity"] = 1
    assert current(values, RESULT)["config"]["validity"] == 1


def test_what_schema_6_had_was_of_one_load_and_stays_as_it_was(tmp_path: Path) -> None:
    """Its runs did not say that no levels were asked for."""
    path = tmp_path / "result.json"
    run = run_of(steady())
    write(path, run)
    values = json.loads(path.read_text(encoding="utf-8")) | {"schema_version": 6}
    del values["run"]["levels"]
    path.write_text(json.dumps(values), encoding="utf-8")
    again = load_run(path)
    assert (again.info, again.config, again.summary) == (run.info, run.config, run.summary)
    del values["requests"]
    assert document(again) == values | {"schema_version": SCHEMA_VERSION, "run": values["run"] | {"levels": None}}


@pytest.mark.parametrize("key", ["audio_duration", "sample_rate"])
def test_one_without_a_key_of_the_clips_is_damaged(key: str) -> None:
    values = saved()
    del values["config"][key]
    with pytest.raises(ReportError, match="its config lacks audio"):
        current(values, RESULT)


def test_the_levels_are_computed_anew_in_the_format_of_today() -> None:
    then, now = saved()["levels"], document(load(RESULT))["levels"]
    unscored = {"wer": None, "cer": None, "offered_rps": None}
    assert [one["figures"] | {"users": one["first"]} for one in now] == [one | unscored for one in rounded(then)]
    assert [one["kind"] for one in now] == ["users", "users"]
    assert now[0]["to_s"] == now[1]["from_s"]


def test_what_was_not_known_then_is_absent_and_the_load_was_closed() -> None:
    run = load(RESULT)
    assert {(row.slot, row.level, row.stage) for row in run.samples} == {(0, None, None)}
    assert run.info.load == ClosedLoop(users=2, request_delay_s=0.0)


def test_it_is_merged_with_what_is_of_today(tmp_path: Path) -> None:
    former = load(SPOOL)
    write(tmp_path / "result.json", former)
    both = merge([former, load(tmp_path / "result.json")])
    assert list(both.samples) == sorted(former.samples, key=lambda row: row.done_s)
    assert both.summary.metrics == former.summary.metrics


@pytest.mark.parametrize("version", [1, 9, "3", 2.5])
def test_another_schema_is_refused(version: object) -> None:
    with pytest.raises(ReportError, match=rf"schema version {version}, this stt-load reads 2 to 8.* \(0\.1\.0\)"):
        current(saved() | {"schema_version": version}, RESULT)


@pytest.mark.parametrize("key", ["request_delay", "api"])
def test_a_config_without_what_a_report_asks_is_damaged(key: str) -> None:
    values = saved()
    del values["config"][key]
    with pytest.raises(ReportError, match=f"its config lacks {key}"):
        current(values, RESULT)


def test_a_delay_of_another_type_is_one_sentence(tmp_path: Path) -> None:
    values = saved()
    values["config"]["request_delay"] = "x"
    path = tmp_path / "result.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(ReportError, match="RunInfo load"):
        load(path)
