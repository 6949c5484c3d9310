"""Transcripts on their way from a worker to the master: with their rows, until they are acknowledged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgpack
import pytest

from stt_load.audio.clip import Clip
from stt_load.audio.names import REPEAT
from stt_load.clock import clock
from stt_load.cluster import messages, protocol, row_sender, worker_spools
from stt_load.cluster.checks import InvalidMessage
from stt_load.cluster.row_sender import RowSender
from stt_load.cluster.worker_dispatcher import WorkerDispatcher
from stt_load.load.iteration import Iteration
from stt_load.samples.sample import ErrorKind, Phase
from stt_load.samples.table import SampleTable
from stt_load.storage.transcripts import Transcripts, Wanted, read
from tests.cluster.conversation import Conversation, sample_of
from tests.cluster.test_intake import iteration
from tests.cluster.test_remote_executor import give


class Sending:
    """A worker's rows, each with a transcript of so many characters."""

    def __init__(self, *lengths: int) -> None:
        self.table = SampleTable()
        self.sent: list[dict[str, Any]] = []
        self.rows = RowSender(self.table, lambda: len(self.table), self._post, lambda _: {}, self._hide)
        for length in lengths:
            self.table.append(sample_of(iteration(len(self.table)), 1.0, 2.0))
            self.rows.add_transcript(len(self.table) - 1, "x" * length)

    def _post(self, _: str, data: dict[str, Any]) -> None:
        self.sent.append(data)

    def _hide(self, text: str) -> str:
        return text.replace("xxx", "***")

    def told(self) -> list[list[int]]:
        """Of each message, the rows whose transcripts it has."""
        return [[data["first"] + place for place, _ in data["transcripts"]] for data in self.sent]


def test_they_go_with_their_rows_without_secrets() -> None:
    sending = Sending(3, 1)
    sending.rows.send()
    assert [data["transcripts"] for data in sending.sent] == [[[0, "***"], [1, "x"]]]


def test_they_are_sent_again_until_they_are_acknowledged_and_leave_the_memory_then() -> None:
    sending = Sending(1, 1, 1)
    sending.rows.send()
    sending.rows.on_ack({"rows": 2, "ended": False})
    sending.rows.rewind()
    sending.rows.send()
    assert sending.told() == [[0, 1, 2], [2]]
    assert list(sending.rows._transcripts) == [2]
    sending.rows.on_ack({"rows": 3, "ended": False})
    assert not sending.rows._transcripts


def test_a_message_has_no_more_rows_than_their_transcripts_leave_room_for() -> None:
    longest = protocol.LONGEST_TRANSCRIPT
    sending = Sending(*[longest] * 7)
    sending.rows.send()
    assert sending.told() == [[0, 1, 2], [3, 4, 5], [6]]
    worst = row_sender.CHARACTERS_AT_ONCE + longest
    packed = msgpack.packb("\U0001f600" * worst)
    assert len(packed) < messages.OURS[protocol.SAMPLES].most_bytes / 4


@pytest.fixture
def conversation(tmp_path: Path) -> Conversation:
    """A run that is scored; `a` has been given the iterations 0 to 4."""
    one = Conversation(None)
    one.join("a")
    one.barrier.barrier_s = clock()
    one.barrier.transcripts, one.barrier.wanted = Transcripts(tmp_path / "result.json", str), Wanted(scored=True)
    give(one, "a", *map(iteration, range(5)))
    one.executor._intake.slack_s = 1.0
    return one


def message(
    *rows: tuple[Iteration, ErrorKind | None], transcripts: list[list[Any]], first: int = 0
) -> dict[str, Any]:
    table = SampleTable()
    for one, error in rows:
        table.append(sample_of(one, clock(), clock(), error))
    said = table.snapshot()
    plain = {"first": first, "rows": protocol.pack_rows(said), "texts_from": 0, "texts": list(said.texts)}
    end = {"transcript": "a bout", "said": "a boat", "last": False, "held": None, "watch": None, "errors": 0}
    return plain | end | {"transcripts": transcripts}


def taken(conversation: Conversation) -> list[tuple[int, str]]:
    kept = conversation.barrier.transcripts
    assert kept is not None
    kept.write()
    return [(one.seq, one.text) for one in read(kept.path)] if kept.path.exists() else []


def test_the_master_writes_each_once_however_often_it_is_told(conversation: Conversation) -> None:
    rows = (iteration(0), None), (iteration(3), None)
    conversation.executor.on_samples("a", message(*rows, transcripts=[[0, "zero"], [1, "three"]]))
    again = message(*rows, (iteration(4), None), transcripts=[[0, "zero"], [1, "three"], [2, "four"]])
    conversation.executor.on_samples("a", again)
    assert taken(conversation) == [(0, "zero"), (3, "three"), (4, "four")]
    assert (conversation.barrier.first_transcript, conversation.barrier.first_said) == ("a bout", "a boat")
    assert conversation.barrier.transcripts is not None
    conversation.barrier.transcripts.close()


WRONG = {
    "of a row that there is not": ([[1, "x"]], None, "a row that there is not"),
    "two of one row": ([[0, "x"], [0, "y"]], None, "a second one"),
    "of a failure": ([[0, "x"]], ErrorKind.HTTP_5XX, "a row that has none"),
}


