"""docs/result.md: each of its lines reads a real result, and finds the figures that the report has."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.samples.accuracy import Accuracy, Example
from stt_load.samples.sample import ErrorKind
from stt_load.samples.table import Samples
from stt_load.stats.quantiles import quantile
from stt_load.storage import result_file, rows_file
from tests.factory import joined, table
from tests.markdown import blocks, commands
from tests.report.runs import run_of
from tests.storage.trying import levels_of, search_of

PAGE = "docs/result.md"


def a_run() -> Samples:
    """A warm-up, 97 answers of different lengths, and three failures."""
    kinds = [None] * 97 + [ErrorKind.SHED] * 2 + [ErrorKind.TIMEOUT_READ]
    times = [0.5 + 0.001 * (number * 37 % 100) for number in range(100)]
    starts, audio_s = [0.1 * number for number in range(100)], [100 * (one - 0.445) for one in times]
    measured = table(starts, times, kind=kinds, audio_s=audio_s, first_seq=3)  # type: ignore[arg-type]
    both = joined(table([-3.0, -2.0, -1.0], 0.9), measured)
    both.rows["phase"][:3] = 0
    both.rows["error"][100:] = 0
    for name, value in {"words": 20, "substitutions": 1, "deletions": 0, "insertions": 0, "characters": 99}.items():
        both.rows[name][3:100] = value
    both.rows["character_edits"][3:100], both.rows["flaw"][7] = 3, 1
    return Samples(both.rows, ("HTTP 503: =full",))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With all files that the page names."""
    run = run_of(a_run())
    worst = Example(7, 0, "the old boat", "a yellow bird", 1.0, "swapped", 9)
    run = replace(run, accuracy=Accuracy("english", "whisper-normalizer 0.1.15", scored=97, worst=(worst,)))
    result_file.write(tmp_path / "result.json", run)
    said = [{"seq": seq, "attempt": 0, "said": "the old boat", "heard": f"boat {seq}"} for seq in (11, 12)]
    (tmp_path / "result.transcripts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in said))
    for name in ("rows.csv", "rows.jsonl"):
        rows_file.write(tmp_path / name, run)
    with monkeypatch.context() as long:
        long.setattr(result_file, "MOST_ROWS_INSIDE", 10)
        result_file.write(tmp_path / "long.json", run)
    result_file.write_levels(tmp_path / "sweep.json", levels_of())
    result_file.write_levels(tmp_path / "search.json", search_of())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def metrics(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))["metrics"]
    return found


def test_pandas_finds_what_the_report_says(folder: Path) -> None:
    pytest.importorskip("pandas")
    code = "\n".join(blocks(PAGE, "python"))
    assert 'pd.DataFrame(json.load(open(f))["requests"])' in code
    told = """
print(json.dumps({
    "rows": [len(rows), len(many), len(table), len(lines)],
    "ok": [len(ok), int(per_second.sum())],
    "p95": float(p95),
    "wer": [float(wer), float(by_users[1])],
    "median": float(median),
    "of_96": [float(ok["response_time_s"][:96].median()), sorted(ok["response_time_s"][:96])[47:49]],
    "sent_at": str(sent_at[3]),
    "alike": [bool(np.allclose(rows["response_time_s"], one["response_time_s"], atol=1e-9)) for one in (many, table)],
    "levels": published.astype(object).where(published.notna(), None).values.tolist(),
    "p95s": p95_of_levels.tolist(),
    "flags": rows["ok"].tolist() == table["ok"].tolist() == lines["ok"].tolist(),
}))
"""
    ran = subprocess.run([sys.executable, "-c", code + told], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    levels = json.loads((folder / "sweep.json").read_text(encoding="utf-8"))["levels"]
    p95s = [one["metrics"]["response_time_s"]["p95"] for one in levels]
    assert found.pop("p95s") == pytest.approx(p95s)
    rates = [one["metrics"]["throughput_rps"] for one in levels]
    assert found.pop("levels") == [[users, rate, 0.3, None] for users, rate in zip((1, 2, 4), rates, strict=True)]
    between, (lower, upper) = found.pop("of_96")
    assert between == pytest.approx((lower + upper) / 2)
    assert lower < between < upper
    assert quantile(np.array([lower, upper]), 0.5) == lower, "the report's is one of them"
    assert found == {
        "rows": [103] * 4,
        "ok": [97, 97],
        "p95": metrics(folder)["response_time_s"]["p95"],
        "wer": [metrics(folder)["accuracy"]["wer"]] * 2,
        "median": metrics(folder)["response_time_s"]["median"],
        "sent_at": "2024-01-01 03:00:01.500000+00:00",
        "alike": [True, True],
        "flags": True,
    }


def test_duckdb_finds_what_the_report_says(folder: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    statements = [one for block in blocks(PAGE, "sql") for one in block.split(";") if one.strip()]
    with duckdb.connect() as database:
        found = [database.execute(statement).fetchall() for statement in statements]
        with pytest.raises(duckdb.BinderException):
            database.execute("SELECT avg(gap_mean_s) FROM 'rows.csv'")
    _, by_phase, many, by_kind, *of_nothing = found
    p95 = metrics(folder)["response_time_s"]["p95"]
    assert ("measured", True, 97, p95) in by_phase
    assert many == [(103,)]
    assert by_kind == [(None, 97), ("shed", 2), ("timeout_read", 1)]
    assert of_nothing == [[(None,)], [(None,)]]


@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq")
def test_jq_finds_what_the_report_says(folder: Path) -> None:
    *told, rows, heard, swept, answer, curve = [
        jq(line) for block in blocks(PAGE, "bash") for line in commands(block)
    ]
    lengths = json.loads((folder / "result.json").read_text(encoding="utf-8"))["durations"]
    assert [json.loads(line) for line in rows.splitlines()] == [row for row in requests(folder) if not row["ok"]]
    assert told == [
        str(metrics(folder)["response_time_s"]["p95"]),
        "VALID",
        '{"shed":2,"timeout_read":1}',
        "100\tshed\tHTTP 503: =full\n101\tshed\tHTTP 503: =full\n102\ttimeout_read\tHTTP 503: =full",
        "0.05",
        "7\tswapped",
        "the old boat\na yellow bird",
        "\n".join(
            f"{one['over_s']:g}\t{one['n']}\t{one['response_time_s']['p95_s']}\t{one['rtf']['overall']}"
            for one in lengths
        ),
        '["linear",0.445,0.01,null]',
        "true",
    ]
    assert heard == "the old boat\nboat 12"
    assert [line.split("\t")[::2] for line in swept.splitlines()] == [["1", "0.3"], ["2", "0.3"], ["4", "0.3"]]
    assert answer == "carries 2 requests in flight"
    points = json.loads((folder / "search.json").read_text(encoding="utf-8"))["capacity"]["levels"]
    told_of = [[f"{one['value']:g}", str(one["done_rps"]), "0.3", one["outcome"]] for one in points]
    assert [line.split("\t") for line in curve.splitlines()] == told_of


def jq(line: str) -> str:
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def requests(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "result.json").read_text(encoding="utf-8"))["requests"]
    return found
