"""Load tests for speech-to-text services, inside Locust.

A locustfile takes all that it needs from here. Importing this does nothing; each name is looked up when it is asked
for.
"""

from __future__ import annotations

import gc
from importlib import import_module

__version__ = "0.1.0"

_PLACES = {
    "SttUser": "locust_plugin.users",
    "FastSttUser": "locust_plugin.users",
    "install": "locust_plugin.installing",
    "Transcript": "api.verdict",
    "Failure": "api.verdict",
    "Answer": "api.verdict",
    "Body": "api.request",
    "Form": "api.form",
    "ErrorKind": "samples.sample",
}
__all__ = [*_PLACES]  # their types are in __init__.pyi


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    collects = gc.isenabled()
    gc.disable()  # what is imported is no garbage, and to look at it again and again takes a tenth of the time
    try:
        return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
    finally:
        if collects:
            gc.freeze()  # nor later on
            gc.enable()


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
