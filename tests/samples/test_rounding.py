"""Digits that say something."""

from __future__ import annotations

import json
import math
from dataclasses import replace

from stt_load.samples.generator import Generator, WorkerHealth
from stt_load.samples.rounding import rounded
from stt_load.storage.document import document
from tests.factory import table
from tests.report.runs import HEALTHY, run_of


def test_records_lists_and_mappings_are_rounded_to_the_last_one_in_them() -> None:
    seen = Generator(workers=(WorkerHealth(0, None, 0.1234567891),), in_flight_mean=-1e-9, in_flight_samples=3)
    again = rounded(seen)
    assert again == Generator(workers=(WorkerHealth(0, None, 0.123457),), in_flight_mean=0.0, in_flight_samples=3)
    assert rounded(again) == again
    assert rounded({"a": [1 / 3, 2, "x", None, True]}) == {"a": [0.333333, 2, "x", None, True]}
    assert math.isinf(rounded(math.inf))


def test_no_figure_of_a_result_has_more_digits() -> None:
    samples = table([number * 0.123456789 for number in range(200)], [0.1 + 1e-3 / (1 + n) for n in range(200)])
    seen = replace(HEALTHY, in_flight_mean=math.pi, in_flight_stdev=1 / 3, in_flight_samples=50)
    values = document(run_of(samples, generator=seen))
    config = values.pop("config")
    numbers: list[str] = []
    json.loads(json.dumps(values), parse_float=numbers.append)
    assert len(numbers) > 50
    assert all(float(one) == round(float(one), 6) for one in numbers)
    assert config["api"]["timeout"]["read"] == 60.0, "as it was given"
