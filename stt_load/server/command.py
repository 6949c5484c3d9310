"""`stt-load serve`: the embedded server as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from pydantic import ValidationError

from stt_load.server.arguments import flag
from stt_load.server.engine import DEVICES, ENGINES, MOST_SLOTS, Engine, EngineError, EngineOptions, cores
from stt_load.server.engine import SETTINGS as ENGINE_SETTINGS
from stt_load.server.settings import ServerSettings

DESCRIPTION = "A speech-to-text server whose timing is known: a k-slot queue with an OpenAI-compatible API."
USAGE_ERROR = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `serve`: where to listen, the log, and one for each of the settings."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port, 0 for a free one (default: %(default)s)")
    parser.add_argument("--log", type=Path, metavar="FILE", help="write the truth about each request, as JSON lines")
    parser.add_argument("--quit-with-stdin", action="store_true", help="end when the standard input does")
    engine = parser.add_argument_group("engine", "what recognises speech for real, in place of the model of a server")
    engine.add_argument("--engine", choices=ENGINES, help="Whisper tiny.en, of the extra `real` (default: none)")
    engine.add_argument("--device", choices=DEVICES, help="where it computes (default: a GPU where there is one)")
    engine.add_argument(
        "--compute-type", metavar="TYPE", help="numbers that it computes with (default: int8; on a GPU float16)"
    )
    engine.add_argument(
        "--cpu-threads",
        type=_threads,
        metavar="N",
        help="of each inference (default: the cores, shared by the slots)",
    )
    settings = parser.add_argument_group("settings")
    for name, field in ServerSettings.model_fields.items():
        default = "none" if field.default is None else field.default
        text = f"{field.description} (default: {default})".replace("%", "%%")
        settings.add_argument(flag(name), default=None, metavar="VALUE", help=text)


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT, SIGTERM or the end of stdin (exit code 0); 2 when it can't start."""
    given = {name: value for name in ServerSettings.model_fields if (value := getattr(args, name)) is not None}
    if wrong := _contradiction(args, given):
        return _refuse(wrong)
    try:
        settings = ServerSettings.model_validate(({"slots": cores()} if args.engine else {}) | given)
    except ValidationError as error:
        return _refuse("; ".join(f"{flag(str(e['loc'][0]))} {e['input']}: {e['msg']}" for e in error.errors()))
    api_key = os.environ.get(settings.api_key_env) if settings.api_key_env else None
    if settings.api_key_env and not api_key:
        return _refuse(f"--api-key-env: the environment variable {settings.api_key_env} is not set")
    if settings.pack and settings.hears and (wrong := _broken(settings.pack)):
        return _refuse(f"--pack: {wrong}")
    try:
        engine = _engine(settings, args) if args.engine else None
    except EngineError as error:
        return _refuse(str(error))
    return _serve(settings, engine, api_key, args)


def _broken(manifest: str) -> str | None:
    """What is wrong with a pack, as far as it shows without its samples."""
    from stt_load.audio.manifest import PackError
    from stt_load.audio.pack import from_manifest

    try:
        from_manifest(Path(manifest))
    except (PackError, OSError) as error:
        return str(error)
    return None


def _contradiction(args: argparse.Namespace, given: Mapping[str, str]) -> str | None:
    """What can't be asked for together: an engine takes the time that it takes, and hears what it hears."""
    of_engine = [name for name in ("device", "compute_type", "cpu_threads") if getattr(args, name) is not None]
    if of_engine and not args.engine:
        return f"{flag(of_engine[0])} is of an engine; say which: --engine {ENGINES[0]}"
    of_model = [name for name in given if name not in ENGINE_SETTINGS]
    if of_model and args.engine:
        names = ", ".join(map(flag, of_model))
        return f"{names}: of the model of a server alone; --engine {args.engine} is a real one, and does as it does"
    return None


def _engine(settings: ServerSettings, args: argparse.Namespace) -> Engine:
    """Loaded, and told of on the error output; EngineError where it can't be had."""
    if settings.slots > MOST_SLOTS:
        raise EngineError(f"--slots {settings.slots}: an engine makes at most {MOST_SLOTS} inferences at a time")
    # Imported here: what it stands on is there only where somebody wants an engine.
    from stt_load.server.whisper import load

    options = EngineOptions(args.device or "auto", args.compute_type, args.cpu_threads)
    engine = load(settings.slots, options)
    print(engine.about, file=sys.stderr, flush=True)
    return engine


def _serve(settings: ServerSettings, engine: Engine | None, api_key: str | None, args: argparse.Namespace) -> int:
    # One clip at a time is listened to, beside the loop: more threads would take time from who asks.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Imported here, so that `stt-load serve --help` and a wrong setting need no web server.
    from stt_load.server.listen import listening
    from stt_load.server.truth import TruthLog

    async def serve(log: TruthLog | None) -> None:
        stop = asyncio.Event()
        _call_at_end(stop.set, args.quit_with_stdin)
        async with listening(settings, api_key, args.host, args.port, log, engine) as url:
            print(f"listening on {url}", flush=True)
            await stop.wait()

    with ExitStack() as stack:
        try:
            log = stack.enter_context(TruthLog(args.log)) if args.log else None
        except OSError as error:
            return _refuse(f"--log {args.log}: {error.strerror}")
        try:
            asyncio.run(serve(log))
        except OSError as error:
            return _refuse(f"can't listen on {args.host}:{args.port}: {error.strerror or error}")
    return 0


def _call_at_end(stop: Callable[[], None], with_stdin: bool) -> None:
    """Have `stop` called in the running loop when this process is told to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    if with_stdin:
        threading.Thread(target=_wait_for_end_of_stdin, args=(loop, stop), daemon=True).start()


def _wait_for_end_of_stdin(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    # Not sys.stdin: its lock, held by a thread that reads, would abort the interpreter's shutdown.
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop)


def _refuse(message: str) -> int:
    print(f"stt-load serve: {message}", file=sys.stderr)
    return USAGE_ERROR


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 65535")
    return int(text)


def _threads(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_024:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1024")
    return int(text)
