"""What the console says before and while a run measures: its start block and its changes of phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.report.accuracy import first_answer
from stt_load.report.messages import Messages, fitted
from stt_load.report.width import plain, wrap
from stt_load.samples.run_info import LOCAL, RunInfo
from stt_load.stats.model import Warmup


@fitted
def subject(say: Messages, config: Mapping[str, Any], info: RunInfo) -> Iterator[str]:
    """What is measured, and with what. config: the masked configuration."""
    yield say("start.config", file=info.config_file or say("start.no_file"))
    yield from _clips(say, config["audio"])
    yield say("start.api", url=info.target)
    api = config["api"]
    yield _protocol(say, api)
    if _names_model(api):
        yield say("start.model", model=plain(api["model"]))
    yield from _connection(say, api)
    if api["base_url"] == "embedded" and not api.get("call"):
        yield say("start.embedded")


def _clips(say: Messages, audio: Mapping[str, Any]) -> Iterator[str]:
    """What the clips are. Results of earlier versions know no format but WAV."""
    yield say("start.audio", duration=audio["duration"], rate=audio["sample_rate"])
    yield say("start.fresh")
    pack = say("start.shipped") if audio.get("pack") is None else plain(audio["pack"])
    yield say(f"start.{audio.get('source', 'noise')}", pack=pack, format=str(audio.get("format") or "wav").upper())


def _protocol(say: Messages, api: Mapping[str, Any]) -> str:
    """How the service is spoken to. Results of earlier versions know one way only."""
    if api.get("call"):
        return say("start.call")
    protocol = api.get("protocol", "openai")
    if protocol == "openai":
        model = say("start.no_model") if api["model"] is None else plain(api["model"])
        return say("start.form", model=model, format=api["response_format"])
    place = api["response"]["text"] if "json" in api["response_format"] else api["response_format"]
    return say(f"start.{protocol}", field=plain(api["audio_field"]), place=plain(place))


def _names_model(api: Mapping[str, Any]) -> bool:
    """Whether a protocol without a field for the model sends it elsewhere. Earlier versions named one unsent."""
    texts = [str(api.get(name, "")) for name in ("endpoint", "query", "headers", "extra_fields")]
    is_sent = any("{model}" in text for text in texts)
    return api.get("protocol", "openai") != "openai" and api["model"] is not None and is_sent


def _connection(say: Messages, api: Mapping[str, Any]) -> Iterator[str]:
    """What is out of the ordinary on the way there and back."""
    if api.get("stream"):
        yield say("start.stream", dialect=api["stream_dialect"] or say("start.stream_any"))
    if api.get("keep_alive") is False:
        yield say("start.new_connections")
    if api.get("proxy"):
        yield say("start.proxy", proxy=api["proxy"])


@fitted
def start(
    say: Messages, config: Mapping[str, Any], info: RunInfo, time_limit_s: float | None = None
) -> Iterator[str]:
    """The start block. time_limit_s: Locust's -t."""
    yield from subject(say, config, info)
    yield say("start.heading")
    total, warmup, limit_s = config["total_requests"], config["warmup_requests"], config["measure_for"]
    if limit_s is not None:
        yield say("start.measure_for", duration=say.duration(limit_s))
    elif total is None:
        yield say("start.until_stopped")
    else:
        yield say("start.total", n=total)
    if time_limit_s is not None:
        yield say("start.time_limit", duration=say.duration(time_limit_s, 0))
    yield say("start.warmup", n=warmup)
    yield say("start.users", n=info.users)
    if info.workers != LOCAL:
        yield say("start.workers", n=len(info.workers))
    if total is not None:
        yield say("start.measured", n=total - warmup)
    if config["request_delay"]:
        yield say("start.pause", duration=say.duration(config["request_delay"]))
    if info.seed_given:
        yield from note(say, say("note.seed", seed=info.seed))
    if 0 < warmup < info.users:
        yield from note(say, say("note.cold", warmup=warmup, users=info.users))


@fitted
def warming_up(say: Messages, config: Mapping[str, Any]) -> Iterator[str]:
    """The first request is about to be sent."""
    warmup = config["warmup_requests"]
    if warmup:
        yield say("warmup.started", requests=say.requests(warmup))
    else:
        yield from note(say, say("warmup.none"))


@fitted
def measuring(
    say: Messages,
    config: Mapping[str, Any],
    warmup: Warmup,
    transcript: str | None,
    said: str | None = None,
    *,
    limited: bool = False,
) -> Iterator[str]:
    """The barrier is open: what the warm-up came to, and what follows.

    transcript: the first one there is. said: what its clip says, None where that is nothing or not known. limited:
    Locust's -t ends the run.
    """
    if warmup.requests:
        yield say("warmup.finished", duration=say.duration(warmup.duration_s))
        if warmup.failed:
            named = ", ".join(f"{count} × {say(f'kind.{kind}')}" for kind, count in warmup.failures.items())
            yield say("warmup.failed", n=warmup.requests, failed=warmup.failed, kinds=named)
        if transcript is not None:
            yield from first_answer(say, said, transcript)
    total, limit_s = config["total_requests"], config["measure_for"]
    if limit_s is not None:
        yield say("measuring.time", duration=say.duration(limit_s))
    elif total is None:
        yield say("measuring.time_limit" if limited else "measuring.until_stopped")
    else:
        yield say("measuring.requests", requests=say.requests(total - config["warmup_requests"]))


def note(say: Messages, text: str) -> list[str]:
    """A sentence that begins with an emoji, as lines that stay right of it."""
    return wrap(text, say.width, "", "   ")
