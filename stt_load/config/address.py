"""Where requests go when base_url has the path of the endpoint in it already.

Other clients ask for `https://host/v1`, or for all of `https://host/v1/audio/transcriptions`: whoever copies that
into base_url doesn't mean `/v1/v1/audio/transcriptions`.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_VERSION = re.compile(r"v[0-9]")
_OF_OPENAI = (["audio", "transcriptions"], ["audio", "translations"])


def parted(base_url: str, endpoint: str, *, endpoint_counts: bool) -> tuple[str, str] | None:
    """(base_url, endpoint) with nothing in both of them; None where that is so already.

    endpoint: a query may follow its path. endpoint_counts: when base_url ends in one endpoint of the OpenAI API and
    `endpoint` is another, that one is meant, and else the one in base_url.
    """
    path, mark, query = endpoint.partition("?")
    has, wants = _segments(urlsplit(base_url).path), _segments(path)
    for size in range(min(len(has), len(wants)), 0, -1):
        if has[-size:] == wants[:size] and (size == len(wants) or _VERSION.match(wants[0])):
            return _without(base_url, has[-size:]), endpoint
    if has[-2:] not in _OF_OPENAI or wants[-2:] not in _OF_OPENAI:
        return None
    versioned = len(has) > len(_OF_OPENAI[0]) and _VERSION.match(has[-3])
    tail = has[-3:] if versioned else has[-2:]
    return _without(base_url, tail), endpoint if endpoint_counts else "/" + "/".join(tail) + mark + query


def _segments(path: str) -> list[str]:
    inner = path.rstrip("/").removeprefix("/")
    return inner.split("/") if inner else []


def _without(base_url: str, tail: list[str]) -> str:
    return base_url.rstrip("/").removesuffix("/" + "/".join(tail))
