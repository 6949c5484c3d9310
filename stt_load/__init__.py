"""Load tests for speech-to-text services, inside Locust.

A locustfile takes all that it needs from here. Importing this does nothing; each name is looked up when it is asked
for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stt_load.api.verdict import Answer, Failure, Transcript
    from stt_load.locust_plugin.suite import install
    from stt_load.locust_plugin.users import FastSttUser, SttUser
    from stt_load.samples.sample import ErrorKind

__version__ = "0.1.0"
__all__ = ["Answer", "ErrorKind", "Failure", "FastSttUser", "SttUser", "Transcript", "install"]

_PLACES = {
    "SttUser": "locust_plugin.users",
    "FastSttUser": "locust_plugin.users",
    "install": "locust_plugin.suite",
    "Transcript": "api.verdict",
    "Failure": "api.verdict",
    "Answer": "api.verdict",
    "ErrorKind": "samples.sample",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
