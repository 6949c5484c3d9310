"""The one table of figures: whole, and what the documents say."""

from __future__ import annotations

import itertools
import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from stt_load.samples.fields import ROW
from stt_load.samples.table import Samples
from stt_load.stats.blocks import AllQuantiles, Distribution
from stt_load.stats.metrics import METRICS, Metrics
from stt_load.stats.quantiles import QUANTILES
from stt_load.stats.summary import metrics

DOCUMENT = Path(__file__).parents[2] / "docs" / "measurement.md"
NO_FIGURES = {"intervals", "at_least", "wer_interval", "cer_interval", "model", "one_user", "reason"}


def leaves(values: dict[str, Any], path: str = "") -> list[str]:
    found = []
    for name, value in values.items():
        where = f"{path}.{name}" if path else name
        if name not in NO_FIGURES:
            found += leaves(value, where) if isinstance(value, dict) and name != "failures" else [where]
    return found


def spread(path: str) -> list[str]:
    """`a.{b,c}` as `a.b` and `a.c`."""
    parts = [part.strip("{}").split(",") for part in re.split(r"(\{[^}]*\})", path) if part]
    return ["".join(chosen) for chosen in itertools.product(*parts)]


def test_every_path_of_the_result_is_in_the_table_in_its_order() -> None:
    assert [metric.path for metric in METRICS] == leaves(asdict(metrics(Samples(np.empty(0, ROW)), 1)))


def test_every_statistic_is_a_field() -> None:
    assert list(dict.fromkeys(metric.name for metric in METRICS)) == [one.name for one in fields(Metrics)]


def test_the_quantiles_have_one_name_everywhere() -> None:
    for record in (Distribution, AllQuantiles):
        assert [one.name for one in fields(record) if one.name in QUANTILES] == list(QUANTILES)


def test_a_figure_in_a_block_has_what_the_block_has_unless_it_says_so() -> None:
    table = {metric.path: metric for metric in METRICS}
    p95, n, ours = (table[path] for path in ("all.response_time_s.p95", "response_time_s.n", "response_time_s.p95"))
    assert (p95.unit, p95.population, p95.better) == ("s", "all", "lower")
    assert (n.unit, n.population, n.better) == ("count", "ok", None)
    assert (ours.unit, ours.population, ours.better) == ("s", "ok", "lower")
    assert table["throughput_rps"].better == "higher"


def test_the_document_says_what_the_table_says() -> None:
    text = DOCUMENT.read_text(encoding="utf-8").partition("| below `metrics` |")[2]
    lines = itertools.takewhile(lambda line: line.startswith("|"), text.splitlines()[2:])
    told = {}
    for line in lines:
        path, unit, population, better = (cell.strip() for cell in line.strip("|").split("|"))
        told |= dict.fromkeys(spread(path.strip("`")), (unit, population, better or None))
    assert told == {metric.path: (metric.unit, metric.population, metric.better) for metric in METRICS}
