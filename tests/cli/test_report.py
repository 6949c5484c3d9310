"""`stt-load report`: what it says and ends with, and what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from stt_load.audio.sources import AudioSpec, pack_of, texts_of
from stt_load.config import Config
from stt_load.report import levels_report
from stt_load.report.output import messages_for
from stt_load.storage import series
from stt_load.storage.levels_record import LevelsRecord
from stt_load.storage.result_file import level_path, write, write_levels
from stt_load.storage.series import SeriesRecord
from stt_load.storage.spool import Spool
from stt_load.storage.transcripts import Transcripts
from tests.cli.within import within
from tests.report.runs import run_of, steady
from tests.storage.trying import levels_of, search_of


def report(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return within("report", *map(str, words), environ=os.environ | environ)


def program(*words: str | Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The same as a process of its own, whose output has an encoding."""
    command = [sys.executable, "-m", "stt_load.cli", "report", *map(str, words)]
    env = os.environ | environ
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=env)


def saved(folder: Path, config: Config | None = None) -> Path:
    path = folder / "result.json"
    write(path, run_of(steady(), config))
    return path


def test_the_report_of_a_result(tmp_path: Path) -> None:
    path = saved(tmp_path)
    english, korean = program(path), program(path, "--language", "ko")
    assert (english.returncode, english.stderr) == (0, "")
    assert english.stdout.split()[:2] == ["📂", str(path)]
    assert "  Median: 0.500 s\n" in english.stdout
    assert "  중앙값: 0.500초\n" in korean.stdout


def test_where_there_is_no_hangul_the_report_is_english_and_says_so(tmp_path: Path) -> None:
    path = saved(tmp_path)
    for environ in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}):
        said = program(path, "--language", "ko", **environ).stdout
        assert said.startswith("This is in English: ")
        assert "  Median: 0.500 s\n" in said


def test_a_saved_run_is_held_against_other_slos(tmp_path: Path) -> None:
    path = saved(tmp_path)
    met = report(path, "--slo", "p95(response_time_s) < 2; error_rate < 1%", "--slo", "{limit: steady_rps > 1}")
    assert met.returncode == 0
    assert "  - met: p95(response_time_s) < 2 (observed 0.500 s, n = 90)" in met.stdout
    assert met.stdout.count("  - met: ") == 3
    missed = report(path, "--slo", "p95(response_time_s) < 100 ms", "--json")
    assert missed.returncode == 3
    (verdict,) = json.loads(missed.stdout)["slo"]
    assert (verdict["verdict"], verdict["observed"], verdict["limit"]) == ("missed", 0.5, 0.1)


def test_what_the_run_itself_has_missed_is_no_code_of_its_report(tmp_path: Path) -> None:
    path = saved(tmp_path, Config(slo=["p95(response_time_s) < 100 ms"]))
    own = report(path)
    assert (own.returncode, own.stdout.count("  - MISSED: ")) == (0, 1)


@pytest.mark.parametrize(
    ("slo", "said"),
    [
        ("p95(response_time) < 2", "did you mean response_time_s?"),
        ("mean(rtf) < 1", "`mean(rtf) < 1` needs an error_rate beside it"),
        ("{limt: error_rate < 1%}", "limt"),
    ],
)
def test_slos_that_are_none(tmp_path: Path, slo: str, said: str) -> None:
    refused = report(saved(tmp_path), "--slo", slo)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("stt-load: --slo: `")
    assert said in refused.stderr


def test_the_figures_as_json(tmp_path: Path) -> None:
    path = saved(tmp_path)
    figures = json.loads(report(path, "--json").stdout)
    whole = json.loads(path.read_text(encoding="utf-8"))
    del whole["requests"]
    assert figures == whole


def test_of_a_run_that_was_killed_what_it_left_is_found_by_the_results_name(tmp_path: Path) -> None:
    run = run_of(steady())
    spool = Spool(tmp_path / "result.json", run.info, run.config)
    spool.barrier(0.0, 0.0, "")
    spool.write(run.samples)
    spool.close()
    ran = report(tmp_path / "result.json")
    left = tmp_path / "result.partial.jsonl"
    assert ran.returncode == 0
    assert ran.stderr == f"stt-load: {tmp_path / 'result.json'} was never written; read instead: {left}\n"
    assert ran.stdout.startswith(f"📂 {left}\n")


