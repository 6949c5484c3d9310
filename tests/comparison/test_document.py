"""A comparison as JSON has it."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from stt_load.comparison.document import SCHEMA_VERSION, document
from stt_load.comparison.model import Comparison, Difference, Unlike
from stt_load.storage.document import as_text
from tests.markdown import text_of
from tests.report.comparisons import ONE, SIX


def test_everything_is_in_it() -> None:
    values = json.loads(as_text(document(ONE)))
    assert list(values) == ["schema_version", "kind", *(one.name for one in fields(Comparison))]
    assert (values["schema_version"], values["kind"]) == (SCHEMA_VERSION, "comparison")
    assert [list(one) for one in values["differences"]] == [[one.name for one in fields(Difference)]] * 2
    assert [list(one) for one in values["unlike"]] == [[one.name for one in fields(Unlike)]] * 2
    assert values["unlike"][1] == {"name": "host.cpus", "baseline": ["2"], "candidate": ["2", "4"]}


def test_no_data_is_null_and_p_keeps_its_digits() -> None:
    values = json.loads(as_text(document(SIX)))
    wer, p95 = values["differences"][3], values["differences"][0]
    assert (wer["metric"], wer["candidate"][1], wer["change"], wer["interval"]) == ("accuracy.wer", None, None, None)
    assert p95["p"] == 1 / 924


@pytest.mark.parametrize("record", [Comparison, Difference, Unlike])
def test_every_property_is_documented(record: type) -> None:
    hints = get_type_hints(record, include_extras=True)
    rows = [f"| `{one.name}` | {get_args(hints[one.name])[-1]} |" for one in fields(record)]
    assert "\n".join(rows) in text_of("docs/comparing.md")
