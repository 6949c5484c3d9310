"""What a plain word or number of YAML is."""

from __future__ import annotations

import pytest

from stt_load.config.scalars import scalar
from tests.config.conftest import Load

SCALARS = [
    ("1e3", 1000.0), ("16_000", 16_000), ("1_000.5", 1000.5), ("-1", -1), ("+.5", 0.5), ("5.", 5.0), ("010", 10),
    ("1E-2", 0.01), (".inf", float("inf")), ("-.INF", float("-inf")), ("true", True), ("False", False),
    ("null", None), ("~", None), ("", None), ("no", "no"), ("yes", "yes"), ("on", "on"), ("1__0", "1__0"),
    ("12:30:00", "12:30:00"),
    ("2024-01-01", "2024-01-01"), ("0x10", "0x10"), ("0o7", "0o7"), (".", "."), ("1.2.3", "1.2.3"), ("1_", "1_"),
    ("e3", "e3"), ("1\n", "1\n"), ("inf", "inf"), ("nan", "nan"), ("none", "none"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_scalars_are_read_as_in_yaml_1_2(loaded: Load, text: str, value: object) -> None:
    read = scalar(text)
    assert (type(read), read) == (type(value), value)
    if isinstance(value, str) and "\n" not in text:
        assert loaded(f"api: {{language: {text}}}").api.language == value
