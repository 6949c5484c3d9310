"""What the console says before and while a run measures: its start block and its changes of phase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stt_load.report import asked_load
from stt_load.report.accuracy import first_answer
from stt_load.report.messages import Messages, fitted
from stt_load.report.width import plain, wrap
from stt_load.samples.run_info import LOCAL, Load, OpenLoop, RunInfo
from stt_load.stats.model import Warmup

USUAL_S = 10.0
"""How long clips are where nobody has asked for a length."""


@fitted
def subject(say: Messages, config: Mapping[str, Any], info: RunInfo) -> Iterator[str]:
    """What is measured, and with what. config: the masked configuration."""
    yield say("start.config", file=info.config_file or say("start.no_file"))
    yield from _clips(say, config["audio"], config.get("load", {}).get("trace"))
    if info.left_out:
        yield say("start.left_out", n=info.left_out)
    yield say("start.api", url=info.target)
    api = config["api"]
    yield _protocol(say, api)
    if _names_model(api):
        yield say("start.model", model=plain(api["model"]))
    yield from _connection(say, api)
    if api["base_url"] == "embedded" and not api.get("call"):
        yield say("start.embedded")


def _clips(say: Messages, audio: Mapping[str, Any], trace: str | None) -> Iterator[str]:
    """What the clips are. trace: the file that says how long. Results of earlier versions know no format but WAV."""
    source, vary = audio.get("source", "noise"), audio.get("vary")
    asked = audio["duration"] if trace is None else {"empirical": trace}
    yield say("start.audio", length=_length(say, asked, source), rate=audio["sample_rate"])
    if source != "files":
        yield say("start.fresh")
    elif not isinstance(vary, Mapping):
        yield say("start.unchanged" if vary == "none" else "start.shifted")
    pack = say("start.shipped") if audio.get("pack") is None else plain(audio["pack"])
    coding, files = str(audio.get("format") or "wav").upper(), plain(audio.get("files") or "")
    yield say(f"start.{source}", pack=pack, files=files, format=coding)
    if isinstance(vary, Mapping) and source in ("speech", "files"):
        yield say("start.noisy", level=f"{vary['snr_db']:g}")


def _length(say: Messages, duration: float | str | Mapping[str, Any] | None, source: str) -> str:
    """How long the clips are; in an older result always the same."""
    if duration is None:
        return say("length.own") if source == "files" else say("length.same", duration=USUAL_S)
    if isinstance(duration, str):
        shortest, _, longest = duration.partition("..")
        return say("length.range", shortest=shortest, longest=longest)
    if not isinstance(duration, Mapping):
        return say("length.same", duration=duration)
    if "empirical" in duration:
        return say("length.empirical", file=plain(duration["empirical"]))
    shape = duration["lognormal"]
    most = "" if shape.get("max") is None else say("length.at_most", longest=f"{shape['max']:g}")
    return say("length.lognormal", median=f"{shape['median']:g}", sigma=f"{shape['sigma']:g}", at_most=most)


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
    total, warmup, load = config["total_requests"], config["warmup_requests"], info.load
    yield _end(say, config, load)
    if time_limit_s is not None:
        yield say("start.time_limit", duration=say.duration(time_limit_s, 0))
    users = load.warmup_users if isinstance(load, OpenLoop) else info.users
    if isinstance(load, OpenLoop) or load.stages:
        yield say("start.warmup_users", n=warmup, users=users)
    else:
        yield say("start.warmup", n=warmup)
        yield say("start.users", n=users)
    yield from asked_load.lines(say, load)
    if info.workers != LOCAL:
        yield say("start.workers", n=len(info.workers))
    if total is not None and not isinstance(load, OpenLoop):
        yield say("start.measured", n=total - warmup)
    if clips := _repeated(config):
        yield say("start.repeated", clips=clips, n=3 * clips)
    if config["request_delay"]:
        yield say("start.pause", duration=say.duration(config["request_delay"]))
    if info.seed_given:
        yield from note(say, say("note.seed", seed=info.seed))
    if 0 < warmup < users:
        yield from note(say, say("note.cold", warmup=warmup, users=users))


def _end(say: Messages, config: Mapping[str, Any], load: Load) -> str:
    """What ends the run."""
    if config["measure_for"] is not None:
        return say("start.measure_for", duration=say.duration(config["measure_for"]))
    if config["total_requests"] is not None:
        return say("start.total", n=config["total_requests"])
    if config.get("stop_when"):
        return say("start.stop_when", **_precision(say, config["stop_when"]))
    if isinstance(load, OpenLoop) and load.planned is not None:
        return say("start.total", n=config["warmup_requests"] + load.planned)
    if (length_s := profile_s(load)) is not None:
        return say("start.measure_for", duration=say.duration(length_s))
    return say("start.until_stopped")


def _precision(say: Messages, asked: Mapping[str, Any]) -> dict[str, str]:
    return {"metric": asked["metric"], "within": say.share(asked["within"])}


def profile_s(load: Load) -> float | None:
    """How long its stages take together; None where there are none, or one of them has no end."""
    lengths = [stage.for_s for stage in load.stages]
    return None if not lengths or None in lengths else sum(one for one in lengths if one is not None)


@fitted
def warming_up(say: Messages, config: Mapping[str, Any]) -> Iterator[str]:
    """The first request is about to be sent."""
    warmup, clips = config["warmup_requests"], _repeated(config)
    if clips:
        yield say("control.started", clips=clips)
    if warmup:
        yield say("control.then" if clips else "warmup.started", requests=say.requests(warmup))
    elif not clips:  # which warm the service, too
        yield from note(say, say("warmup.none"))


@fitted
def measuring(
    say: Messages,
    config: Mapping[str, Any],
    warmup: Warmup,
    transcript: str | None,
    said: str | None = None,
    *,
    load: Load | None = None,
    limited: bool = False,
) -> Iterator[str]:
    """The barrier is open: what the warm-up came to, and what follows.

    transcript: the first one there is. said: what its clip says, None where that is nothing or not known. load: what
    was asked for. limited: Locust's -t ends the run.
    """
    if warmup.requests:
        yield say("warmup.finished", duration=say.duration(warmup.duration_s))
        if warmup.failed:
            yield from warmup_failed(say, warmup)
        if transcript is not None:
            yield from first_answer(say, said, transcript)
    yield _phase(say, config, load, limited=limited)


@fitted
def warmup_failed(say: Messages, warmup: Warmup) -> Iterator[str]:
    """How many requests of the warm-up have failed, and how."""
    named = ", ".join(f"{count} × {say(f'kind.{kind}')}" for kind, count in warmup.failures.items())
    yield say("warmup.failed", n=warmup.requests, failed=warmup.failed, kinds=named)


def _phase(say: Messages, config: Mapping[str, Any], load: Load | None, *, limited: bool) -> str:
    """That measuring begins, and until when it goes on."""
    total, limit_s = config["total_requests"], config["measure_for"]
    if isinstance(load, OpenLoop) and load.planned is not None:
        return say("measuring.arrivals", n=load.planned)
    if limit_s is None and load is not None:
        limit_s = profile_s(load)
    if limit_s is not None:
        return say("measuring.time", duration=say.duration(limit_s))
    if total is not None:
        return say("measuring.requests", requests=say.requests(total - config["warmup_requests"]))
    if config.get("stop_when"):
        return say("measuring.stop_when", **_precision(say, config["stop_when"]))
    return say("measuring.time_limit" if limited else "measuring.until_stopped")


def _repeated(config: Mapping[str, Any]) -> int:
    """How many clips are said again. Earlier versions knew no such thing."""
    count: int = config.get("accuracy", {}).get("repeat_check", 0)
    total = config["total_requests"]
    return count if total is None else min(count, total - config["warmup_requests"])


def note(say: Messages, text: str) -> list[str]:
    """A sentence that begins with an emoji, as lines that stay right of it."""
    return wrap(text, say.width, "", "   ")
