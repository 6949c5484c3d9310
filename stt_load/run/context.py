"""What the users of one run share: where to ask for iterations, what to say, and where to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

from stt_load import __version__
from stt_load.api.answers import Places, reader
from stt_load.api.api import Api
from stt_load.api.batch import Plan
from stt_load.api.form import Bare, Form, openai_fields
from stt_load.api.job_path import JobPath
from stt_load.api.stream import Stream
from stt_load.api.verdict import Answer, Transcript, transcript_of
from stt_load.audio.sources import AudioSpec, seconds_of
from stt_load.client import Target, Timeouts
from stt_load.client.call import Call
from stt_load.client.call import load as load_call
from stt_load.config import ApiConfig, Config, filled, json_fields, mask_url, pairs, secrets
from stt_load.load.iteration import Iteration
from stt_load.run.clips import Clips
from stt_load.run.dispatcher import Dispatcher
from stt_load.samples.run_info import Load, OpenLoop

UNITS_S = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "100ns": 1e-7}


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the users of one run share: whom to ask for iterations, what to say, where, and how long to pause after.

    users: tells how many there are in the whole run. call: what to call instead of making a request. waits: a user
    that was refused stays away for as long as it is asked to. pauses: users may stay away at all; those of an open
    loop, whose requests are due, never do. seed: of the clips. audio_s: tells how long that
    of an iteration is. name, url: what Locust's screens and listeners get to see, without secrets.
    """

    dispatcher: Dispatcher
    users: Callable[[], int]
    audio: Clips
    audio_s: Callable[[int], float]
    api: Api
    target: Target
    call: Call | None
    name: str
    url: str
    request_delay_s: float
    waits: bool
    pauses: bool
    seed: int

    def request_id(self, iteration: Iteration) -> str:
        """What tells this try from all others, on the wire and in the result."""
        return f"{self.seed}-{iteration.seq}-{iteration.attempt}"


def build(
    config: Config,
    url: str,
    seed: int,
    dispatcher: Dispatcher,
    users: Callable[[], int],
    load: Load | None = None,
) -> RunContext:
    """The context of a run of `config` against `url`; its clips are drawn from `seed`. load: None for a closed loop.
    Raises `PackError`."""
    pauses = not isinstance(load, OpenLoop)
    audio = audio_of(config, seed)
    audio.prepare()
    return RunContext(
        dispatcher=dispatcher,
        users=users,
        audio=audio,
        audio_s=seconds_of(spec_of(config), seed),
        api=api_of(config, url),
        target=target_of(config, url),
        call=load_call(config.api.call) if config.api.call else None,
        name=shown_name(place_of(config, url)),
        url=mask_url(url),
        request_delay_s=config.request_delay if pauses else 0.0,
        waits=pauses and config.api.on_shed == "wait",
        pauses=pauses,
        seed=seed,
    )


def audio_of(config: Config, seed: int) -> Clips:
    """The clips of a run; `seed` decides on them. Raises `PackError`."""
    return Clips(spec_of(config), seed)


def spec_of(config: Config) -> AudioSpec:
    """What clips are like, for whoever makes them, or has to know what they say."""
    audio, trace = config.audio, config.load.trace
    return AudioSpec(
        audio.source,
        audio.duration,
        audio.sample_rate,
        audio.format,
        audio.pack,
        audio.files,
        audio.vary,
        audio.skip_broken,
        audio.cache_mb,
        trace,
        0 if trace is None else config.warmup_requests,
    )


def api_of(config: Config, url: str) -> Api:
    """How the service at `url` is spoken to; with the secrets of this process's environment."""
    api, hidden = config.api, secrets(config, os.environ)
    if api.call is not None:
        return Api(Bare(), _as_returned, hidden)
    read_text = reader(api.response_format, _places(api))
    follow = partial(Stream, api.stream_dialect, read_text) if api.stream else None
    spent = api.response.processing_time
    told_in = None if spent is None or isinstance(spent, str) else (spent.header.lower(), UNITS_S[spent.unit])
    return Api(_form(config), read_text, hidden, follow, _plan(config, url), told_in)


