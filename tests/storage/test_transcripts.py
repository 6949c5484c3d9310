"""The words of answers on disk: those that count, without secrets, for their owner alone, and gone afterwards."""

from __future__ import annotations

import itertools
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stt_load.api.redaction import Redactor
from stt_load.audio.names import REPEAT
from stt_load.samples.accuracy import LONGEST_ANSWER
from stt_load.samples.sample import ErrorKind, Phase, Sample
from stt_load.samples.table import SampleTable
from stt_load.storage import result_file, transcripts
from stt_load.storage.run_record import ReportError
from stt_load.storage.transcripts import SLICE_S, Answer, Transcripts, Wanted, read


def sample(seq: int, **how: Any) -> Sample:
    plain = Sample(seq, 0, Phase.MEASURED, 0, 1, 1.0, 1.5, None, 2.0, 0.0, 1.0, 1, 1, 200, None, None, 1)
    return replace(plain, **how)


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return tmp_path / "result.json"


@pytest.fixture
def kept(result: Path) -> Iterator[Transcripts]:
    made = Transcripts(result, Redactor(["swordfish"]).text)
    yield made
    made.close()


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_answer_is_a_line_of_a_file_that_is_its_owners_alone(kept: Transcripts, result: Path) -> None:
    kept.add(sample(12), "the boat drifts\u2028past")
    kept.add(sample(13, sent_s=None, attempt=2), "a text")
    assert not kept.path.exists(), "nobody waits for a disk"
    kept.write()
    assert kept.path == result.with_name("result.partial.transcripts.jsonl")
    assert lines(kept.path) == [
        {"seq": 12, "attempt": 0, "sent_s": 1.5, "text": "the boat drifts\u2028past"},
        {"seq": 13, "attempt": 2, "sent_s": 1.0, "text": "a text"},
    ]
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert kept.written == 2


def test_secrets_are_not_in_the_file(kept: Transcripts) -> None:
    kept.add(sample(1), "your key is swordfish, or c3dvcmRmaXNo")
    kept.write()
    assert [one.text for one in read(kept.path)] == ["your key is ***, or ***"]


@pytest.mark.parametrize(
    "how",
    [
        {"phase": Phase.WARMUP},
        {"phase": Phase.SETTLING},
        {"phase": Phase.OUTSIDE},
        {"error_kind": ErrorKind.SHED},
        {"error_kind": ErrorKind.CANCELLED},
    ],
)
def test_what_is_not_measured_or_not_ok_is_not_kept(kept: Transcripts, how: dict[str, Any]) -> None:
    kept.add(sample(1, **how), "a text")
    kept.write()
    assert not kept.path.exists()


def test_a_text_is_cut_where_it_is_longer_than_anybody_speaks(kept: Transcripts) -> None:
    kept.add(sample(1), "x" * (LONGEST_ANSWER + 1))
    kept.write()
    assert [len(one.text) for one in read(kept.path)] == [LONGEST_ANSWER]


