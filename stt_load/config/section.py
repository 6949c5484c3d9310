"""What the sections of the configuration are made of: the types of their values."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from stt_load.config import words
from stt_load.config.expressions import expression

EMBEDDED = "embedded"
DEFAULT_DRAIN_S = 30.0
# Longer than any load test, and short enough for every operating system's timers.
LONGEST_S = 1_000_000
# The most that a sample's column of received bytes holds.
MOST_ANSWER_BYTES = 2**32 - 1
# The most that a sample's column of iterations' numbers holds.
MOST_REQUESTS = 2**32 - 1
# Requests per second: more than any machine sends.
MOST_RATE = 1_000_000
# As many as Locust can be asked for, here.
MOST_USERS = 1_000_000
# The largest whole number up to which every reader of JSON tells all apart (RFC 8259, section 6).
MOST_SEED = 2**53 - 1


def _text(**rules: Any) -> WithJsonSchema:
    """What an editor can check of a text whose check is a function."""
    return WithJsonSchema({"type": "string"} | rules)


Seconds = Annotated[float, Field(ge=0, le=LONGEST_S)]
PositiveSeconds = Annotated[float, Field(gt=0, le=LONGEST_S)]
UrlPath = Annotated[str, AfterValidator(words.absolute_path), _text(pattern="^/")]
BaseUrl = Annotated[str, AfterValidator(words.base_url), _text(pattern=f"^({EMBEDDED}$|[Hh][Tt][Tt][Pp][Ss]?://)")]
VariableName = Annotated[str, AfterValidator(words.variable_name), _text(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]
FieldName = Annotated[str, AfterValidator(words.field_name), _text(minLength=1)]
MediaType = Annotated[str, AfterValidator(words.media_type), _text(pattern="^[^/]+/[^/]+$")]
CallName = Annotated[str, AfterValidator(words.call_name), _text(pattern=r"\.py:\w+$")]
Expression = Annotated[str, AfterValidator(expression), _text(minLength=1)]
Text = Annotated[str, AfterValidator(words.unicode_text)]
FieldScalar = Text | bool | int | float
BareText = Annotated[str, AfterValidator(words.bare_text), Field(min_length=1)]
HeaderName = Annotated[
    str,
    AfterValidator(words.header_name),
    WithJsonSchema({"type": "string", "not": {"enum": list(words.OWN_HEADERS)}}),
]
HeaderText = Annotated[
    str,
    AfterValidator(words.header_text),
    WithJsonSchema({"type": ["string", "number", "boolean"]}),  # sent as written
]
ProxyUrl = Annotated[str, AfterValidator(words.proxy_url), _text(pattern="^[Hh][Tt][Tt][Pp]://")]
JobPath = Annotated[str, AfterValidator(words.job_path), _text(pattern=r"^(/.*)?\{.+\}")]
Word = Annotated[str, Field(min_length=1)]
Unit = Literal["s", "ms", "us", "100ns"]
ParameterName = Annotated[str, AfterValidator(words.parameter_name), _text(minLength=1)]


class Section(BaseModel):
    """A mapping of known keys, immutable, that never turns one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
