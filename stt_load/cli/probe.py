"""`stt-load probe`: one request as it is configured, and how its answer is understood."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from random import SystemRandom
from urllib.parse import parse_qsl, urlsplit

import gevent

from stt_load.api.api import Api
from stt_load.api.request import Request
from stt_load.api.verdict import Answer, Failure, excerpt
from stt_load.cli import config_commands, exchange_lines, next_run
from stt_load.cli.advice import advice
from stt_load.cli.said_heard import Yardstick
from stt_load.cli.tried import Tried
from stt_load.client import Exchange, Target
from stt_load.client.call import HookError, load
from stt_load.client.choice import client_of
from stt_load.config import Config, ConfigError, mask_url
from stt_load.config.load import DEFAULT_FILE
from stt_load.config.spoken import spoken
from stt_load.config.suspicion import is_secret
from stt_load.run.context import api_of, audio_of, target_of
from stt_load.server.process import EmbeddedServer, StartError

DESCRIPTION = (
    "Sends one request with the configuration, options and environment included, and shows what went out (secrets "
    "masked), what came back, how it was understood, how long each step took, and what to do next: the first thing "
    "to try against a new service. Exit code 0: a transcript; 1: none; 2: the configuration is wrong."
)
FAILED = 1
NOT_TRIED = 2
INTERRUPTED = 130
"""128 + SIGINT, what a shell reports for a program that Ctrl-C ended."""
WIDEST = 118


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, the options of locust, and where to write what has worked."""
    config_commands.add_arguments(parser)
    parser.add_argument(
        "--save",
        nargs="?",
        type=Path,
        const=Path(DEFAULT_FILE),
        metavar="FILE",
        help=f"if there is a transcript, write these settings into a new file ({DEFAULT_FILE}), without any secret",
    )


def run(args: argparse.Namespace) -> int:
    """Exit code 0, 1 or 2, as in `DESCRIPTION`; 130 after Ctrl-C."""
    gevent.get_hub().NOT_ERROR += (KeyboardInterrupt,)  # which its loop would print with all that it was called from
    try:
        if args.save is not None and args.save.exists():
            print(f"{args.save}: exists already and is not replaced; choose another --save FILE", file=sys.stderr)
            return NOT_TRIED
        config = config_commands.given(args).config
        with _service(config) as base_url:
            return _probe(args, config, config.api.url(base_url))
    except (ConfigError, HookError, StartError) as error:
        print(error, file=sys.stderr)
        return NOT_TRIED
    except KeyboardInterrupt:
        print("stt-load: stopped by Ctrl-C, before there was a whole answer", file=sys.stderr)
        return INTERRUPTED


@contextmanager
def _service(config: Config) -> Iterator[str]:
    """Where the service is; the embedded one is started for it."""
    if not config.embeds:
        yield config.api.base_url
        return
    with EmbeddedServer.start(config.embedded_server) as server:
        yield server.url


def _probe(args: argparse.Namespace, config: Config, url: str) -> int:
    api, target = api_of(config, url), target_of(config, url)
    clip = audio_of(config, SystemRandom().getrandbits(64)).clip(0, 0)
    called = config.api.call
    exchange, call = Exchange("probe"), None if called is None else load(called)
    first = exchange_lines.request(target, api, clip, config.audio) if called is None else iter(())
    printer = _Printer(api, first)
    limit = f"{config.api.timeout.total:g} s at most"
    printer.show(f"Calling {called}..." if called else f"Asking {mask_url(url)} ({limit}, Ctrl-C stops)...", "")
    client = client_of(target, api, call=call, plan=api.plan, on_step=printer.step)
    try:
        verdict = client.speak(clip, exchange)
    finally:
        client.close()
    # Before anything is cut, or half a secret might be left.
    answer = exchange.answer
    if answer is not None:
        answer = replace(answer, body=api.hide(answer.body.decode(errors="replace")).encode())
    if exchange.connection is not None:
        printer.show_first()
    came = list(exchange_lines.reply(exchange, answer))
    printer.show(*came, *([""] if came else []))
    if isinstance(verdict, Failure):
        sent, keys = (clip.bytes, config.audio_content_type), key_places(target, config, url)
        tried = Tried(config.api, mask_url(url), verdict, answer, keys, *sent)
        _show_failure(printer, tried, exchange)
        return FAILED
    heard = replace(verdict, text=api.hide(verdict.text))
    _show_success(printer, exchange_lines.understood(heard, clip, exchange, _yardstick(config)), exchange)
    return _go_on(printer, args, config)