@pytest.mark.parametrize("which", WRONG)
def test_one_that_can_not_be_is_refused_with_its_rows(which: str, conversation: Conversation) -> None:
    transcripts, error, said = WRONG[which]
    with pytest.raises(InvalidMessage, match=said):
        conversation.executor.on_samples("a", message((iteration(0), error), transcripts=transcripts))
    assert taken(conversation) == []
    assert len(conversation.barrier.table) == 0


def test_where_nothing_is_scored_nobody_sends_any(conversation: Conversation) -> None:
    conversation.barrier.transcripts = None
    with pytest.raises(InvalidMessage, match="no answer is to be scored"):
        conversation.executor.on_samples("a", message((iteration(0), None), transcripts=[[0, "x"]]))


def test_rows_that_say_how_well_they_were_heard_are_refused(conversation: Conversation) -> None:
    said = message((iteration(0), None), transcripts=[])
    rows = protocol.unpack_rows(said["rows"], ())
    rows.rows["flaw"] = 200
    with pytest.raises(InvalidMessage, match="no worker knows"):
        conversation.executor.on_samples("a", said | {"rows": protocol.pack_rows(rows)})


class Said:
    """What a clip says."""

    def text(self) -> str:
        return "a boat"

    def sentences(self) -> tuple[()]:
        return ()

    def speech_s(self) -> tuple[float, float]:
        return 0.0, 1.0


def test_a_worker_keeps_what_is_measured_and_ok(tmp_path: Path) -> None:
    dispatcher = WorkerDispatcher(lambda *_: None, lambda: None)
    dispatcher.abandon()
    dispatcher.transcripts = Transcripts(tmp_path / "r.worker-1.json", str)
    dispatcher.wanted = Wanted(scored=True)
    clip = Clip((), 0, 1.0, 16_000, Said())
    rows = (
        (iteration(0, phase=Phase.WARMUP), None),
        (iteration(1), None),
        (iteration(2), ErrorKind.SHED),
        (iteration(3), None),
    )
    for one, error in rows:
        now_s = clock()
        dispatcher.finish(one, sample_of(one, now_s, now_s, error), None if error else f"text {one.seq}", clip)
    assert dispatcher.rows._transcripts == {1: "text 1", 3: "text 3"}
    assert (dispatcher.first_transcript, dispatcher.first_said) == ("text 0", "a boat")
    dispatcher.transcripts.write()
    assert [one.seq for one in read(dispatcher.transcripts.path)] == [1, 3]
    dispatcher.transcripts.close()


def test_what_is_heard_in_a_clip_without_words_is_kept_by_nobody(conversation: Conversation) -> None:
    """There is nothing that it could be held against; a process to score it would only make the end wait."""
    silent, spoken = Clip((), 0, 0.5, 16_000), Clip((), 0, 1.0, 16_000, Said())
    dispatcher = WorkerDispatcher(lambda *_: None, lambda: None)
    dispatcher.abandon()
    dispatcher.wanted = Wanted(scored=True)
    for number, clip in enumerate((silent, spoken)):
        now_s = clock()
        dispatcher.finish(iteration(number), sample_of(iteration(number), now_s, now_s), "text", clip)
        conversation.barrier.finish(iteration(number), sample_of(iteration(number), now_s, now_s), "text", clip)
    assert dispatcher.rows._transcripts == {1: "text"}
    assert taken(conversation) == [(1, "text")]
    assert conversation.barrier.transcripts is not None
    conversation.barrier.transcripts.close()


def test_what_is_said_again_is_kept_and_travels_though_nobody_knows_what_it_says(conversation: Conversation) -> None:
    wordless = Clip((), 0, 0.5, 16_000)
    again, chosen, other = iteration(3, REPEAT, Phase.OUTSIDE), iteration(3), iteration(4)
    dispatcher = WorkerDispatcher(lambda *_: None, lambda: None)
    dispatcher.abandon()
    dispatcher.wanted = conversation.barrier.wanted = Wanted(repeated=frozenset([3]))
    for one in (again, chosen, other):
        now_s = clock()
        dispatcher.finish(one, sample_of(one, now_s, now_s), f"text {one.seq}", wordless)
    assert dispatcher.rows._transcripts == {0: "text 3", 1: "text 3"}
    give(conversation, "a", again)
    rows = (again, None), (chosen, None), (other, None)
    conversation.executor.on_samples("a", message(*rows, transcripts=[[0, "first"], [1, "then"]]))
    assert taken(conversation) == [(3, "first"), (3, "then")]
    assert [row.phase for row in conversation.barrier.table.snapshot()] == [
        *(Phase.OUTSIDE, Phase.MEASURED, Phase.MEASURED)
    ]
    assert (conversation.executor.budget.measured_results, conversation.executor.budget.warmup_results) == (2, 0)
    assert conversation.barrier.transcripts is not None
    conversation.barrier.transcripts.close()


def test_a_workers_file_goes_with_its_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for suffix in (".partial.jsonl", ".partial.transcripts.jsonl"):
        Path(f"result.worker-1{suffix}").write_text("{}\n")
    worker_spools.remove("result", 0, 0)
    assert not list(Path().iterdir())