@pytest.mark.parametrize("record", [levels_of(), search_of()], ids=["sweep", "search"])
def test_the_report_of_levels(tmp_path: Path, record: LevelsRecord) -> None:
    path = tmp_path / "result.json"
    write_levels(path, record)
    ran = report(path)
    assert (ran.returncode, ran.stderr) == (0, "")
    say = messages_for("en", sys.stdout)
    assert ran.stdout.splitlines() == list(levels_report.report(say, replace(record, path=path), [path]))
    whole = json.loads(path.read_text(encoding="utf-8"))
    del whole["requests"]
    assert json.loads(report(path, "--json").stdout) == whole


def test_the_files_for_ci_of_levels(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_levels(path, search_of())
    ran = report(path, "--junit", tmp_path / "junit.xml", "--markdown", tmp_path / "summary.md")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ET.parse(tmp_path / "junit.xml").getroot().get("tests", "0")) > 0
    assert "2 requests in flight" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_levels_are_held_against_no_other_slos_and_are_in_no_other_run(tmp_path: Path) -> None:
    path = tmp_path / "levels.json"
    write_levels(path, search_of())
    for words, said in [
        ((path, "--slo", "p95(response_time_s) < 2"), "of 3 levels, which --slo can't hold against anything"),
        ((path, saved(tmp_path)), "is of 3 levels: it is read alone"),
    ]:
        refused = report(*words)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert said in refused.stderr


