"""Any JSON, as text: also what Python would not write, as numbers without bound and halves of characters."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = (
    "text",
    "duration",
    "took",
    "usage",
    "total_tokens",
    "seconds",
    "prompt_audio_seconds",
    "type",
    "delta",
    "choices",
    "content",
    "finish_reason",
    "error",
    "message",
    "object",
    "id",
    "status",
)
WORDS = (
    "transcript.text.delta",
    "transcript.text.done",
    "transcript.text.segment",
    "transcription.text.delta",
    "transcription.done",
    "error",
    "abort",
    "done",
    "failed",
    "queued",
    "nan",
    "-1",
    "1e999",
    "",
)
NUMBERS = (
    "0",
    "-1",
    "3000000000",
    "1e39",
    "-1e39",
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "-Infinity",
    "0.1",
    "9" * 400,
    "9" * 5_000,
    "-" + "9" * 5_000,
    "1e-400",
    "-0.0",
)


def quoted(text: str) -> str:
    """A JSON string; halves of characters as escapes."""
    plain = (one if one.isalnum() and one.isascii() else f"\\u{ord(one) & 0xFFFF:04x}" for one in text)
    return f'"{"".join(plain)}"'


texts = (st.sampled_from(WORDS) | st.text(st.characters(codec=None), max_size=20)).map(quoted)
keys = (st.sampled_from(NAMES) | st.text(max_size=5)).map(quoted)
numbers = (
    st.sampled_from(NUMBERS) | st.integers().map(str) | st.floats(allow_nan=False, allow_infinity=False).map(repr)
)


def _array(items: list[str]) -> str:
    return f"[{', '.join(items)}]"


def _object(pairs: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


anything = st.recursive(
    st.sampled_from(["null", "true", "false"]) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3).map(_array) | st.lists(st.tuples(keys, inner), max_size=5).map(_object),
    max_leaves=15,
)
"""Any JSON document."""

_usage = st.lists(st.tuples(st.sampled_from(NAMES[3:7]).map(quoted), numbers | anything), max_size=3).map(_object)
answers = st.tuples(texts, numbers | anything, numbers | anything, _usage).map(
    lambda said: _object(list(zip(map(quoted, ("text", "duration", "took", "usage")), said, strict=True)))
)
"""Answers with a text, and numbers of any size or anything else where numbers ought to be."""

documents = anything | answers
deep = st.sampled_from(['{"text": ' + "[" * 100_000, "[" * 100_000 + "]" * 100_000])
"""Nested more deeply than Python reads."""
