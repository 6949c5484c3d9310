"""What the users of one run share: where to ask for jobs, what to say, and where to."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from stt_load import __version__
from stt_load.audio import wav
from stt_load.audio.noise import NoiseSource
from stt_load.config import Api, Config, mask_url, pairs, secrets
from stt_load.desk import Desk
from stt_load.hook import Call, load
from stt_load.transport import Target, Timeouts
from stt_load.wire import openai
from stt_load.wire.answers import reader
from stt_load.wire.form import Bare, Form
from stt_load.wire.speech import Speech
from stt_load.wire.verdict import Answer, Transcript


@dataclass(frozen=True, slots=True)
class Stage:
    """What the users of one run share: whom to ask for jobs, what to say, where, and how long to pause after.

    users: tells how many there are in the whole run. call: what to call instead of making a request. waits: a user
    that was refused stays away for as long as it is asked to. name, url: what Locust's screens and listeners get to
    see, without secrets.
    """

    desk: Desk
    users: Callable[[], int]
    audio: NoiseSource
    speech: Speech
    target: Target
    call: Call | None
    name: str
    url: str
    request_delay_s: float
    waits: bool


def build(config: Config, url: str, seed: int, desk: Desk, users: Callable[[], int]) -> Stage:
    """The stage of a run of `config` against `url`; its clips are drawn from `seed`."""
    speech = speech_of(config)
    return Stage(
        desk=desk,
        users=users,
        audio=audio_of(config, seed),
        speech=speech,
        target=target_of(config, url, speech.form.content_type),
        call=load(config.api.call) if config.api.call else None,
        name=shown_name(target_of(config, url)),
        url=mask_url(url),
        request_delay_s=config.request_delay,
        waits=config.api.on_shed == "wait",
    )


def audio_of(config: Config, seed: int) -> NoiseSource:
    """The clips of a run; `seed` decides on them."""
    return NoiseSource(seed, wav.frames_of(config.audio_duration, config.sample_rate), config.sample_rate)


def speech_of(config: Config) -> Speech:
    """How the service is spoken to; with the secrets of this process's environment."""
    api = config.api
    if api.call is not None:
        return Speech(Bare(), _as_returned, secrets(config, os.environ))
    return Speech(_form(api), reader(api.response_format, api.response.text), secrets(config, os.environ))


def _as_returned(answer: Answer) -> Transcript:
    """Of a function of the user's own: the text is all there is."""
    return Transcript(answer.body.decode())


def _form(api: Api) -> Form | Bare:
    """What the API's protocol puts around the audio."""
    if api.protocol == "raw":
        return Bare(api.audio_content_type)
    fields = pairs(api.extra_fields, os.environ)
    if api.protocol == "openai":
        fields = openai.fields(
            api.model, api.response_format, api.language, api.prompt, api.temperature, extra=fields
        )
    return Form(fields, api.audio_field, api.audio_filename, api.audio_content_type)


def target_of(config: Config, url: str, content_type: str | None = None) -> Target:
    """Where and with which headers to speak: for posting with the `content_type` of the form, None to only look.

    The secrets are this process's own: they are read from the environment and nowhere else.
    """
    api = config.api
    headers = {
        "User-Agent": f"stt-load/{__version__}",
        "Accept": "*/*",
        # An answer is a few hundred bytes: compressing it would only add to what is timed.
        "Accept-Encoding": "identity",
    }
    if content_type is not None:
        headers["Content-Type"] = content_type
    if api.api_key_env and (key := os.environ.get(api.api_key_env)):
        headers["Authorization"] = f"Bearer {key}"
    # Names of headers know no case: what is configured takes the place of what is usual.
    given = {name.lower() for name in api.headers}
    headers = {name: value for name, value in headers.items() if name.lower() not in given}
    headers |= dict(pairs(api.headers, os.environ))
    if content_type is not None and api.query:
        url += ("&" if "?" in url else "?") + urlencode(pairs(api.query, os.environ))
    timeout = api.timeout
    return Target(
        url=url,
        headers=headers,
        timeouts=Timeouts(timeout.connect, timeout.first_byte, timeout.read, timeout.total),
        max_answer_bytes=api.max_answer_bytes,
        verify=api.verify,
        ca_bundle=api.ca_bundle,
    )


def shown_name(target: Target) -> str:
    """What Locust's screens call a request to `target`."""
    return mask_url(target.path)