def _yardstick(config: Config) -> Yardstick:
    found = spoken(config.audio, config.load.trace)
    return Yardstick(config.accuracy.normalise, None if found is None else found.language)


def _show_failure(printer: _Printer, tried: Tried, exchange: Exchange) -> None:
    printer.show(f"❌ {tried.failure.kind}: {tried.failure.message}")
    if exchange.connection is None and tried.api.call is None:
        printer.show("   Nothing was sent")
    printer.show(*exchange_lines.timings(exchange))
    told = advice(tried)
    if told:
        printer.show("", "What to do:")
        printer.wrap(told, "- ")


def _show_success(printer: _Printer, lines: Iterable[str], exchange: Exchange) -> None:
    for line in lines:
        if line.startswith("❗"):
            printer.wrap([line])
        else:
            printer.show(line)  # a transcript, as it is
    printer.show(*exchange_lines.timings(exchange))


def _go_on(printer: _Printer, args: argparse.Namespace, config: Config) -> int:
    """Saves what has worked, if that is asked for, and says how to go on with it."""
    printer.show("")
    if args.save is not None:
        try:
            left_out = next_run.save(config, args.save)
        except OSError as error:
            print(f"{args.save}: can't be written: {error.strerror}; choose another --save FILE", file=sys.stderr)
            return FAILED
        printer.show(f"These settings are in {args.save}")
        if left_out:
            advice_on_it = 'a secret has no place in a file: put it into an environment variable, "${NAME}"'
            printer.wrap([f"❗ Left out there: {', '.join(left_out)} ({advice_on_it})"])
    printer.show("A load test with these settings:", f"  {next_run.command(args, args.save)}")
    return 0


def key_places(target: Target, config: Config, url: str) -> tuple[str, ...]:
    """Where something goes out that may be a key: by the names of headers, parameters and fields."""
    headers = [f"header {name}" for name, value in target.headers.items() if is_secret("headers", name, value)]
    sent = parse_qsl(urlsplit(target.url).query) + parse_qsl(urlsplit(url).query)
    query = [f"query parameter {name}" for name, value in sent if is_secret("query", name, value)]
    fields = [f"field {name}" for name, value in config.api.extra_fields.items() if is_secret("", name, str(value))]
    return tuple(dict.fromkeys(headers + query + fields))


@dataclass(slots=True)
class _Printer:
    """Prints lines without secrets, and without what a terminal would take for a command. first: the lines of the
    first request, which are printed once, when it has gone out."""

    api: Api
    first: Iterator[str]

    def show(self, *lines: str) -> None:
        for line in lines:
            shown = self.api.hide(line)
            print("".join(one if one.isprintable() or one == "\n" else "·" for one in shown), flush=True)

    def wrap(self, texts: Iterable[str], mark: str = "") -> None:
        """Each text over as many lines as it takes; one that is indented already stays on its own."""
        width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
        for text in texts:
            if text.startswith(" "):
                self.show(" " * len(mark) + text)
                continue
            hidden = self.api.hide(text)
            below = " " * (len(mark) or 3)
            self.show(
                *textwrap.wrap(hidden, width, initial_indent=mark, subsequent_indent=below, break_long_words=False)
            )

    def show_first(self) -> None:
        lines = list(self.first)
        self.show(*lines, *([""] if lines else []))

    def step(self, request: Request, answer: Answer, took_s: float) -> None:
        """One request of a job, and its answer."""
        self.show_first()
        body = self.api.hide(answer.body.decode(errors="replace"))  # before it is cut, see above
        path = mask_url(request.path)  # a service may put a key of its own into the URL that it names
        self.show(f"{request.method} {path}: HTTP {answer.status} after {took_s:.3f} s, {excerpt(body.encode())}")