def _places(api: ApiConfig) -> Places:
    found = api.response
    return Places(
        found.text,
        found.duration,
        UNITS_S[found.duration_unit],
        found.processing_time if isinstance(found.processing_time, str) else None,
        UNITS_S[found.processing_time_unit],
    )


def _as_returned(answer: Answer) -> Transcript:
    """Of a function of the user's own: the text is all there is."""
    return transcript_of(answer.body.decode())


def _form(config: Config) -> Form | Bare:
    """What the API's protocol puts around the audio."""
    api, name, kind = config.api, config.audio_filename, config.audio_content_type
    if api.protocol == "raw" or (api.protocol == "submit_poll" and api.job.audio != "form"):
        return Bare(kind)
    if api.protocol == "submit_poll" and api.job.uploads:
        return Form([], api.audio_field, name, kind)
    fields = pairs(api.extra_fields, os.environ, api.model)
    prompt = None if api.prompt is None else filled(api.prompt, os.environ)
    if api.protocol == "openai":
        fields = openai_fields(
            api.model, api.response_format, api.language, prompt, api.temperature, api.stream, extra=fields
        )
    elif api.stream:
        fields.append(("stream", "true"))
    return Form(fields, api.audio_field, name, kind)


def _plan(config: Config, url: str) -> Plan | None:
    """How jobs are made at `url` and watched beside it, below the same base; None where the protocol knows none."""
    api, job = config.api, config.api.job
    if api.protocol != "submit_poll":
        return None
    base, target = base_path(api, url), target_of(config, url)
    path = partial(JobPath, base=base, origin=f"{target.scheme}://{target.authority}", id_at=job.id)
    return Plan(
        submit_path=target.path,
        upload_path=base + (job.upload or "") if job.uploads else None,
        uploaded=job.uploaded,
        fields=json_fields(api.extra_fields, os.environ, api.model),
        id=job.id,
        poll=path(job.poll),
        status=job.status,
        done=frozenset(job.done),
        failed=frozenset(job.failed),
        interval_s=job.interval,
        text=api.response.text,
        result=None if job.result is None else path(job.result),
    )


def base_path(api: ApiConfig, url: str) -> str:
    """What stands before the endpoint's path in `url`."""
    return urlsplit(url.removesuffix(api.path)).path


def target_of(config: Config, url: str) -> Target:
    """Where and with which headers to post, query parameters included.

    The secrets are this process's own: they are read from the environment and nowhere else.
    """
    if config.api.query:
        url += ("&" if "?" in url else "?") + urlencode(pairs(config.api.query, os.environ, config.api.model))
    return place_of(config, url)


def place_of(config: Config, url: str) -> Target:
    """The same for one that only looks: without query parameters."""
    api = config.api
    headers = {
        "User-Agent": f"stt-load/{__version__}",
        "Accept": "*/*",
        # An answer is a few hundred bytes: compressing it would only add to what is timed.
        "Accept-Encoding": "identity",
    }
    if api.api_key_env and (key := os.environ.get(api.api_key_env)):
        headers["Authorization"] = f"Bearer {key}"
    # Names of headers know no case: what is configured takes the place of what is usual.
    given = {name.lower() for name in api.headers}
    headers = {name: value for name, value in headers.items() if name.lower() not in given}
    headers |= dict(pairs(api.headers, os.environ, api.model))
    timeout = api.timeout
    return Target(
        url=url,
        headers=headers,
        timeouts=Timeouts(timeout.connect, timeout.first_byte, timeout.read, timeout.total),
        max_answer_bytes=api.max_answer_bytes,
        verify=api.verify,
        ca_bundle=api.ca_bundle,
        requests_per_connection=api.requests_per_connection,
        request_id_header=None if (api.request_id_header or "").lower() in given else api.request_id_header,
        captured=tuple(name.lower() for name in api.capture_headers),
        proxy=None if api.proxy is None else filled(api.proxy, os.environ),
    )


def shown_name(target: Target) -> str:
    """What Locust's screens call a request to `target`."""
    return mask_url(target.path)
