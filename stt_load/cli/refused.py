"""What somebody can do whose first request was refused, by the status of the refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from stt_load.cli.tried import Advise, Tried, other_endpoints, other_scheme
from stt_load.config.suspicion import mask_url

_NAMED = (
    ("model", "api.model", "--model"),
    ("language", "api.language", "--language"),
    ("response_format", "api.response_format", "--response-format"),
    ("temperature", "api.temperature", "--temperature"),
    ("prompt", "api.prompt", "--prompt"),
    ("stream", "api.stream", "--stream"),
    ("sample rate", "audio.sample_rate", "--sample-rate"),
    ("sample_rate", "audio.sample_rate", "--sample-rate"),
    ("duration", "audio.duration", "--audio-duration"),
)
"""A word in a refusal, the key that is about it, and that key's option."""

_STEPS = {"upload": ("POST", "upload"), "poll": ("GET", "poll"), "result": ("GET", "result")}
"""Of the steps of a job that go elsewhere than to the endpoint, the method and the key of api.job with the path."""

_OTHER_HEADER = '`api: {headers: {NAME: "${STT_API_KEY}"}}`'


def _not_allowed(tried: Tried) -> Iterator[str]:
    if not tried.key_places:
        yield (
            "no key was sent: put it into an environment variable and name that, `export STT_API_KEY=...` and "
            "`--api-key-env STT_API_KEY` (api.api_key_env in the file); it goes as `Authorization: Bearer ...`"
        )
        yield f"where the service wants another header: {_OTHER_HEADER}"
        return
    where = ", ".join(tried.key_places)
    yield f"a key was sent ({where}) and not accepted: is it whole, valid, and of this service?"
    yield f"and does the service want it there? Any other header: {_OTHER_HEADER}"


def _proxy_wants_a_password(_: Tried) -> Iterator[str]:
    yield 'the proxy wants to know who you are: `api: {proxy: "http://USER:${PASSWORD}@HOST:PORT"}`'


def _not_found(tried: Tried) -> Iterator[str]:
    if tried.answer is not None and tried.answer.step in _STEPS:
        yield from _no_such_step(tried, tried.answer.step)
        return
    if tried.api.model is not None and "model" in tried.said:
        yield f"the service may not have the model {tried.api.model}: api.model (--model)"
        return
    yield f"asked was POST {tried.url}: api.base_url (-H) and then api.endpoint, {mask_url(tried.api.endpoint)}"
    yield from other_endpoints(tried)


def _no_such_step(tried: Tried, step: str) -> Iterator[str]:
    """Of a job that was made, or whose clip has a place of its own: where it was asked after is printed above."""
    method, key = _STEPS[step]
    path = mask_url(getattr(tried.api.job, key) or "null")
    asked = f"asked was {method} to the path of api.job.{key}, {path}, as it is printed above"
    yield f"{asked}: `api: {{job: {{{key}: PATH}}}}`"


def _takes_no_post(tried: Tried) -> Iterator[str]:
    if tried.answer is not None and tried.answer.step in _STEPS:
        yield from _no_such_step(tried, tried.answer.step)
        return
    yield f"something is at {tried.url}, but it takes no POST: another api.endpoint (--endpoint) is needed"
    yield from other_endpoints(tried)


def _too_large(tried: Tried) -> Iterator[str]:
    yield f"the clip has {tried.clip_bytes:,} bytes: a shorter one is `--audio-duration SECONDS`"
    yield "the limit may be that of a proxy before the service (nginx: client_max_body_size, 1 MB by itself)"


def _wrong_type(tried: Tried) -> Iterator[str]:
    raw, kind = tried.api.protocol == "raw", tried.audio_type
    yield f"the audio went as {'the body' if raw else 'a part of a form'}, called {kind}: api.audio_content_type"
    if raw:
        yield "or the service wants a form: `api: {protocol: multipart}`"
    else:
        yield "or the service wants the audio alone, as the body: `api: {protocol: raw}`"