def test_others_have_their_turn_between_slices(kept: Transcripts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slice ends when its time is over; here each text takes a third of it."""
    ticks = itertools.count()
    monkeypatch.setattr("stt_load.storage.transcripts.clock", lambda: next(ticks) * SLICE_S / 3)
    for seq in range(10):
        kept.add(sample(seq), "a")
    taken: list[int] = []
    kept.write(lambda: taken.append(kept.written))
    assert taken == [3, 6, 9, 10]
    assert [one.seq for one in read(kept.path)] == list(range(10))


def test_what_comes_while_it_is_written_comes_next_time(kept: Transcripts) -> None:
    kept.add(sample(0), "a")
    kept.write(lambda: kept.add(sample(kept.written), "more"))
    assert kept.written == 1
    kept.write()
    assert [one.seq for one in read(kept.path)] == [0, 1]


def test_what_a_disk_does_not_take_is_told_once_and_nothing_is_kept(
    kept: Transcripts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept.add(sample(0), "a")
    kept.write()

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(transcripts, "utf8", full)
    for seq in (1, 2):
        kept.add(sample(seq), "b")
        kept.write()
    assert kept.trouble is not None
    assert "No space left on device" in kept.trouble
    assert caplog.text.count("No space left on device") == 1
    assert not kept.path.exists()
    assert not kept._waiting


def test_another_runs_file_is_not_written_over(kept: Transcripts) -> None:
    kept.path.write_text("another's")
    kept.add(sample(0), "a")
    kept.write()
    assert "File exists" in (kept.trouble or "")
    kept.remove()
    assert kept.path.read_text() == "another's"


def test_a_name_with_transcripts_is_taken(result: Path) -> None:
    for suffix in (transcripts.SPOOL_SUFFIX, transcripts.KEPT_SUFFIX):
        other = result.with_suffix(suffix)
        other.symlink_to("nowhere")
        assert result_file.reserve(str(result), datetime.now()) == result.with_name("result_2.json")
        other.unlink()
    assert result_file.reserve(str(result), datetime.now()) == result


def test_afterwards_it_is_gone(kept: Transcripts) -> None:
    kept.remove()  # there never was one
    kept.add(sample(0), "a")
    assert not kept.path.exists()


def test_it_goes_when_it_is_removed_and_stays_when_it_is_closed(result: Path) -> None:
    for method, stays in ((Transcripts.close, True), (Transcripts.remove, False)):
        one = Transcripts(result, str)
        one.add(sample(0), "a")
        one.write()
        method(one)
        assert one.path.exists() is stays
        one.path.unlink(missing_ok=True)


def test_a_line_that_a_kill_cut_off_is_left_out(kept: Transcripts) -> None:
    kept.add(sample(0), "a")
    kept.write()
    with kept.path.open("a", encoding="utf-8") as file:
        file.write('{"seq": 1, "attempt": 0, "sent')
    assert list(read(kept.path)) == [Answer(0, 0, 1.5, "a")]


@pytest.mark.parametrize(("line", "said"), [("{}\n{}\n", "lacks 'seq'"), ("[]\n{}\n", "line 1")])
def test_what_is_no_answer_is_refused(result: Path, line: str, said: str) -> None:
    result.write_text(line)
    with pytest.raises(ReportError, match=said):
        list(read(result))


def test_of_several_files_each_row_that_counts_has_one_answer_on_its_own_clock(tmp_path: Path) -> None:
    table = SampleTable()
    for one in (
        sample(0, sent_s=7.0),
        sample(1, phase=Phase.OUTSIDE),
        sample(1, attempt=1, sent_s=None, start_s=9.0),
    ):
        table.append(one)
    table.append(sample(2, error_kind=ErrorKind.SHED))
    paths = [tmp_path / "a.jsonl", tmp_path / "b.jsonl"]
    for path in paths:
        answers = [Answer(seq, attempt, 4711.0, path.stem) for seq in range(4) for attempt in (0, 1)]
        path.write_text("".join(json.dumps(one._asdict()) + "\n" for one in answers))
    file = BytesIO()
    assert transcripts.combine(paths, table.snapshot(), file) == 2
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert found == [
        {"seq": 0, "attempt": 0, "sent_s": 7.0, "text": "a"},
        {"seq": 1, "attempt": 1, "sent_s": 9.0, "text": "a"},
    ]
    assert np.isnan(table.snapshot().rows["sent_s"][2])


def test_what_is_kept_says_what_was_said_and_heard(kept: Transcripts, result: Path) -> None:
    kept.add(sample(0), "the bout drifts")
    kept.write()
    file = transcripts.keep(result, kept.path, lambda *_: ("The boat.", "It drifts."), lambda: None)
    path = result.with_name(file.file)
    assert (file.file, file.rows) == ("result.transcripts.jsonl", 1)
    assert lines(path) == [{"seq": 0, "attempt": 0, "said": "The boat. It drifts.", "heard": "the bout drifts"}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        transcripts.keep(result, kept.path, lambda *_: (), lambda: None)


def test_the_file_beside_a_spool_is_known_by_its_name(kept: Transcripts, result: Path) -> None:
    spool = result.with_suffix(".partial.jsonl")
    assert transcripts.beside(spool) == kept.path
    assert transcripts.is_spool(kept.path)
    assert not transcripts.is_spool(spool)


AGAIN = {"phase": Phase.OUTSIDE, "attempt": REPEAT}


@pytest.mark.parametrize(
    ("wanted", "how", "has_words", "kept"),
    [
        (Wanted(), {}, True, False),
        (Wanted(scored=True), {}, True, True),
        (Wanted(scored=True), {}, False, False),
        (Wanted(scored=True), {"phase": Phase.WARMUP}, True, False),
        (Wanted(scored=True), {"error_kind": ErrorKind.SHED}, True, False),
        (Wanted(scored=True), {"phase": Phase.OUTSIDE, "attempt": 1}, True, False),
        (Wanted(repeated=frozenset([7])), {}, False, True),
        (Wanted(repeated=frozenset([8])), {}, True, False),
        (Wanted(repeated=frozenset([7])), AGAIN, False, True),
        (Wanted(repeated=frozenset([7])), {**AGAIN, "error_kind": ErrorKind.SHED}, False, False),
        (Wanted(repeated=frozenset([7])), {"phase": Phase.WARMUP}, False, False),
    ],
)
def test_words_are_kept_that_are_held_against_something(
    wanted: Wanted, how: dict[str, Any], has_words: bool, kept: bool
) -> None:
    assert wanted(sample(7, **how), has_words) == kept


def test_where_nothing_is_wanted_that_shows() -> None:
    assert not Wanted()
    assert Wanted(scored=True)
    assert Wanted(repeated=frozenset([1]))


def test_what_is_said_again_is_among_the_answers_that_a_kill_leaves(tmp_path: Path) -> None:
    kept, table = Transcripts(tmp_path / "r.json", str), SampleTable()
    for one in (sample(3), sample(3, **AGAIN), sample(3, phase=Phase.OUTSIDE, attempt=1)):
        table.append(one)
        kept.add(one, f"text {one.attempt}")
    kept.write()
    file = BytesIO()
    assert transcripts.combine([kept.path], table.snapshot(), file) == 2
    assert [json.loads(line)["text"] for line in file.getvalue().splitlines()] == ["text 0", f"text {REPEAT}"]
    kept.close()
