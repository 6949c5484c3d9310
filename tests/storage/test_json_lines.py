"""JSON lines are read many at a time, and what is wrong with one is told with its number."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.storage import json_lines
from stt_load.storage.json_lines import BATCH_BYTES, LineError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def read(content: bytes) -> list[object]:
    return list(json_lines.read(io.BytesIO(content)))


@given(st.lists(st.dictionaries(st.text(max_size=5), VALUES, max_size=4), max_size=10), st.booleans())
def test_each_line_is_read_as_json_reads_it(values: list[dict[str, object]], ends: bool) -> None:
    content = "".join(f"{json.dumps(value)}\n" for value in values)
    assert read((content if ends else content.removesuffix("\n")).encode()) == values


def test_many_batches_are_one_file() -> None:
    values = [{"seq": number, "text": "x" * 100} for number in range(3 * BATCH_BYTES // 100)]
    assert read("".join(f"{json.dumps(value)}\n" for value in values).encode()) == values


def test_half_a_surrogate_pair_is_kept() -> None:
    assert read(b'{"error": "\\ud800"}\n{"error": "ok"}\n') == [{"error": "\ud800"}, {"error": "ok"}]


@pytest.mark.parametrize("last", [b'{"a": 1', b"{", b"nul", b'{"a": "\xec\x84', b"[1]", b"7"])
def test_a_last_line_that_was_cut_off_is_left_out(last: bytes) -> None:
    assert read(b'{"a": 1}\n' + last) == [{"a": 1}]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "line 2 is not JSON"),
        (b"", "line 2 is not JSON"),
        (b"[1]", "line 2 is not a JSON object"),
        (b'{"a": 1},{"a": 2}', "line 2 is not JSON"),
        (b"[" * 100_000, "line 2 is not JSON"),
        (b"\xff", "line 2 is not JSON"),
    ],
)
def test_a_broken_line_is_named(line: bytes, said: str) -> None:
    with pytest.raises(LineError, match=said) as error:
        read(b'{"a": 1}\n' + line + b'\n{"a": 3}\n')
    assert error.value.number == 2


def test_two_objects_on_one_line_do_not_make_up_for_one_that_lacks() -> None:
    with pytest.raises(LineError, match="line 1"):
        read(b'{"a": 1},{"a": 2}\n[\n')