def _bad_request(tried: Tried) -> Iterator[str]:
    """What a form lacks, where the answer says so as FastAPI does; else the keys whose names stand in the answer."""
    if "https port" in tried.said:  # nginx, and others, of a plain request that came there
        yield f"try `-H {other_scheme(tried.url)}`"
        return
    lacking = list(_lacking(tried.document))
    for name in lacking:
        if name == "model":
            yield "the service wants the form field `model`: api.model (--model)"
        elif any(word in name.lower() for word in ("file", "audio")):
            yield f"the service wants the audio in the form field `{name}`: `api: {{audio_field: {name}}}`"
        else:
            yield f"the service wants the form field `{name}`: `api: {{extra_fields: {{{name}: VALUE}}}}`"
    named = [f"{key} ({option})" for word, key, option in _NAMED if word in tried.said and word not in lacking]
    if named:
        yield f"the answer names what these say: {', '.join(named)}"
    elif not lacking:
        yield (
            "the request above is not what the service wants: hold it against its documents (api.audio_field, "
            "api.model, api.response_format, api.extra_fields; the audio alone as the body is `api: {protocol: raw}`)"
        )


def _lacking(document: Any) -> Iterator[str]:
    """The names of fields that a FastAPI service says are missing: {"detail": [{"loc": ["body", NAME], ...}]}."""
    detail = document.get("detail") if isinstance(document, dict) else None
    for one in detail if isinstance(detail, list) else ():
        if isinstance(one, dict) and "missing" in str(one.get("type", "")) and isinstance(one.get("loc"), list):
            yield str(one["loc"][-1]) if one["loc"] else ""


def _too_many(_: Tried) -> Iterator[str]:
    yield "a limit of its own (requests, audio or money in a time) was reached by this one request: try again later"
    yield "in a run, users wait as long as Retry-After says (api.on_shed)"


def _not_ready(tried: Tried) -> Iterator[str]:
    yield "it may be loading its model, or be full: try again; a run waits for it (`--wait-ready SECONDS`)"
    if tried.api.health is None:
        yield "a path that says when it is ready, such as /health, can be asked before: `--health /health`"


def _broken(tried: Tried) -> Iterator[str]:
    yield "the service's own log says why"
    yield "some services break so on a form they do not know: hold the one above against their documents"
    if tried.api.model is not None and "model" in tried.said:
        yield f"or on a model they do not have: api.model (--model) is {tried.api.model}"


def _gateway(_: Tried) -> Iterator[str]:
    yield "a proxy answered, and the service behind it is not there, or too slow for it: its log says which"


def _elsewhere(tried: Tried) -> Iterator[str]:
    location = "" if tried.answer is None else tried.answer.location or ""
    if not location:
        return
    try:
        here, there = urlsplit(tried.url), urlsplit(urljoin(tried.url, location))
        _ = there.port
    except ValueError:
        yield "where it redirects to is no URL: the service, or a proxy before it, is set up wrongly"
        return
    if (there.scheme, there.netloc) != (here.scheme, here.netloc):
        yield f"try `-H {mask_url(f'{there.scheme}://{there.netloc}')}`"
    if there.path != here.path:
        base = urlsplit(tried.api.base_url).path.rstrip("/")
        endpoint = there.path.removeprefix(base) if there.path.startswith(f"{base}/") else there.path
        yield f"the way leads to {there.path}; unless that is a login, try `--endpoint {endpoint}`"


BY_STATUS: Mapping[int, Advise] = {
    401: _not_allowed,
    403: _not_allowed,
    404: _not_found,
    405: _takes_no_post,
    407: _proxy_wants_a_password,
    413: _too_large,
    415: _wrong_type,
    429: _too_many,
    502: _gateway,
    503: _not_ready,
    504: _gateway,
}

BY_CLASS: Mapping[int, Advise] = {3: _elsewhere, 4: _bad_request, 5: _broken}
"""Of all other refusals, by the first digit."""