def test_of_levels_that_were_killed_each_is_read_alone(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    spools = []
    for one in levels_of().levels:
        spool = Spool(level_path(result, one.number), one.run.info, one.run.config)
        spool.barrier(0.0, 4711.0, "")
        spool.write(one.run.samples)
        spool.close()
        spools.append(spool.path)
    whole = report(result)
    assert (whole.returncode, whole.stdout) == (2, "")
    names = ", ".join(map(str, spools))
    assert whole.stderr == f"stt-load: {result} was never written; name one of the levels that are left: {names}\n"
    alone = report(spools[1])
    assert alone.returncode == 0
    assert "  Median: 0.300 s\n" in alone.stdout
    both = report(*spools[:2])
    assert both.returncode == 2
    assert "different levels of a run, which are read one by one" in both.stderr


def test_any_name_that_is_not_a_spools_is_a_results(tmp_path: Path) -> None:
    path = saved(tmp_path).rename(tmp_path / "result.jsonl")
    assert report(path).returncode == 0


def test_what_is_no_result_is_one_sentence_and_2(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    for path, said in ((other, "not a result"), (tmp_path / "missing.json", "No such file"), (tmp_path, "directory")):
        ran = report(path)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert said in ran.stderr
        assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("block", "key", "value"),
    [
        ("run", "users", []),
        ("run", "clocks", []),
        ("run", "workers", [["x"]]),
        ("config", "report", None),
        ("config", "report", {"language": 1e300}),
        ("config", "api", "x"),
        ("run", "load", {"model": "closed", "users": 1, "request_delay_s": "x"}),
    ],
)
def test_values_of_another_type_are_one_sentence_and_2(tmp_path: Path, block: str, key: str, value: object) -> None:
    path = saved(tmp_path)
    values = json.loads(path.read_text(encoding="utf-8"))
    values[block][key] = value
    path.write_text(json.dumps(values), encoding="utf-8")
    ran = report(path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{path}: damaged, no report can be made of it" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_nothing_in_a_file_steers_the_terminal(tmp_path: Path) -> None:
    """Whoever wrote the file could write anything into it: the report, and the word that there is none."""
    path = saved(tmp_path)
    values = json.loads(path.read_text(encoding="utf-8"))
    steering = "\x1b]0;title\x07\x9b31m\u202ea"
    values["run"] |= {"target": steering, "config_file": steering, "started_at": steering, "detail": steering}
    values["config"]["api"] |= {"model": steering, "response_format": steering, "stream_dialect": steering}
    values["requests"][0] |= {"error": steering, "error_kind": "http_5xx"}
    path.write_text(json.dumps(values), encoding="utf-8")
    values["schema_version"] = steering
    other = tmp_path / "other.json"
    other.write_text(json.dumps(values), encoding="utf-8")
    told, as_json, refused = report(path), report(path, "--json"), report(other)
    assert (told.returncode, as_json.returncode, refused.returncode) == (0, 0, 2)
    for text in (told.stdout, as_json.stdout, refused.stderr):
        assert not set(text) & set(steering) - set("]0;title31ma")
        assert "31m" in text


SPEECH = {"source": "speech", "duration": 10.0, "sample_rate": 16_000, "format": "wav", "pack": None}


def left_by_a_kill(
    folder: Path, answer: str | None = None, pack: str | None = None, pack_digest: str | None = None
) -> tuple[Path, Path]:
    """The spool of a run whose clips say something, and the transcripts beside it: `answer` to each, if not what its
    clip says."""
    run = run_of(steady(), pack_digest=pack_digest)
    spec = AudioSpec("speech", 10.0, 16_000)
    spool = Spool(folder / "result.json", run.info, run.config | {"audio": SPEECH | {"pack": pack}})
    spool.barrier(0.0, 0.0, "")
    spool.write(run.samples)
    spool.close()
    texts, words = Transcripts(folder / "result.json", str), texts_of(spec, run.info.seed)
    for sample in run.samples:
        texts.add(sample, answer or " ".join(words(sample.seq, sample.attempt)))
    texts.write()
    texts.close()
    return spool.path, texts.path


def test_what_a_killed_run_was_answered_is_scored(tmp_path: Path) -> None:
    spool, _ = left_by_a_kill(tmp_path)
    figures = json.loads(report(spool, "--json").stdout)
    assert figures["accuracy"]["scored"] == figures["metrics"]["requests"]["succeeded"] > 0
    assert (figures["metrics"]["accuracy"]["wer"], figures["accuracy"]["normalisation"]) == (0.0, "english")


def test_the_transcripts_of_a_run_need_not_be_named_and_are_no_run_of_their_own(tmp_path: Path) -> None:
    spool, texts = left_by_a_kill(tmp_path, "something else altogether")
    both, alone = report(spool, texts, "--json"), report(texts)
    assert json.loads(both.stdout)["metrics"]["accuracy"]["wer"] > 0.8
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "its rows are in the file without .transcripts" in alone.stderr


def test_without_its_transcripts_a_spool_says_that_nothing_was_scored(tmp_path: Path) -> None:
    spool, texts = left_by_a_kill(tmp_path)
    texts.unlink()
    said = json.loads(report(spool, "--json").stdout)
    assert said["metrics"]["requests"]["succeeded"] > 0
    assert "are not there" in said["accuracy"]["reason"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ('{"seq": 1}\n{}\n', "is damaged: a line lacks 'attempt'"),
        ('{"seq": [], "attempt": 0, "sent_s": 0, "text": ""}\n', "a value is of another type"),
        ("\0\0\0\n", "line 1 is not JSON"),
    ],
)
def test_transcripts_that_are_damaged_cost_the_accuracy_alone(tmp_path: Path, lines: str, why: str) -> None:
    spool, texts = left_by_a_kill(tmp_path)
    texts.write_text(lines)
    said = json.loads(report(spool, "--json").stdout)
    assert said["metrics"]["requests"]["succeeded"] > 0
    assert (said["accuracy"]["scored"], said["metrics"]["accuracy"]["n"]) == (0, 0)
    assert why in said["accuracy"]["reason"]


def test_clips_of_another_pack_are_not_scored(tmp_path: Path) -> None:
    pack = pack_of(AudioSpec("speech", 10.0, 16_000)).digest
    for known, count in ((pack, True), ("0" * 64, False)):
        (tmp_path / known).mkdir()
        spool, _ = left_by_a_kill(tmp_path / known, pack_digest=known)
        accuracy = json.loads(report(spool, "--json").stdout)["accuracy"]
        assert bool(accuracy["scored"]) is count
        assert ("another one now than in the run" in (accuracy["reason"] or "")) is not count


def test_a_pack_that_is_gone_costs_the_accuracy_alone(tmp_path: Path) -> None:
    spool, _ = left_by_a_kill(tmp_path, pack=str(tmp_path / "gone.jsonl"), pack_digest="0")
    said = json.loads(report(spool, "--json").stdout)
    assert said["metrics"]["requests"]["succeeded"] > 0
    assert "can't be read any more" in said["accuracy"]["reason"]


def test_the_verdicts_for_ci_are_written_beside_it(tmp_path: Path) -> None:
    path, junit, summary = saved(tmp_path), tmp_path / "junit.xml", tmp_path / "summary.md"
    junit.write_text("an older one", encoding="utf-8")
    summary.write_text("# Before\n", encoding="utf-8")
    ran = report(path, "--junit", junit, "--markdown", summary, "--language", "ko")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ET.parse(junit).getroot().get("failures") == "0"
    told = summary.read_text(encoding="utf-8")
    assert told.startswith("# Before\n## ")
    assert "측정 신뢰도: ✅ VALID" in told


def test_a_page_is_written_of_a_run_and_of_levels(tmp_path: Path) -> None:
    run, levels, page = saved(tmp_path), tmp_path / "levels.json", tmp_path / "page.html"
    write_levels(levels, levels_of())
    for path in (run, levels):
        for language in ("en", "ko"):
            page.write_text("an older one", encoding="utf-8")
            ran = report(path, "--html", page, "--language", language)
            assert (ran.returncode, ran.stderr) == (0, "")
            text = page.read_text(encoding="utf-8")
            assert text.startswith(f'<!doctype html>\n<html lang="{language}">')
            assert f"{path.name} · " in text
    ran = report(run, "--html", page, "--slo", "p95(response_time_s) < 0.1")
    assert ran.returncode == 3
    assert "1 of 1 MISSED" in page.read_text(encoding="utf-8"), "what is asked for now is what the page says"


def test_a_page_beside_the_result_has_its_name_and_writes_over_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path)
    for name in ("result.html", "result_2.html"):
        ran = report(path, "--html", "auto", "--json")
        assert (ran.returncode, ran.stderr) == (0, f"stt-load: the page is in {tmp_path / name}\n")
        assert json.loads(ran.stdout)["schema_version"]
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert not Path("auto").exists()


