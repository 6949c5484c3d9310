"""What the sections of the configuration are made of: the types of their values."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from stt_load.config.expressions import expression
from stt_load.config.words import (
    OWN_HEADERS,
    absolute_path,
    bare_text,
    base_url,
    call_name,
    field_name,
    header_name,
    header_text,
    media_type,
    parameter_name,
    poll_path,
    proxy_url,
    unicode_text,
    variable_name,
)

EMBEDDED = "embedded"
DEFAULT_DRAIN_S = 30.0
# Longer than any load test, and short enough for every operating system's timers.
LONGEST_S = 1_000_000
# The most that a sample's column of received bytes holds.
MOST_ANSWER_BYTES = 2**32 - 1
# The most that a sample's column of iterations' numbers holds.
MOST_REQUESTS = 2**32 - 1
# The largest whole number up to which every reader of JSON tells all apart (RFC 8259, section 6).
MOST_SEED = 2**53 - 1

Seconds = Annotated[float, Field(ge=0, le=LONGEST_S)]
PositiveSeconds = Annotated[float, Field(gt=0, le=LONGEST_S)]
UrlPath = Annotated[str, AfterValidator(absolute_path), WithJsonSchema({"type": "string", "pattern": "^/"})]
BaseUrl = Annotated[
    str,
    AfterValidator(base_url),
    WithJsonSchema({"type": "string", "pattern": f"^({EMBEDDED}$|[Hh][Tt][Tt][Pp][Ss]?://)"}),
]
VariableName = Annotated[
    str, AfterValidator(variable_name), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"})
]
FieldName = Annotated[str, AfterValidator(field_name), WithJsonSchema({"type": "string", "minLength": 1})]
MediaType = Annotated[str, AfterValidator(media_type), WithJsonSchema({"type": "string", "pattern": "^[^/]+/[^/]+$"})]
CallName = Annotated[str, AfterValidator(call_name), WithJsonSchema({"type": "string", "pattern": r"\.py:\w+$"})]
Expression = Annotated[str, AfterValidator(expression), WithJsonSchema({"type": "string", "minLength": 1})]
Text = Annotated[str, AfterValidator(unicode_text)]
FieldScalar = Text | bool | int | float
BareText = Annotated[str, AfterValidator(bare_text), Field(min_length=1)]
HeaderName = Annotated[
    str, AfterValidator(header_name), WithJsonSchema({"type": "string", "not": {"enum": list(OWN_HEADERS)}})
]
HeaderText = Annotated[
    str, AfterValidator(header_text), WithJsonSchema({"type": ["string", "number", "boolean"]})  # sent as written
]
ProxyUrl = Annotated[
    str, AfterValidator(proxy_url), WithJsonSchema({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp]://"})
]
PollPath = Annotated[str, AfterValidator(poll_path), WithJsonSchema({"type": "string", "pattern": r"^/.*\{id\}"})]
Word = Annotated[str, Field(min_length=1)]
Unit = Literal["s", "ms"]
ParameterName = Annotated[str, AfterValidator(parameter_name), WithJsonSchema({"type": "string", "minLength": 1})]


class Section(BaseModel):
    """A mapping of known keys, immutable, that never turns one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
