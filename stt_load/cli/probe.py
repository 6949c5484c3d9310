"""`stt-load probe`: one request as it is configured, and how its answer is understood."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import SystemRandom

from stt_load.api.api import Api
from stt_load.api.request import Request, encoded_path
from stt_load.api.verdict import Answer, Failure, Transcript, excerpt
from stt_load.audio.clip import Clip
from stt_load.cli.config_commands import add_arguments as add_arguments  # the file, and the options of locust
from stt_load.cli.config_commands import given
from stt_load.client import Exchange, Target
from stt_load.client.call import HookError, load
from stt_load.client.choice import client_of
from stt_load.config import Config, ConfigError
from stt_load.run.context import api_of, audio_of, target_of
from stt_load.server.process import EmbeddedServer, StartError

DESCRIPTION = (
    "Sends one request with the configuration, options and environment included, and shows what went out (secrets "
    "masked), what came back, how it was understood, and how long it took: the first thing to try against a new "
    "service. Exit code 0: a transcript; 1: none; 2: the configuration is wrong."
)
FAILED = 1
NOT_TRIED = 2
SHOWN_CHARACTERS = 1_000


def run(args: argparse.Namespace) -> int:
    """Exit code 0, 1 or 2, as in `DESCRIPTION`."""
    try:
        config = given(args).config
        with _service(config) as base_url:
            return _probe(config, config.api.url(base_url))
    except (ConfigError, HookError, StartError) as error:
        print(error, file=sys.stderr)
        return NOT_TRIED


@contextmanager
def _service(config: Config) -> Iterator[str]:
    """Where the service is; the embedded one is started for it."""
    if not config.embeds:
        yield config.api.base_url
        return
    with EmbeddedServer.start(config.embedded) as server:
        yield server.url


def _probe(config: Config, url: str) -> int:
    api, target = api_of(config, url), target_of(config, url)
    clip = audio_of(config, SystemRandom().getrandbits(64)).clip(0, 0)
    printer = _Printer(api)
    called = config.api.call
    printer.show(*(_request(target, api, clip) if called is None else [f"Calling {called}"]), "")
    exchange, call = Exchange("probe"), None if called is None else load(called)
    client = client_of(target, api, call=call, plan=api.plan, on_step=printer.step)
    try:
        verdict = client.speak(clip, exchange)
    finally:
        client.close()
    # Before anything is cut, or half a secret might be left.
    answer = exchange.answer
    if answer is not None:
        answer = replace(answer, body=api.hide(answer.body.decode(errors="replace")).encode())
    if isinstance(verdict, Transcript):
        verdict = replace(verdict, text=api.hide(verdict.text))
    reply = list(_reply(exchange, answer))
    printer.show(*reply, *([""] if reply else []), *_understood(verdict), *_timings(exchange))
    return FAILED if isinstance(verdict, Failure) else 0


@dataclass(frozen=True, slots=True)
class _Printer:
    """Prints lines without secrets, and without what a terminal would take for a command."""

    api: Api

    def show(self, *lines: str) -> None:
        for line in lines:
            shown = self.api.hide(line)
            print("".join(one if one.isprintable() or one == "\n" else "·" for one in shown))

    def step(self, request: Request, answer: Answer) -> None:
        """One request of a job, and its answer."""
        body = self.api.hide(answer.body.decode(errors="replace"))  # before it is cut, see above
        self.show(f"{request.method} {request.path}: HTTP {answer.status}, {excerpt(body.encode())}")


def _request(target: Target, api: Api, clip: Clip) -> Iterator[str]:
    """The first request: the head as it is sent, then the body, its audio left out."""
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
    audio = f"[WAV, {clip.duration_s:g} s of noise, {clip.rate_hz} Hz, {clip.bytes:,} bytes]"
    if len(body) == clip.bytes:
        yield audio
        return
    yield from bytes(body.parts[0]).decode(errors="replace").splitlines()
    yield audio
    yield bytes(body.parts[-1]).decode(errors="replace").strip()


def _reply(exchange: Exchange, answer: Answer | None) -> Iterator[str]:
    if answer is None:
        if exchange.status is not None:
            yield f"HTTP {exchange.status}, no whole answer: {exchange.received:,} bytes"
        return
    yield f"HTTP {answer.status}, {answer.content_type or 'no Content-Type'}, {exchange.received:,} bytes"
    text = answer.body.decode(errors="replace").strip()
    yield text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}... ({len(text):,} characters)"


def _understood(verdict: Transcript | Failure) -> Iterator[str]:
    if isinstance(verdict, Failure):
        yield f"❌ {verdict.kind}: {verdict.message}"
    else:
        yield f"✅ A transcript of {len(verdict.text):,} characters: {verdict.text[:SHOWN_CHARACTERS]}"
        said = (
            (verdict.audio_s, "It counts {:g} s of audio"),
            (verdict.processing_s, "It says that it has worked for {:g} s"),
            (verdict.tokens, "It counts {:,} tokens"),
        )
        yield from (f"   {text.format(figure)}" for figure, text in said if figure is not None)
        if verdict.out_of_range:
            yield f"   It says numbers beyond all reason, which are left out: {', '.join(verdict.out_of_range)}"
        if verdict.json_for_text:
            yield "   Plain text was asked for, and this stood in JSON"


def _timings(exchange: Exchange) -> Iterator[str]:
    """Both count from right before the connection was made."""
    if exchange.sent_s is None or exchange.done_s is None:
        return
    if exchange.first_byte_s is not None:
        yield f"   Headers after {exchange.first_byte_s - exchange.sent_s:.3f} s (with the connection's set-up)"
    texts = exchange.texts
    if texts is not None and texts.first_s is not None:
        yield f"   First text after {texts.first_s - exchange.sent_s:.3f} s, {texts.count} pieces in all"
    if texts is not None and (gaps := texts.gaps) is not None:
        yield f"   Between pieces: mean {gaps.mean_s:.3f} s, P95 {gaps.p95_s:.3f}, max {gaps.max_s:.3f}"
    if exchange.polls is not None:
        yield f"   Asked {exchange.polls} times whether the job was over"
    if exchange.connect_s is not None:
        yield f"   The connection took {exchange.connect_s:.3f} s of that"
    yield f"   Done after {exchange.done_s - exchange.sent_s:.3f} s"
