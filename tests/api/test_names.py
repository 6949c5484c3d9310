"""Every name has what it stands for, and no more."""

from __future__ import annotations

from typing import get_args

from stt_load.api.answers import reader
from stt_load.api.dialects import MARKS, UNDERSTAND
from stt_load.api.names import DIALECTS, JSON_FORMATS, ResponseFormat
from stt_load.server.dialects import DIALECTS as SPOKEN


def test_each_dialect_is_understood_and_the_embedded_server_has_it() -> None:
    assert {*UNDERSTAND, "plain"} == set(DIALECTS) == set(SPOKEN)
    assert MARKS.keys() <= set(DIALECTS)


def test_each_format_has_a_reader() -> None:
    assert set(get_args(ResponseFormat)) >= JSON_FORMATS
    assert all(callable(reader(one)) for one in get_args(ResponseFormat))
