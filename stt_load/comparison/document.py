"""A comparison as JSON has it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stt_load.comparison.model import Comparison

SCHEMA_VERSION = 1
"""Of a comparison; raised when a property changes its meaning."""
KIND = "comparison"


def document(found: Comparison) -> dict[str, Any]:
    """All of it as JSON values: which version it is, and the records of `model`, field by field."""
    return {"schema_version": SCHEMA_VERSION, "kind": KIND, **asdict(found)}
