"""The configuration: its keys, their types, ranges and defaults.

Each key is judged alone here; what must hold between keys is in `rules`. The descriptions are what an editor shows
(through the JSON Schema), what `stt-load options` prints and what Locust's start form says.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from stt_load.config.words import (
    OWN_HEADERS,
    absolute_path,
    base_url,
    call_name,
    expression,
    field_name,
    header_name,
    header_text,
    media_type,
    parameter_name,
    unicode_text,
    variable_name,
)
from stt_load.server.settings import ServerSettings

EMBEDDED = "embedded"
DEFAULT_DRAIN_S = 30.0
# Longer than any load test, and short enough for every operating system's timers.
LONGEST_S = 1_000_000
# The most that a sample's column of received bytes holds.
MOST_ANSWER_BYTES = 2**32 - 1

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
HeaderName = Annotated[
    str, AfterValidator(header_name), WithJsonSchema({"type": "string", "not": {"enum": list(OWN_HEADERS)}})
]
HeaderText = Annotated[str, AfterValidator(header_text)]
ParameterName = Annotated[str, AfterValidator(parameter_name), WithJsonSchema({"type": "string", "minLength": 1})]


class Section(BaseModel):
    """A mapping of known keys, immutable, that never turns one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Timeout(Section):
    """How long to wait, in seconds."""

    connect: PositiveSeconds = Field(
        default=5.0, description="Limit for the TCP connection and the TLS handshake, in seconds."
    )
    first_byte: PositiveSeconds = Field(
        default=300.0,
        description="Limit for the silence between the end of the upload and the answer's headers, in seconds. "
        "Queueing and transcription happen here.",
    )
    read: PositiveSeconds = Field(
        default=60.0, description="Limit for each silence inside the answer once it has begun, in seconds."
    )
    total: PositiveSeconds = Field(
        default=300.0, description="Limit from the first byte sent to the last byte received, in seconds."
    )


class Response(Section):
    """Where things stand in an answer."""

    text: Expression = Field(
        default="text",
        description="JMESPath expression for the transcript in a JSON answer, such as "
        "results.channels[0].alternatives[0].transcript. Without meaning where response_format is no JSON.",
    )


class Api(Section):
    """The service under test: where it is, how it is spoken to."""

    preset: Literal["openai", "vllm", "whisper-cpp", "speaches", "deepgram", "mistral"] | None = Field(
        default=None,
        description="A known service (`stt-load presets` lists them) whose values these keys begin with. The others "
        "in the file win over it; given on the command line it wins over the file.",
    )
    protocol: Literal["openai", "multipart", "raw"] = Field(
        default="openai",
        description="How a clip is sent. openai: the form of the OpenAI API. multipart: a form with the audio and "
        "extra_fields, nothing else. raw: the audio is the body.",
    )
    base_url: BaseUrl = Field(
        default=EMBEDDED,
        description="The server: http(s)://host[:port][/path]. `embedded` starts the shipped model server on a free "
        "port for the run. Locust's -H takes precedence.",
    )
    endpoint: UrlPath = Field(
        default="/v1/audio/transcriptions",
        description="Path that is appended to base_url; it begins with a slash. A query may follow.",
    )
    call: CallName | None = Field(
        default=None,
        description="FILE.py:FUNCTION, a function of your own that is called instead of a request: it takes the WAV "
        "as io.BytesIO and returns the transcript, or raises. The file is looked for in the working directory.",
    )
    audio_field: FieldName = Field(default="file", description="Form field that carries the audio.")
    audio_filename: FieldName = Field(default="audio.wav", description="File name of the audio in the form.")
    audio_content_type: MediaType = Field(
        default="audio/wav", description="Content type of the audio: of its part of the form, or of a raw body."
    )
    model: str = Field(
        default="whisper-1", min_length=1, description="Form field `model` of protocol openai: the model to use."
    )
    language: str | None = Field(
        default=None,
        min_length=1,
        description="Form field `language`, such as en or ko. Null leaves the field out: the service detects it.",
    )
    prompt: Text | None = Field(
        default=None, description="Form field `prompt`: text that guides the model. Null leaves the field out."
    )
    response_format: Literal["json", "verbose_json", "text", "srt", "vtt"] = Field(
        default="json",
        description="Form field `response_format` of protocol openai. With every protocol it says how an answer is "
        "read: as JSON (see response.text), as plain text or as subtitles.",
    )
    response: Response = Field(default=Response(), description="Where to find things in an answer.")
    temperature: float | None = Field(
        default=None, ge=0, description="Form field `temperature`: 0 or more. Null leaves the field out."
    )
    extra_fields: dict[FieldName, FieldScalar | list[FieldScalar]] = Field(
        default_factory=dict,
        description="Further form fields by name. A list sends its field once per item. `${NAME}` in a text is the "
        "environment variable NAME. Values whose names look like secrets are masked in what is printed and saved.",
    )
    headers: dict[HeaderName, HeaderText] = Field(
        default_factory=dict,
        description="Further request headers by name, such as `api-key: ${MY_KEY}`: `${NAME}` is the environment "
        "variable NAME, for secrets, which have no place in a file.",
    )
    query: dict[ParameterName, FieldScalar | list[FieldScalar]] = Field(
        default_factory=dict,
        description="Query parameters by name, added to the endpoint's own. A list gives its parameter once per "
        "item. `${NAME}` in a text is the environment variable NAME.",
    )
    api_key_env: VariableName | None = Field(
        default=None,
        description="Name of the environment variable that holds the API key, never the key itself. It is sent as "
        "`Authorization: Bearer ...`. Null sends none.",
    )
    health: UrlPath | None = Field(
        default=None,
        description="Path for a GET while waiting for the service (wait_ready); any 2xx answer is ready. Null: a TCP "
        "connection is enough.",
    )
    on_shed: Literal["wait", "continue"] = Field(
        default="wait",
        description="What a user does when the service refuses it with 429 or 503: wait as long as its Retry-After "
        "asks (a minute at most), or continue with its next request at once.",
    )
    verify: bool = Field(default=True, description="Whether an https server has to prove who it is.")
    ca_bundle: str | None = Field(
        default=None,
        min_length=1,
        description="PEM file with the authorities that may vouch for an https server. Null: REQUESTS_CA_BUNDLE or "
        "SSL_CERT_FILE of the environment, else certifi's.",
    )
    timeout: Timeout = Field(default=Timeout(), description="How long to wait for each part of a request.")
    max_answer_bytes: int = Field(
        default=16 * 1024 * 1024,
        ge=1,
        le=MOST_ANSWER_BYTES,
        description="Size of an answer in bytes beyond which reading stops and the request counts as failed.",
    )

    def url(self, base: str) -> str:
        """The absolute URL to post to when the service is at `base`, whose path is kept; or the function to call."""
        if self.call is not None:
            return self.call
        return base.rstrip("/") + self.endpoint


