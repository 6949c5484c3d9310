"""One request as `stt-load probe` prints it: what went out, what came back, how it was understood, and how long it
took."""

from __future__ import annotations

from collections.abc import Iterator

from stt_load.api.api import Api
from stt_load.api.request import encoded_path
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Transcript
from stt_load.audio.clip import Clip
from stt_load.cli.said_heard import Yardstick
from stt_load.client import Exchange, Target
from stt_load.config.audio import AudioConfig

SHOWN_CHARACTERS = 1_000


def request(target: Target, api: Api, clip: Clip, audio: AudioConfig) -> Iterator[str]:
    """The first request: the head as it is sent, then the body, its audio left out. audio: that `clip` is of."""
    path = target.path if api.plan is None else encoded_path(api.plan.upload_path or api.plan.submit_path)
    body = api.body(clip.parts, clip.bytes)
    yield f"POST {path} HTTP/1.1"
    yield f"Host: {target.authority}"
    yield from (f"{name}: {value}" for name, value in target.headers.items())
    yield f"Content-Type: {body.content_type}"
    if target.request_id_header is not None:
        yield f"{target.request_id_header}: probe"
    yield f"Content-Length: {len(body)}"
    yield ""
    what = "recordings" if audio.source == "files" else audio.source
    kind, length = audio.format.upper(), f"{clip.duration_s:g} s of {what}"
    left_out = f"[{kind}, {length}, {clip.rate_hz} Hz, {clip.bytes:,} bytes]"
    if len(body) == clip.bytes:
        yield left_out
        return
    yield from bytes(body.parts[0]).decode(errors="replace").splitlines()
    yield left_out
    yield bytes(body.parts[-1]).decode(errors="replace").strip()


def reply(exchange: Exchange, answer: Answer | None) -> Iterator[str]:
    """Status and body of the answer, if there is one."""
    if answer is None:
        if exchange.status is not None:
            yield f"HTTP {exchange.status}, no whole answer: {exchange.received:,} bytes"
        return
    yield f"HTTP {answer.status}, {answer.content_type or 'no Content-Type'}, {exchange.received:,} bytes"
    text = answer.body.decode(errors="replace").strip()
    yield text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}... ({len(text):,} characters)"


def understood(transcript: Transcript, clip: Clip, exchange: Exchange, yardstick: Yardstick) -> Iterator[str]:
    """What the answer comes down to, what is wrong in it, and what is odd about it."""
    if transcript.text and clip.text:
        yield f"✅ A transcript of {len(transcript.text):,} characters"
        yield from yardstick.lines(clip.text, transcript.text)
    elif transcript.text:
        yield f"✅ A transcript of {len(transcript.text):,} characters: {transcript.text[:SHOWN_CHARACTERS]}"
    elif clip.text:
        yield "❗ An empty transcript, of a clip in which somebody speaks"
        yield from yardstick.lines(clip.text, "")
    else:
        yield "✅ An empty transcript: nobody speaks in the clip, so the service has heard it right"
    said = (
        (transcript.audio_s, "It counts {:g} s of audio"),
        (transcript.processing_s, "It says that it has worked for {:g} s"),
        (transcript.tokens, "It counts {:,} tokens"),
    )
    yield from (f"   {text.format(figure)}" for figure, text in said if figure is not None)
    if transcript.out_of_range:
        yield f"   It says numbers beyond all reason, which are left out: {', '.join(transcript.out_of_range)}"
    if transcript.json_for_text:
        yield "   Plain text was asked for, and this stood in JSON"
    if isinstance(exchange.stream, Stream) and not exchange.stream.is_stream:
        yield (
            "❗ A stream was asked for (api.stream), and the answer came as a whole: the service, or this model, "
            "ignores `stream`, as OpenAI's whisper-1 does. The time to the first text would be that of all of it: "
            "take another model (--model), or --stream false"
        )


def timings(exchange: Exchange) -> Iterator[str]:
    """How long each step took, and when it was over, from right before the connection was made. Of a job, whose
    steps are told one by one, its connection and the whole."""
    sent_s, done_s = exchange.sent_s, exchange.done_s
    if sent_s is None or done_s is None or (exchange.connection is None and exchange.status is None):
        return
    texts = exchange.texts
    last_s = sent_s
    for name, at_s in _steps(exchange, sent_s, done_s):
        yield f"   {name:<22}{max(0.0, at_s - last_s):>9.3f} s   (after {at_s - sent_s:.3f} s)"
        last_s = max(at_s, last_s)
    if exchange.tcp_connect_s is not None:
        yield (
            f"   Of the connection, TCP took {exchange.tcp_connect_s * 1e3:.3f} ms, one round trip; the rest is the "
            "name, and this program itself"
        )
    if texts is not None and (gaps := texts.gaps) is not None:
        apart = f"mean {gaps.mean_s:.3f} s apart, P95 {gaps.p95_s:.3f}, max {gaps.max_s:.3f}"
        yield f"   The text in {texts.count} pieces, {apart}"
    if exchange.polls is not None:
        yield f"   Times asked whether the job was over: {exchange.polls}"
        if exchange.connect_s is not None:
            yield f"   Connections took {exchange.connect_s:.3f} s of that"


def _steps(exchange: Exchange, sent_s: float, done_s: float) -> Iterator[tuple[str, float]]:
    """The steps that there were, each with the instant at which it was over."""
    connected_s = sent_s + (exchange.connect_s or 0.0)
    if exchange.connect_s is not None and exchange.polls is None:
        yield "Connection", connected_s - (exchange.tls_s or 0.0)
        if exchange.tls_s is not None:
            yield "TLS", connected_s
    if (written_s := exchange.marks.get("written")) is not None:
        yield "Upload", written_s
    if exchange.first_byte_s is not None and exchange.polls is None:
        yield "Answer's headers", exchange.first_byte_s
    if exchange.texts is not None and exchange.texts.first_s is not None:
        yield "First text", exchange.texts.first_s
    yield ("Job done" if exchange.polls is not None else "Answer's end"), done_s
