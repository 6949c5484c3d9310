"""What to do next where the first request to a service has brought no transcript."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from stt_load.cli import refused, unanswered, unread
from stt_load.cli.tried import Tried
from stt_load.config import preset as presets

_BY_KIND = {**unanswered.BY_KIND, **unread.BY_KIND}

_OF_EVERYBODY = (None, "", "127.0.0.1", "localhost", "::1")
"""Hosts at which any service may be."""


def advice(tried: Tried) -> list[str]:
    """What to do next, a text each; nothing where the failure's own message says it all."""
    if tried.api.call is not None:
        return []  # the request was the function's
    status = 0 if tried.answer is None else tried.answer.status
    advise = _BY_KIND.get(tried.failure.kind)
    if status and not 200 <= status < 300:
        advise = refused.BY_STATUS.get(status) or refused.BY_CLASS.get(status // 100)
    lines = [] if advise is None else list(advise(tried))
    return lines + list(_preset(tried))


def _preset(tried: Tried) -> Iterator[str]:
    """Somebody may not know that the service is a known one."""
    host = urlsplit(tried.url).hostname
    for name in presets.NAMES if tried.api.preset is None and host not in _OF_EVERYBODY else ():
        api = presets.document(name).values["api"]
        if urlsplit(str(api.get("base_url") or "")).hostname == host:
            yield f"{host} is the service of the preset {name}: try `--preset {name}` (`stt-load presets` shows it)"