class Report(Section):
    """The console report."""

    language: Literal["en", "ko"] = Field(default="en", description="Language of the console report.")


class Validity(Section):
    """The consequences of the checks that judge the measurement."""

    strict: bool = Field(
        default=False, description="Whether a DEGRADED measurement ends with exit code 4, as an INVALID one does."
    )


class Config(Section):
    """Everything that one load test can be told."""

    total_requests: int | None = Field(
        default=100,
        ge=1,
        description="Requests of the whole run, warm-up included. Null runs until stopped, or for measure_for.",
    )
    warmup_requests: int = Field(
        default=10,
        ge=0,
        description="How many of the first requests are warm-up and in no statistic. Below concurrent_requests, "
        "some of the measured requests meet a cold server.",
    )
    concurrent_requests: int = Field(
        default=5,
        ge=1,
        le=1_000_000,
        description="Users, each with one request in flight at most. Locust's -u takes precedence.",
    )
    request_delay: Seconds = Field(
        default=0.0, description="Seconds that a user pauses between the end of a request and its next one."
    )
    audio_duration: float = Field(
        default=10.0, gt=0, description="Length of each clip in seconds. Every request carries new random noise."
    )
    sample_rate: int = Field(
        default=16_000, ge=1_000, le=384_000, description="Samples per second of each clip (WAV, 16 bits, mono)."
    )
    measure_for: PositiveSeconds | None = Field(
        default=None, description="Seconds to measure after the warm-up, instead of total_requests."
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=2**64 - 1,
        description="Seed of the audio. Null draws a new one for each run; a given one repeats the clips, which the "
        "service may then have in a cache.",
    )
    save_path: str | None = Field(
        default=None,
        min_length=1,
        description="File for the result (JSON); an existing one is kept and the new one numbered. Null makes "
        "stt_load_test_results_YYYYMMDD_HHMMSS.json in the working directory.",
    )
    drain_s: Seconds | None = Field(
        default=None,
        description="Seconds that requests in flight get to finish when the run is stopped. Null: the smaller of "
        "api.timeout.total and 30.",
    )
    wait_ready: Seconds = Field(
        default=0.0, description="Seconds to wait for the service to be there before the first request."
    )
    continue_on_dead_warmup: bool = Field(
        default=False,
        description="Whether to go on although the warm-up shows that the service answers nothing but errors.",
    )
    max_consecutive_failures: int | None = Field(
        default=None,
        ge=1,
        description="Measured requests that fail one after the other, by whichever user, before the run is given up. "
        "Null: it goes on.",
    )
    api: Api = Field(default=Api(), description="The service under test: where it is and what is asked of it.")
    embedded: ServerSettings = Field(
        default=ServerSettings(),
        description="The model server that base_url `embedded` starts: k slots, one queue, known service times.",
    )
    report: Report = Field(default=Report(), description="How results are presented.")
    validity: Validity = Field(default=Validity(), description="What is made of a measurement that is in doubt.")

    @property
    def embeds(self) -> bool:
        """Whether the embedded server is what is asked, whose port is known once it runs."""
        return self.api.base_url == EMBEDDED and self.api.call is None

    @property
    def drain(self) -> float:
        """Seconds that requests in flight get to finish when the run is stopped."""
        return min(self.api.timeout.total, DEFAULT_DRAIN_S) if self.drain_s is None else self.drain_s
