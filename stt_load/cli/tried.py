"""A request that brought no transcript, as advice is given on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from stt_load.api.places import parsed
from stt_load.api.verdict import Answer, Failure
from stt_load.config import ApiConfig
from stt_load.config import preset as presets
from stt_load.config.section import EMBEDDED
from stt_load.config.suspicion import mask_url

SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Tried:
    """A request that brought no transcript. url: that was asked, without secrets. answer: without secrets, too; None
    where there is no whole one. key_places: where something went out that may be a key. clip_bytes, audio_type: of
    the file that was sent."""

    api: ApiConfig
    url: str
    failure: Failure
    answer: Answer | None = None
    key_places: tuple[str, ...] = ()
    clip_bytes: int = 0
    audio_type: str = "audio/wav"

    @property
    def document(self) -> Any:
        """The JSON that the answer is, None where it is none."""
        try:
            return None if self.answer is None else parsed(self.answer.body)
        except ValueError:
            return None

    @property
    def said(self) -> str:
        """The answer's body in small letters, for words that stand in it."""
        return "" if self.answer is None else self.answer.body[:10_000].decode(errors="replace").lower()


Advise = Callable[[Tried], Iterator[str]]
"""Says what to do next, a text each."""


def other_endpoints(tried: Tried) -> Iterator[str]:
    """The same endpoint with or without the version before it, and those that known services have."""
    path, base = urlsplit(tried.api.endpoint).path, mask_url(tried.api.base_url).rstrip("/")
    # Of a base URL that ends in /v1, one in the endpoint is no second one: to do without it, both have to be given.
    server = "" if base == EMBEDDED else f"-H {base.removesuffix('/v1')} "
    if base.endswith("/v1"):
        yield f"try `{server}--endpoint {path}`"
    elif path.startswith("/v1/"):
        yield f"try `{server}--endpoint {path.removeprefix('/v1')}`"
    else:
        yield f"try `--endpoint /v1{path}`"
    others: dict[str, list[str]] = {}
    for name in presets.NAMES:
        endpoint = presets.document(name).values["api"].get("endpoint")
        if isinstance(endpoint, str) and endpoint != path:
            others.setdefault(endpoint, []).append(name)
    told = ", ".join(f"{endpoint} ({', '.join(names)})" for endpoint, names in others.items())
    yield f"known services have theirs (`--preset NAME` sets it): {told}"


def other_scheme(url: str) -> str:
    """Where `url` leads, with https for http, or the other way round."""
    parts = urlsplit(url)
    return f"{'http' if parts.scheme == 'https' else 'https'}://{parts.netloc}"


def cut(text: str) -> str:
    """`text` on one line, and not too much of it."""
    text = " ".join(text.split())
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
