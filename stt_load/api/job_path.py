"""Where a job's next request goes: a path in which places of the answer before it stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from stt_load.api.names import ANSWER_PLACE, ID_PLACE
from stt_load.api.places import look

_PLACE = re.compile(ANSWER_PLACE)
NOT_HERE = "it is not asked, as it would be given the key"
_PORTS = {"http": 80, "https": 443}


class NoPathError(ValueError):
    """An answer does not say where to go on; the message says what it lacks."""


@dataclass(frozen=True, slots=True)
class JobPath:
    """`template` with each `{PLACE}` in it, a JMESPath expression, replaced by what an answer has there.

    One that begins with such a place is a URL, or a path of its own; any other is below `base`. Requests carry the
    API key, so they go nowhere but to `origin`, the scheme, host and port of the service. id_at: the expression that
    `{id}`, the id of the job, was found at.
    """

    template: str
    base: str = ""
    origin: str = ""
    id_at: str = "id"

    def after(self, document: Any, job_id: str | None) -> str:
        """The path that follows from an answer, which is `document`. Raises `NoPathError`."""
        is_url = self.template.startswith("{")

        def put(found: re.Match[str]) -> str:
            value = job_id if found[0] == ID_PLACE else told(document, found[1])
            if value is None:
                raise NoPathError(f"nothing at `{self.id_at if found[0] == ID_PLACE else found[1]}`")
            return value if is_url and not found.start() else quote(value, safe="", errors="replace")

        filled = _PLACE.sub(put, self.template)
        return self._here(filled) if is_url else self.base + filled

    def _here(self, url: str) -> str:
        """The path and the query of a URL at the service; of a path without a host, itself."""
        try:
            parts = urlsplit(urljoin(self.origin, url))
            is_here = _place(parts) == _place(urlsplit(self.origin))
        except ValueError:
            raise NoPathError("no URL where the next one should be") from None
        if not is_here:
            host = parts.netloc.rpartition("@")[2]
            raise NoPathError(f"a URL at {parts.scheme}://{host}, not at {self.origin}: {NOT_HERE}")
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def told(document: Any, expression: str) -> str | None:
    """The text or number at `expression`, as a text without blanks around it; None where there is none."""
    value = look(expression)(document)
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return None
    return str(value).strip() or None


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
