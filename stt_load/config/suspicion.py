"""What looks like a secret, by the name of a field, parameter or header, or by the value itself; and URLs and values
as they are printed, without any.

A secret that is taken for none stands in a result; a plain value that is taken for one is only masked. So names are
taken by whole words (`code`, but not `language_code`; `token`, but not `suppress_tokens`).
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

MASK = "***"
SHOWN_CHARACTERS = 60
LONGEST_PATH = 300
_LONG = frozenset({
    ("audio", "files"), ("audio", "pack"), ("embedded", "pack"), ("save_path",), ("report", "rows"),
    ("report", "junit"), ("report", "html"), ("load", "trace"), ("load", "stages"), ("load", "levels"),
    ("load", "search"), ("slo",), ("stop_when",),
})  # fmt: skip
"""Keys whose values are long, with small letters and digits, as folders and figures are called."""

_MASKED_USER = rf"\1{MASK}@"
_URL_USER = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?[^/?#]*@")
_UP_TO_AT = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)?.*@")
_PARAMETER = re.compile(r"(?<=[?&])([^=&?]+)=([^&#]*)")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORD = re.compile(
    r"auth(entication|ori[sz]ation)?|oauth|bearer|cookies?|cred(ential)?s?|csrf|xsrf|hmac|jw[est]|keys|nonce|otp|totp"
    r"|passcode|passphrase|pass(wd)?|pat|pin|pwd|sas|saml|assertion|secrets|sessions?|sid|sig(nature)?"
)
_ALONE = frozenset({"code", "sign"})
"""Words that are secret where they are the whole name: `language_code` and `sign_language` are none."""
_WITHIN = re.compile(
    r"secret|passw|passphrase|credential|authori[sz]ation|cookie|signature|api_?key|access_?key|auth_?token|bearer|jwt"
    r"|sess(?:ion)?_?id|x_amz_|x_goog_|x_ms_token|(?<!lic)functions_key|pass_?code|auth_?code|access_?code|pin_?code"
)
_AT_ITS_END = re.compile(r"(?<!mon)(?<!don)(?<!tur)(?<!hot)(?<!joc)(?<!hoc)(?<!whis)key$|token$|auth$|pwd$")
_WORDS_TO_HEAR = re.compile(r"key[-_ ]?(?:words?|terms?|phrases?|points?|frames?|boards?)(?![a-z])", re.IGNORECASE)
"""`keywords`, `key_terms`: what a clip is about."""

SCHEMES = frozenset((
    "apikey", "api-key", "aws4-hmac-sha256", "basic", "bearer", "digest", "hmac", "hmac-sha256", "jwt", "key",
    "negotiate", "ntlm", "oauth", "sharedaccesssignature", "signature", "token",
))  # fmt: skip
"""Words that stand before credentials in a header (the IANA registry of HTTP authentication schemes, and habits)."""
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,30})[ =]\s*(\S.*)", re.DOTALL)
_PLAIN = re.compile(r"true|false|null|none|auto|default|yes|no|on|off|json|text", re.IGNORECASE)
_HARMLESS = re.compile(
    r"accept(-.+)?|user-agent|content-.+|cache-control|pragma|connection|dnt|priority|te|range|prefer|date|via|expect"
    r"|if-.+|x-request-.+|x-correlation-.+|request-id|traceparent|tracestate|host",
    re.IGNORECASE,
)
_KEY_PREFIX = re.compile(
    r"(sk|pk|rk|hf|gsk|gh[opsur]|glpat|xai|nvapi|xox[a-z]|bearer|github_pat|r8)[-_ ]", re.IGNORECASE
)
_KNOWN_KEY = re.compile(
    r"eyJ[\w-]{6,}\.[\w.-]*|eyJ[\w-]{24,}=*"  # JSON Web Token, RFC 7519
    r"|(AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{30,}|ya29\.[\w.-]+|SG\.[\w-]{16,}[\w.-]*|-----BEGIN .*",
    re.DOTALL,
)
_LONG_MIXED = re.compile(r"(?=.*[a-z])(?=.*[0-9])\S{20,}")
_LONG_RANDOM = re.compile(
    r"(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{32,}|(?=[A-F]*[0-9])(?=[0-9]*[A-F])[0-9A-F]{32,}"
    r"|(?=[^A-Z]*[A-Z])(?=[^a-z]*[a-z])(?=[^0-9]*[0-9])[A-Za-z0-9+_]{20,}={0,2}"
)
"""Where names of models and files may stand, too: hexadecimal, or letters of both kinds and digits in one piece."""


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
    is_long = path in _LONG or path[:1] in _LONG
    if path == ("api", "base_url") or "://" in bare:
        # A password with a slash in it makes the URL a wrong one, and must not be shown for that.
        text = _UP_TO_AT.sub(_MASKED_USER, mask_url(bare))
    elif path and path[-1] == "api_key_env":
        # Here belongs a name, and names are shown; what can't be a name may be the key.
        is_name = re.fullmatch(r"\w*", bare) and not looks_like_key(bare)
        text = text if is_name else f"{bare[: min(3, len(bare) // 3)]}..."
    elif (_is_known_key if is_long else looks_like_key)(bare) or any(map(is_secret_name, path)):
        text = MASK
    elif "?" in bare and (masked := mask_url(bare)) != bare:
        text = masked
    most = LONGEST_PATH if is_long else SHOWN_CHARACTERS
    return text if len(text) <= most else f"{text[:most]}..."


def is_secret_name(name: str) -> bool:
    """Whether a field of this name probably holds a secret (`suppress_tokens` and `keywords` do not)."""
    name = _WORDS_TO_HEAR.sub(" ", name)
    words = [one.lower() for one in _WORD.findall(name)]
    if len(words) == 1 and words[0] in _ALONE:
        return True
    return any(_SECRET_WORD.fullmatch(one) or _AT_ITS_END.search(one) for one in words) or bool(
        _WITHIN.search("_".join(words))
    )


def is_harmless_header(name: str, value: str) -> bool:
    """Whether a request header of this name says nothing that is for one server only."""
    return bool(_HARMLESS.fullmatch(name)) and not is_secret("headers", name, value)


def looks_like_key(text: str) -> bool:
    """Whether `text` is probably an API key itself: a vendor's prefix, or long with small letters and digits."""
    return bool(_KEY_PREFIX.match(text) or _LONG_MIXED.fullmatch(text)) or _is_known_key(text)


