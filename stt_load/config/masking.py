"""Secrets stay out of what is printed: of a URL, of a value in a message."""

from __future__ import annotations

import re

from stt_load.config.suspicion import is_secret_name, is_secret_parameter, looks_like_key

MASK = "***"
SHOWN_CHARACTERS = 60

_MASKED_USER = rf"\1{MASK}@"
_URL_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*@")
_UP_TO_AT = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@")
_PARAMETER = re.compile(r"(?<=[?&])([^=&?]+)=([^&#]*)")


def mask_url(url: str) -> str:
    """`url`, or the end of one, without the `user:password` before its host and the secrets in its query."""
    url = _URL_USER.sub(_MASKED_USER, url)
    return _PARAMETER.sub(
        lambda found: f"{found[1]}={MASK}" if is_secret_parameter(*found.groups()) else found[0], url
    )


def shown(path: tuple[str, ...], written: str) -> str:
    """The value at `path` as a message may repeat it: one short line, without a secret."""
    text = written if written.isprintable() else repr(written)
    bare = text.strip("\"'")
    if path == ("api", "base_url") or "://" in bare:
        # A password with a slash in it makes the URL a wrong one, and must not be shown for that.
        text = _UP_TO_AT.sub(_MASKED_USER, mask_url(bare))
    elif path and path[-1] == "api_key_env":
        # Here belongs a name, and names are shown; what can't be a name may be the key.
        is_name = re.fullmatch(r"\w*", bare) and not looks_like_key(bare)
        text = text if is_name else f"{bare[: min(3, len(bare) // 3)]}..."
    elif looks_like_key(bare) or any(map(is_secret_name, path)):
        text = MASK
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."
