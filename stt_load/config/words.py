"""Texts with a form of their own: URLs, paths, names. Each check returns the text, or raises ValueError.

The error says what is wrong and what would be right; it reads on from the value ("`x` has no scheme; ...").
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from stt_load.api.names import ANSWER_PLACE
from stt_load.config.expressions import expression
from stt_load.config.faults import nearest
from stt_load.config.suspicion import looks_like_key, mask_url
from stt_load.config.variables import is_name

API_FIELDS = ("model", "language", "prompt", "response_format", "temperature", "stream")
"""Form fields of the OpenAI API, which have keys of their own."""

OWN_HEADERS = ("connection", "content-length", "content-type", "expect", "host", "transfer-encoding")
"""Headers that say how the request itself is sent."""

_URL_FORM = "choose http(s)://host[:port][/path], or embedded"
_ZONE = "has a zone (%...) in its host, which no Host header may have (RFC 6874); leave it out, or choose a name"
_PRINTABLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9._~-]+")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NO_UNICODE = "is not Unicode text (it has half of a surrogate pair); choose a text in UTF-8"
_NONE_OF_A_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_ANSWER_PLACE = re.compile(ANSWER_PLACE)
_JOB_PATHS = "/jobs/{id}, or {result_url} where the answer has the URL"


def character_problem(text: str) -> str | None:
    """What is wrong with `text`, and what would be right, reading on from it; None where all is well.

    Half of a surrogate pair is no Unicode text, and nothing can be done with it but to fail. Control characters but
    tab and line ends come from a slip, or from who wants to hide something. Each key has rules of its own beside.
    """
    found = _NONE_OF_A_TEXT.search(text)
    if found is None:
        return None
    if found[0] >= "\ud800":
        return _NO_UNICODE
    return f"has the control character U+{ord(found[0]):04X}; take it out"


def base_url(text: str) -> str:
    if text == "embedded":
        return text
    _check_ascii_host(text)
    if not _PRINTABLE.fullmatch(text) or "\\" in text:
        raise ValueError(f"is empty or has a character that no URL may have; {_URL_FORM}")
    scheme = _SCHEME.match(text)
    if scheme is None:
        meant = nearest(text.lower(), ["embedded"]) or f"http://{mask_url(text).lstrip('/:')}"
        raise ValueError(f"has no scheme; did you mean `{meant}`?")
    if scheme[1].lower() not in ("http", "https"):
        raise ValueError(f"has the scheme {scheme[1]}; {_URL_FORM}")
    parts = _checked(text, _URL_FORM)
    if parts.query or parts.fragment or text.endswith(("?", "#")):
        raise ValueError("has a query or a fragment; a query belongs into api.endpoint, or api.query")
    return text


def _checked(url: str, form: str) -> SplitResult:
    """The parts of `url`, whose host and port are such."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        _check_host(host or "")
    except ValueError as error:
        zone = "%" in url.partition("]")[0] and "[" in url
        why = _ZONE if zone else "has no valid host or port (1 to 65535)"
        raise ValueError(f"{why}; {form}") from error
    if not host:
        raise ValueError(f"names no host; {form}")
    if port == 0:
        raise ValueError("has port 0; choose a port from 1 to 65535")
    return parts


def _check_host(host: str) -> None:
    """Raises ValueError for what is neither a name nor an address."""
    if ":" in host:
        ipaddress.IPv6Address(host)
        if "%" in host:
            raise ValueError("a zone")
    elif host and not _HOST.fullmatch(host):
        raise ValueError("neither a name nor an address")
    # A label that is empty or too long is no name, and the resolver would fail on it in its own way.
    host.encode("idna")


def _check_ascii_host(url: str) -> None:
    """Raises ValueError, with what to write instead, for a host with letters that stand in no Host header."""
    try:
        host = urlsplit(url).hostname or ""
        ascii_host = host.encode("idna").decode()
    except ValueError:
        return
    if not host.isascii():
        raise ValueError(f"has a host that is not in ASCII; write it as `{ascii_host}`")


def proxy_url(text: str) -> str:
    form = "choose http://[user:password@]host[:port]"
    bare = re.sub(r"\$\{[^}]{0,200}\}", "x", text)
    if not _PRINTABLE.fullmatch(bare) or not bare.lower().startswith("http://"):
        raise ValueError(f"is no URL of an HTTP proxy; {form}")
    parts = _checked(bare, form)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"is not only the place of a proxy; {form}")
    return text


def job_path(text: str) -> str:
    """A path with places of an answer in it, or such a place and what may follow it."""
    if "${" in text:  # which is refused as such
        return text
    places, rest = _ANSWER_PLACE.findall(text), _ANSWER_PLACE.sub("x", text)
    if not places or "{" in rest or "}" in rest:
        raise ValueError(
            "does not have `{id}` in it, for the job's id, nor another place of the answer before it; choose one "
            f"such as {_JOB_PATHS}"
        )
    for place in places:
        try:
            expression(place)
        except ValueError as error:
            why = str(error).partition(";")[0]
            raise ValueError(f"has `{{{place}}}` in it, which {why}; choose one such as {_JOB_PATHS}") from None
    absolute_path(f"/{rest}" if text.startswith("{") else rest)
    return text


def absolute_path(text: str) -> str:
    if not text.startswith("/"):
        # A whole URL has its place elsewhere, and a suggestion made of it would be nonsense.
        meant = "a path such as /v1/audio/transcriptions" if "://" in text else f"`/{mask_url(text)}`"
        raise ValueError(f"does not begin with a slash; choose {meant}")
    if not _PRINTABLE.fullmatch(text) or "#" in text:
        raise ValueError("has a character that no path may have; write it percent-encoded, such as %20 for a space")
    return text


def variable_name(text: str) -> str:
    if looks_like_key(text):
        raise ValueError("looks like a key; choose the name of the environment variable that holds it")
    if not is_name(text):
        raise ValueError(
            "is no name of an environment variable; choose letters, digits and underscores, such as OPENAI_API_KEY"
        )
    return text


def header_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise ValueError("is no name of a header; choose letters, digits and dashes, such as X-Api-Key")
    if text.lower() in OWN_HEADERS:
        raise ValueError("is a header that the request itself needs; leave it out")
    return text


def carries(text: str) -> bool:
    """Whether a header can carry `text` as its value."""
    return bool(re.fullmatch(r"[ -~]*", text)) and text == text.strip()


def _is_shown(text: str) -> bool:
    return text != "" and text.isprintable()


def _check(holds: Callable[[str], object], otherwise: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not holds(text):
            raise ValueError(otherwise)
        return text

    return check


_MEDIA_TYPE = re.compile(r"[!#$&^_.+0-9A-Za-z-]+/[!#$&^_.+0-9A-Za-z-]+(; *[!-:<-~]+)*")
_CALL = re.compile(r".+\.py:[A-Za-z_]\w*")

bare_text = _check(lambda text: text == text.strip(), "begins or ends with a space or a line end; take that out")
field_name = _check(_is_shown, "is no name of a form field; choose one or more printable characters")
parameter_name = _check(_is_shown, "is no name of a parameter; choose one or more printable characters")
header_text = _check(carries, "has a character that no header can carry; choose printable ASCII")
media_type = _check(_MEDIA_TYPE.fullmatch, "is no content type; choose one such as audio/wav")
call_name = _check(_CALL.fullmatch, "is not of the form FILE.py:FUNCTION; choose one such as my_calls.py:transcribe")
unicode_text = _check(lambda text: not any("\ud800" <= character <= "\udfff" for character in text), _NO_UNICODE)