def is_secret(section: str, name: str, value: str) -> bool:
    """Whether `value` of what is called `name` in `section` (headers, query, extra_fields) is probably secret."""
    value = value.strip()
    if not value or _PLAIN.fullmatch(value):
        return False
    if is_secret_name(name) or _is_known_key(value) or _has_credentials(section, value):
        return True
    if section == "headers":  # which carry little else that is long and mixed
        return not _HARMLESS.fullmatch(name) and looks_like_key(value)
    return any(True for _ in inner_secrets(value))


def is_secret_parameter(name: str, value: str) -> bool:
    """The same for a parameter as it stands in a URL, percent-encoded."""
    name, value = unquote_plus(name), unquote_plus(value)
    return is_secret_name(name) or is_secret("query", name, value)


def _is_known_key(text: str) -> bool:
    """What nothing else looks like."""
    is_one = bool(_KEY_PREFIX.match(text)) and len(text.split()) == 1 and any(map(str.isdigit, text))
    return is_one or bool(_KNOWN_KEY.fullmatch(text) or _LONG_RANDOM.fullmatch(text))


def _has_credentials(section: str, text: str) -> bool:
    """Whether a scheme stands before something: in a header anything, else one word that no sentence has."""
    found = _SCHEME.fullmatch(text)
    if found is None or found[1].lower() not in SCHEMES:
        return False
    rest = found[2].strip()
    if section == "headers" or found[1].lower() == "bearer":
        return True
    return len(rest.split()) == 1 and (any(map(str.isdigit, rest)) or rest.endswith("=") or len(rest) >= 16)


def inner_secrets(text: str) -> Iterator[str]:
    """The secrets inside of a text that is JSON or a URL."""
    text = text.strip()
    if text[:1] in ("{", "["):
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            return
        yield from _of_document(document)
    elif "://" in text[:20] and " " not in text:
        yield from _of_url(text)


def _of_document(document: Any) -> Iterator[str]:
    """Of one that was nested too deep to be JSON nothing gets here."""
    rest = [("", document)]
    while rest:
        name, value = rest.pop()
        if isinstance(value, dict):
            rest += [(name if is_secret_name(name) else str(key), one) for key, one in value.items()]
        elif isinstance(value, list):
            rest += [(name, one) for one in value]
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            text = str(value)
            if text and not _PLAIN.fullmatch(text) and (is_secret_name(name) or looks_like_key(text)):
                yield text


def _of_url(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    if parts.password:
        yield parts.password
    for name, value in parse_qsl(parts.query):
        if is_secret_name(name) or _is_known_key(value):
            yield value


def pieces(value: str) -> Iterator[str]:
    """A secret value, and what it consists of, which may come back alone: the word behind a scheme, a cookie's value,
    the password in the base64 of `Basic`. A scheme itself is for everybody."""
    scheme, blank, rest = value.partition(" ")
    yield rest.strip() if blank and scheme.lower() in SCHEMES else value
    if blank:
        yield value.rpartition(" ")[2]
    if scheme.lower() == "basic":
        with suppress(ValueError):
            yield b64decode(rest.strip(), validate=True).decode().partition(":")[2]
    for one in re.split(r"[;,\s]+", value):
        name, equals, inner = one.partition("=")
        inner = inner.strip('"')
        if equals and inner.strip("=") and (is_secret_name(name) or len(inner) >= 8):
            yield inner
    yield from inner_secrets(value)
