"""One request as it is printed."""

from __future__ import annotations

from stt_load.api.answers import reader
from stt_load.api.pieces import Texts
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Transcript
from stt_load.audio.clip import Clip, Sentence, Word
from stt_load.cli import exchange_lines
from stt_load.cli.said_heard import Yardstick
from stt_load.client import Exchange

NOISE = Clip((), 44, 1.0, 16_000)


class Hello:
    """Says hi, of which nobody has heard in a pack."""

    def sentences(self) -> tuple[Sentence, ...]:
        return ((Word("Hi", 0.1, 0.4), Word("there.", 0.4, 0.8)),)

    def text(self) -> str:
        return "Hi there."

    def speech_s(self) -> tuple[float, float]:
        return 0.1, 0.8


SPEECH = Clip((), 44, 1.0, 16_000, Hello())


def understood(text: str, clip: Clip = NOISE, exchange: Exchange | None = None) -> str:
    english = Yardstick("auto", "en")
    return "\n".join(exchange_lines.understood(Transcript(text), clip, exchange or Exchange(), english))


def test_noise_has_no_words() -> None:
    assert understood("") == "✅ An empty transcript: nobody speaks in the clip, so the service has heard it right"
    assert understood("hi") == "✅ A transcript of 2 characters: hi"


def test_what_was_said_stands_beside_what_was_heard_with_what_is_wrong_in_it() -> None:
    found = understood("hi their", SPEECH).splitlines()
    assert found[:3] == ["✅ A transcript of 8 characters", "   Said:  Hi there.", "   Heard: hi their"]
    of_words = "   WER 50.0%: of 2 words 1 are others, 0 missing, 0 too many (english, whisper-normalizer "
    assert found[3].startswith(of_words)
    assert len(found) == 4


def test_what_is_mostly_wrong_asks_for_what_is_at_fault() -> None:
    *_, last = understood("안녕", SPEECH).splitlines()
    assert last.startswith("❗ Most of it is wrong: the service hears something else than is said")
    empty = understood("", SPEECH).splitlines()
    assert empty[0] == "❗ An empty transcript, of a clip in which somebody speaks"
    assert empty[1] == "   Said:  Hi there."


def test_korean_is_counted_in_characters_without_spaces_first() -> None:
    (*_, found) = Yardstick("auto", "ko").lines("오늘은 날씨가 좋다", "오늘 은 날씨가 졸다")
    assert found.startswith("   CER without spaces 12.5%; WER 100.0%: of 3 words 2 are others, 0 missing, 1 too many")


def streamed(body: bytes, kind: str) -> Exchange:
    stream = Stream(None, reader("json"))
    stream.begin(kind)
    stream.feed(body, 1.0)
    stream.read(Answer(200, kind, None, body, stream=stream))
    return Exchange(stream=stream)


def test_a_stream_that_was_not_sent_is_told() -> None:
    assert "ignores `stream`" in understood("hi", exchange=streamed(b'{"text": "hi"}', "application/json"))
    events = b'data: {"type": "transcript.text.done", "text": "hi"}\n\n'
    assert understood("hi", exchange=streamed(events, "text/event-stream")) == "✅ A transcript of 2 characters: hi"


def test_how_long_each_step_took() -> None:
    exchange = Exchange(connection=1, connect_s=0.5, tcp_connect_s=0.00004, tls_s=0.3, texts=Texts())
    for name, at_s in (("sent", 10.0), ("written", 10.6), ("first_byte", 12.0), ("done", 13.5)):
        exchange.mark(name, at_s)  # type: ignore[arg-type]
    assert exchange.texts is not None
    exchange.texts.add(12.5, "hi", final=False)
    *steps, of_the_network = exchange_lines.timings(exchange)
    assert of_the_network.startswith("   Of the connection, TCP took 0.040 ms, one round trip; the rest is the name")
    assert [line.split() for line in steps] == [
        ["Connection", "0.200", "s", "(after", "0.200", "s)"],
        ["TLS", "0.300", "s", "(after", "0.500", "s)"],
        ["Upload", "0.100", "s", "(after", "0.600", "s)"],
        ["Answer's", "headers", "1.400", "s", "(after", "2.000", "s)"],
        ["First", "text", "0.500", "s", "(after", "2.500", "s)"],
        ["Answer's", "end", "1.000", "s", "(after", "3.500", "s)"],
    ]


def test_of_a_job_the_connections_and_the_whole_are_told() -> None:
    exchange = Exchange(connection=1, connect_s=0.5, polls=3)
    for name, at_s in (("sent", 10.0), ("first_byte", 12.0), ("done", 13.5)):
        exchange.mark(name, at_s)  # type: ignore[arg-type]
    assert list(exchange_lines.timings(exchange)) == [
        "   Job done                  3.500 s   (after 3.500 s)",
        "   Times asked whether the job was over: 3",
        "   Connections took 0.500 s of that",
    ]


def test_of_what_was_not_there_nothing_is_told() -> None:
    assert list(exchange_lines.timings(Exchange())) == []
    unconnected = Exchange()
    unconnected.mark("sent", 1.0)
    unconnected.mark("done", 2.0)
    assert list(exchange_lines.timings(unconnected)) == []