@pytest.mark.parametrize(("name", "why"), [("", "has an empty name"), ("-", "standard output has the report itself")])
def test_a_page_needs_a_name(tmp_path: Path, name: str, why: str) -> None:
    ran = report(saved(tmp_path), "--html", name)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert why in ran.stderr
    assert "name a file, or auto" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_what_can_not_be_written_for_ci_is_one_sentence_and_2(tmp_path: Path) -> None:
    path = saved(tmp_path)
    for option in ("--junit", "--markdown", "--html"):
        ran = report(path, option, tmp_path / "none" / "x.xml")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert ran.stderr == f"stt-load: {tmp_path / 'none' / 'x.xml'} can't be written: No such file or directory\n"


@pytest.mark.parametrize("option", ["--junit", "--markdown", "--html"])
def test_a_result_is_not_written_over_by_its_report(tmp_path: Path, option: str) -> None:
    path = saved(tmp_path)
    before = path.read_bytes()
    ran = report(path, option, tmp_path / "." / "result.json")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "result.json is what the report is made of; choose another file to write" in ran.stderr
    assert path.read_bytes() == before


def test_nor_are_its_rows_and_what_a_killed_run_has_left(tmp_path: Path) -> None:
    path = saved(tmp_path)
    rows = tmp_path / "result.requests.jsonl.gz"
    rows.write_text("rows")
    run = run_of(steady())
    spool = Spool(tmp_path / "killed.json", run.info, run.config)
    spool.barrier(0.0, 0.0, "")
    spool.write(run.samples)
    spool.close()
    left = tmp_path / "killed.partial.jsonl"
    for result, target in ((path, rows), (tmp_path / "killed.json", left)):
        before = target.read_bytes()
        ran = report(result, "--html", target)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert f"{target} is what the report is made of" in ran.stderr
        assert target.read_bytes() == before


@pytest.mark.parametrize("second", ["x", "./x", "folder/../x"])
def test_two_files_of_one_name_are_refused(tmp_path: Path, second: str) -> None:
    (tmp_path / "folder").mkdir()
    ran = report(saved(tmp_path), "--junit", tmp_path / "x", "--html", f"{tmp_path}/{second}")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "--junit, --html: two of them name the same file; choose one for each" in ran.stderr
    assert not (tmp_path / "x").exists()


def test_github_finds_no_command_in_the_words_of_a_service(tmp_path: Path) -> None:
    run = run_of(steady(), detail="::error::all is lost ##[error]x", end_reason="gave_up", complete=False)
    path = tmp_path / "result.json"
    write(path, run)
    for on_github in ("true", ""):
        lines = [line.strip() for line in report(path, GITHUB_ACTIONS=on_github).stdout.splitlines()]
        assert [line for line in lines if line.startswith("::") or "##[" in line] == [] or not on_github


def test_of_several_runs_their_summary_is_told(tmp_path: Path) -> None:
    runs = tuple(series.one_run(number, run_of(steady()), 0) for number in (1, 2))
    path = series.write(tmp_path / "x.json", SeriesRecord(2, "http://it", runs, 0))
    english, korean = report(path), report(path, "--language", "ko")
    assert (english.returncode, english.stderr) == (0, "")
    assert "2 of 2 runs" in english.stdout
    assert "throughput_rps" in korean.stdout
    written = json.loads(path.read_text(encoding="utf-8")) | {"written_at": None}
    assert json.loads(report(path, "--json").stdout) | {"written_at": None} == written
    for option in ("--junit", "--html"):
        refused = report(path, option, tmp_path / "file")
        assert (refused.returncode, "name one of them" in refused.stderr) == (2, True)
