"""Files of arrivals: what is read of them, and what is said of each line that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.length_table import MOST_SHOWN
from stt_load.audio.trace import trace_in


def told(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=r"\S") as raised:
        trace_in(str(path))
    return str(raised.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("offset_s,audio_s\n0,3\n1.5,4.5\n1.5,10\n", (2, 3, 4)),
        ("\ufeffAudio_s;status;OFFSET_S\r\n10;200;1.5\r\n\r\n3;200;0\r\n4.5;503;1.5\r\n", (4, 2, 5)),
        ("offset_s\taudio_s\tfile\n0\t3\t\n1.5\t4.5\n1.5\t10\t\n", (2, 3, 4)),
        (
            '{"offset_s": 0, "audio_s": 3, "user": null}\n\n{"offset_s": 1.5, "audio_s": 4.5, "file": null}\n'
            '{"offset_s": 1.5, "audio_s": 10.0}',
            (1, 3, 4),
        ),
    ],
)
def test_requests_come_in_the_order_of_their_instants_and_then_of_their_lines(
    tmp_path: Path, content: str, lines: tuple[int, ...]
) -> None:
    path = tmp_path / "trace"
    path.write_text(content, encoding="utf-8", newline="")
    found = trace_in(str(path))
    assert (found.offsets_s, found.lines, found.files, len(found)) == ((0.0, 1.5, 1.5), lines, (), 3)
    assert sorted(found.lengths_s) == [3.0, 4.5, 10.0]
    assert found.lengths_s[0] == 3.0


@pytest.mark.parametrize(
    "content",
    [
        'offset_s,file,audio_s\n0.5,b.wav,3\n0,"a, b.wav",\n',
        '{"offset_s": 0.5, "file": "b.wav", "audio_s": 3}\n{"offset_s": 0, "file": "a, b.wav"}\n',
    ],
)
def test_recordings_may_be_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trace"
    path.write_text(content, encoding="utf-8")
    found = trace_in(str(path))
    assert (found.files, found.lengths_s, found.offsets_s) == (("a, b.wav", "b.wav"), (), (0.0, 0.5))


JSON = '{"offset_s": 12.5, "audio_s": 7.1}'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", f"FILE has no arrivals; write one a line, such as {JSON}"),
        ("offset_s,audio_s\n", f"FILE has no arrivals; write one a line, such as {JSON}"),
        (
            "1,2\n3,4\n",
            "FILE, line 1: it names no columns offset_s and audio_s, or offset_s and file; begin with "
            "offset_s,audio_s",
        ),
        (
            "\noffset_s,length\n3,4\n",
            "FILE, line 2: it names no columns offset_s and audio_s, or offset_s and file; begin with "
            "offset_s,audio_s",
        ),
        (
            "offset_s,audio_s\nsoon,4\n3,\n,4\n-1,4\n5,nan\n6,0.01\n7,1\n",
            "FILE, line 2: offset_s is 'soon', which is no number of seconds; write one such as 12.5\n"
            "FILE, line 3: it has neither audio_s, the seconds of its audio, nor file, a recording; "
            "write one of them\n"
            "FILE, line 4: it has no offset_s; write the seconds from the trace's beginning, such as 12.5\n"
            "FILE, line 5: offset_s is -1, before the trace's beginning; write 0 or more\n"
            "FILE, line 6: audio_s is nan, which is no number of seconds; write one such as 12.5\n"
            "FILE, line 7: audio_s is 0.01, which is too short; a clip has 0.1 s or more",
        ),
        (
            '{"offset_s": true, "audio_s": 1}\n{"offset_s": "1", "audio_s": 1}\n{"offset_s": 1e999, "audio_s": 1}\n'
            f'{{"offset_s": 1{"0" * 400}, "audio_s": 1}}\n{{"offset_s": 0, "file": 7}}\n[1]\nx\n',
            "FILE, line 1: offset_s is True, which is no number of seconds; write one such as 12.5\n"
            "FILE, line 2: offset_s is '1', which is no number of seconds; write one such as 12.5\n"
            "FILE, line 3: offset_s is inf, which is no number of seconds; write one such as 12.5\n"
            f"FILE, line 4: offset_s is 1{'0' * 39}, which is no number of seconds; write one such as 12.5\n"
            "FILE, line 5: file is 7, which is no name; write that of a recording\n"
            f"FILE, line 6: it is no object; write one a line, such as {JSON}\n"
            "FILE, line 7: it is not JSON (Expecting value at character 1); each line is an object, such as " + JSON,
        ),
        (
            '{"offset_s": 0, "file": "\\ud800"}\n{"offset_s": 1, "file": "\\u0000"}\n',
            "FILE, line 1: file is '\\ud800', which is no name; write that of a recording\n"
            "FILE, line 2: file is '\\x00', which is no name; write that of a recording",
        ),
        (
            "offset_s,audio_s\n2e8,1\n0,2\n",
            "FILE, line 2: offset_s is 2e+08, years after the trace's beginning; write seconds",
        ),
        (
            "offset_s,audio_s,file\n0,1,a.wav\n1,1,\n2,3,b.wav\n",
            "FILE, line 3: it names no file, as others do; all must name one, or none",
        ),
        (
            "offset_s,audio_s\n1700000001,2\n1700000000,1\n",
            "FILE, line 3: the first request comes after 1.7e+09 s, and offset_s counts from the trace's beginning; "
            "take the first offset_s from all of them",
        ),
        (b"offset_s,audio_s\n1,1\n\xff\n", "FILE, line 3: it is not text in UTF-8; save it as that"),
        ('[{"offset_s": 1, "audio_s": 1}]', f"FILE, line 1: it is no object; write one a line, such as {JSON}"),
    ],
)
def test_all_that_is_wrong_is_told_with_its_line_and_what_would_be_right(
    tmp_path: Path, content: str | bytes, expected: str
) -> None:
    assert told(tmp_path / "trace.csv", content) == expected


def test_of_many_faults_the_first_ones_are_told(tmp_path: Path) -> None:
    lines = told(tmp_path / "trace.csv", "offset_s,audio_s\n" + "x,1\n" * (MOST_SHOWN + 5)).splitlines()
    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1] == "FILE: and 5 lines more"


def test_what_is_no_file_can_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"can't be read: No such file or directory; name a file of arrivals"):
        trace_in(str(tmp_path / "none.csv"))
    with pytest.raises(ValueError, match=r"can't be read: Is a directory"):
        trace_in(str(tmp_path))


@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
def test_nothing_breaks_it(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "trace"
    path.write_bytes(content)
    faults, found = "", None
    try:
        found = trace_in(str(path))
    except ValueError as error:
        faults = str(error)
    assert all(line.startswith(str(path)) for line in faults.splitlines())
    assert (found is None) == bool(faults)
    assert found is None or len(found.offsets_s) == len(found.lines) == len(found.lengths_s) + len(found.files)


def test_the_digest_tells_traces_apart_and_knows_a_copy(tmp_path: Path) -> None:
    contents = {
        "offset_s,audio_s\n0,1\n1,2\n": "a",
        json.dumps({"offset_s": 1, "audio_s": 2}) + "\n" + json.dumps({"offset_s": 0, "audio_s": 1}): "a",
        "offset_s,audio_s\n0,1\n1,2.5\n": "b",
        "offset_s,audio_s\n0,1\n1.25,2\n": "c",
        "offset_s,file\n0,1\n1,2\n": "d",
        "offset_s,file\n0,1\n1,3\n": "e",
    }
    digests: dict[str, set[str]] = {}
    for number, (content, kind) in enumerate(contents.items()):
        path = tmp_path / f"{number}.csv"
        path.write_text(content, encoding="utf-8")
        digests.setdefault(kind, set()).add(trace_in(str(path)).digest)
    assert [len(found) for found in digests.values()] == [1] * 5
    assert len(set.union(*digests.values())) == 5


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    path.write_text("offset_s,audio_s\n0,1\n", encoding="utf-8")
    before = trace_in(str(path))
    assert trace_in(str(path)) is before
    path.write_text("offset_s,audio_s\n0,1\n1,1\n", encoding="utf-8")
    assert len(trace_in(str(path))) == 2
