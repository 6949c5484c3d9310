"""A worker says hello before anything else, and hears that it is not wanted whenever it is told."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path

import gevent
import pytest
from locust.exception import RPCError

import stt_load
from stt_load.audio.sources import AudioSpec, digest_of
from stt_load.cluster import messages, protocol
from stt_load.locust_plugin import handshake as handshakes
from stt_load.locust_plugin.handshake import Handshake, post
from tests.config.recordings import pack
from tests.worker_process import Process, until

NEEDS = {"variables": [], "call": None, "audio": None, "digest": None, "sent_s": 4711.0}


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch) -> Process:
    monkeypatch.setattr(handshakes, "HELLO_S", 0.005)
    monkeypatch.setattr(handshakes, "GO_S", 0.005)
    return Process()


def test_it_says_hello_at_once_and_until_its_master_keeps_in_touch(process: Process) -> None:
    handshake = Handshake(process.runner)
    assert process.sent == [], "nothing before it is connected"
    handshake.begin()
    (hello,) = process.said(protocol.HELLO)
    assert (hello["version"], hello["ready"]) == (stt_load.__version__, False)
    until(lambda: len(process.said(protocol.HELLO)) >= 3)
    handshake.ready()
    assert process.said(protocol.HELLO)[-1]["ready"] is True
    process.hears(protocol.WELCOME, NEEDS)
    (answer,) = process.said(protocol.FIT)
    assert (answer["trouble"], answer["sent_s"]) == (None, 4711.0)
    handshake.taken_in()
    count = len(process.said(protocol.HELLO))
    gevent.sleep(0.03)
    assert len(process.said(protocol.HELLO)) <= count + 1


@pytest.mark.parametrize("trouble", [RPCError("ZMQ network broken"), None])
def test_an_answer_to_a_welcome_that_gets_lost_is_given_again(process: Process, trouble: RPCError | None) -> None:
    """The master would wait for it, and refuse this worker after five minutes as one that was never ready."""
    handshake = Handshake(process.runner)
    handshake.begin()
    handshake.ready()
    process.trouble = trouble
    process.hears(protocol.WELCOME, NEEDS)
    process.trouble = None
    process.sent.clear()  # whatever was said so far
    until(lambda: process.said(protocol.HELLO))
    assert process.said(protocol.HELLO)[0]["ready"] is True
    process.hears(protocol.WELCOME, NEEDS)
    assert process.said(protocol.FIT)[0]["trouble"] is None


def test_there_is_one_for_each_process(process: Process) -> None:
    first = Handshake(process.runner)
    assert Handshake.of(process.runner) is first
    other = Process()
    assert Handshake.of(other.runner) is Handshake.of(other.runner)


@pytest.mark.parametrize(
    ("needs", "words"),
    [({"variables": ["NO_SUCH_KEY_IS_SET"]}, "lacks NO_SUCH_KEY_IS_SET"), ({"call": "nowhere.py:call"}, "no file")],
)
def test_what_it_lacks_is_told(needs: dict[str, object], words: str, process: Process) -> None:
    Handshake(process.runner)
    process.hears(protocol.WELCOME, NEEDS | needs)
    assert words in process.said(protocol.FIT)[0]["trouble"]


def test_a_pack_that_it_can_not_read_or_that_is_another_is_told(
    process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Handshake(process.runner)
    spec = AudioSpec("speech", None, 16_000, pack="pack.jsonl")
    missing = _answer(process, spec, "f")
    pack(Path("pack.jsonl"))
    other, same = _answer(process, spec, "f"), _answer(process, spec, digest_of(spec))
    assert missing == "its clips can't be made: pack.jsonl: No such file or directory"
    assert other == "audio.pack pack.jsonl is not the same there as at the master"
    assert same is None


def test_recordings_and_lengths_that_are_others_are_told(
    process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pack(Path("calls.jsonl"))
    Path("lengths.csv").write_text("3\n", encoding="utf-8")
    Handshake(process.runner)
    spec = AudioSpec("files", {"empirical": "lengths.csv"}, 16_000, files="calls.jsonl")
    digest = digest_of(spec)
    assert _answer(process, spec, digest) is None
    Path("lengths.csv").write_text("3\n4\n", encoding="utf-8")
    assert _answer(process, spec, digest) == (
        "audio.files calls.jsonl or audio.duration lengths.csv is not the same there as at the master"
    )
    plain = AudioSpec("files", None, 16_000, files="nowhere")
    assert str(_answer(process, plain, "f")).startswith("its clips can't be made: nowhere")


def test_while_recordings_are_looked_at_a_worker_goes_on_being_heard_and_answers_once(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look is in another thread, so that each of these welcomes is heard; the answer is to the last one."""
    looks = []
    seen = threading.Event()

    def look(spec: AudioSpec) -> str:
        looks.append(spec)
        assert seen.wait(10.0)
        return "f"

    monkeypatch.setattr(handshakes, "digest_of", look)
    Handshake(process.runner).begin()
    needs = NEEDS | {"audio": asdict(AudioSpec("files", None, 16_000, files="calls")), "digest": "f"}
    for sent_s in (1.0, 2.0, 3.0):
        process.hears(protocol.WELCOME, needs | {"sent_s": sent_s})
    said = len(process.said(protocol.HELLO))
    until(lambda: len(process.said(protocol.HELLO)) > said)
    assert process.said(protocol.FIT) == []
    seen.set()
    until(lambda: process.said(protocol.FIT))
    (answer,) = process.said(protocol.FIT)
    assert (answer["trouble"], answer["sent_s"], len(looks)) == (None, 3.0, 1)


def _answer(process: Process, spec: AudioSpec, digest: str | None) -> object:
    process.sent.clear()
    process.hears(protocol.WELCOME, NEEDS | {"audio": asdict(spec), "digest": digest})
    until(lambda: process.said(protocol.FIT))
    return process.said(protocol.FIT)[0]["trouble"]


def test_of_a_long_reason_the_beginning_is_told(process: Process) -> None:
    """With more it would be refused for the length of its message, and nobody would know the reason."""
    Handshake(process.runner).trouble("no such thing" + 10_000 * "!", 0.0)
    (said,) = process.said(protocol.FIT)
    messages.OURS[protocol.FIT].shape(protocol.FIT, said)
    assert said["trouble"].startswith("no such thing!")


def test_one_that_is_refused_before_it_is_ready_goes_once_it_could(process: Process) -> None:
    handshake = Handshake(process.runner)
    handshake.begin()
    process.hears(protocol.REFUSED, {"reason": "another version"})
    assert handshake.refused
    assert process.quits == 0, "its runner is not whole"
    handshake.ready()
    until(lambda: process.quits)


def test_one_that_is_refused_goes_also_when_locusts_quit_does_not_come(process: Process) -> None:
    handshake = Handshake(process.runner)
    handshake.ready()
    for _ in range(3):
        process.hears(protocol.REFUSED, {"reason": "another version"})
    until(lambda: process.quits)
    assert process.quits == 1


def test_a_broken_connection_is_no_reason_to_end(process: Process) -> None:
    handshake = Handshake(process.runner)
    process.trouble = RPCError("ZMQ network broken")
    handshake.begin()
    process.trouble = None
    until(lambda: process.said(protocol.HELLO))
    process.trouble = RPCError("ZMQ network broken")
    with pytest.raises(ConnectionError, match=f"{protocol.BYE}: ZMQ network broken"):
        post(process.runner, protocol.BYE, {})
