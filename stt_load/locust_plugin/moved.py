"""Modules of before that users' locustfiles import from, for one version more."""

from __future__ import annotations

import logging
import warnings


def warn(old: str) -> None:
    """Says that the module `old` goes, to be called in it: as a warning, and to whoever runs the locustfile on
    standard error, as Python shows warnings of this kind to nobody."""
    text = f"{old} goes with the next version: take its names from stt_load, as in `from stt_load import SttUser`"
    warnings.warn(text, DeprecationWarning, stacklevel=3)
    logging.getLogger(__name__).warning("%s", text)
