"""The part of the configuration that says where the service is and how it is asked."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from pydantic import Field

from stt_load.api.names import Dialect, Protocol, ResponseFormat
from stt_load.config.job import Job
from stt_load.config.preset import Preset
from stt_load.config.section import (
    EMBEDDED,
    MOST_ANSWER_BYTES,
    BareText,
    BaseUrl,
    CallName,
    Expression,
    FieldName,
    FieldScalar,
    HeaderName,
    HeaderText,
    MediaType,
    ParameterName,
    PositiveSeconds,
    ProxyUrl,
    Section,
    Text,
    Unit,
    UrlPath,
    VariableName,
)
from stt_load.config.variables import MODEL


class Timeout(Section):
    """How long to wait, in seconds."""

    connect: PositiveSeconds = Field(
        default=5.0,
        description="Limit for TCP connection, proxy and TLS handshake together, over all addresses, in seconds.",
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


class TimeHeader(Section):
    """A header of an answer that has a time in it."""

    header: HeaderName = Field(description="Its name, in capitals or not.")
    unit: Unit = Field(default="s", description="What the time is given in: s, ms, us or 100ns.")


class Response(Section):
    """Where things stand in an answer."""

    text: Expression = Field(
        default="text",
        description="JMESPath expression for the transcript in a JSON answer, such as "
        "results.channels[0].alternatives[0].transcript. With response_format text it is looked at where an answer "
        "is JSON all the same.",
    )
    duration: Expression | None = Field(
        default="duration",
        description="JMESPath expression for the clip's length in a JSON answer, as the service has understood it. "
        "Null: it is not looked for.",
    )
    duration_unit: Unit = Field(
        default="s", description="What that length is given in: s, ms, us or 100ns (the ticks of Azure)."
    )
    processing_time: Expression | TimeHeader | None = Field(
        default=None,
        description="JMESPath expression for the time that the service says it has worked on the clip, or the header "
        "that says so, such as {header: openai-processing-ms, unit: ms}: what is left of the response time is "
        "network and queue. Null: it is not looked for.",
    )
    processing_time_unit: Unit = Field(
        default="s", description="What the time at that expression is given in: s, ms, us or 100ns."
    )


class KeepAlive(Section):
    """How long a connection is used."""

    max_requests: int = Field(ge=1, description="Requests after which a connection is closed.")


class ApiConfig(Section):
    """The service under test: where it is, how it is asked."""

    preset: Preset | None = Field(
        default=None,
        description="A known service (`stt-load presets` lists them) whose values these keys begin with. The others "
        "in the file win over it; given on the command line it wins over the file.",
    )
    protocol: Protocol = Field(
        default="openai",
        description="How a clip is sent. openai: the form of the OpenAI API. multipart: a form with the audio and "
        "extra_fields, nothing else. raw: the audio is the body. submit_poll: a job is made, then asked after until "
        "it is over (see job).",
    )
    stream: bool = Field(
        default=False,
        description="Whether the answer is asked for, and timed, as a stream of events: form field `stream` of the "
        "protocols openai and multipart.",
    )
    stream_dialect: Dialect | None = Field(
        default=None, description="What the events of a stream look like. Null: the first one tells."
    )
    base_url: BaseUrl = Field(
        default=EMBEDDED,
        description="The server: http(s)://host[:port][/path]. `embedded` starts the shipped model server on a free "
        "port for the run. Locust's -H takes precedence.",
    )
    endpoint: UrlPath = Field(
        default="/v1/audio/transcriptions",
        description="Path that is appended to base_url, less what base_url ends in already; it begins with a slash. "
        "A query may follow.",
    )
    call: CallName | None = Field(
        default=None,
        description="FILE.py:FUNCTION, a function of your own that is called instead of a request: it takes the "
        "audio as io.BytesIO and returns the transcript, or raises. The file is looked for in the working directory.",
    )
    audio_field: FieldName = Field(default="file", description="Form field that carries the audio.")
    audio_filename: FieldName | None = Field(
        default=None,
        description="File name of the audio in the form. Null: audio.wav or audio.flac, as audio.format is.",
    )
    audio_content_type: MediaType | None = Field(
        default=None,
        description="Content type of the audio: of its part of the form, or of a raw body. Null: audio/wav or "
        "audio/flac, as audio.format is.",
    )
    model: BareText | None = Field(
        default="whisper-1",
        description="The model to use: form field `model` of protocol openai, with every protocol what `{model}` "
        "stands for in endpoint, query, headers and extra_fields. Null names none.",
    )
    language: BareText | None = Field(
        default=None,
        description="Form field `language`, such as en or ko. Null leaves the field out: the service detects it.",
    )
    prompt: Text | None = Field(
        default=None,
        description="Form field `prompt`: text that guides the model. `${NAME}` in it is the environment variable "
        "NAME. Null leaves the field out.",
    )
    response_format: ResponseFormat = Field(
        default="json",
        description="Form field `response_format` of protocol openai. With every protocol it says how an answer is "
        "read: as JSON (see response.text), as plain text or as subtitles.",
    )
    response: Response = Field(default=Response(), description="Where to find things in an answer.")
    job: Job = Field(default=Job(), description="How protocol submit_poll makes a job and sees its end.")
    temperature: float | None = Field(
        default=None, ge=0, description="Form field `temperature`: 0 or more. Null leaves the field out."
    )
    extra_fields: dict[FieldName, FieldScalar | list[FieldScalar]] = Field(
        default_factory=dict,
        description="Further form fields by name. A list sends its field once per item. `${NAME}` in a text is the "
        "environment variable NAME, `{model}` is api.model. Numbers go out as they are written. Values whose names "
        "look like secrets are masked in what is printed and saved.",
    )
    headers: dict[HeaderName, HeaderText] = Field(
        default_factory=dict,
        description="Further request headers by name, such as `api-key: ${MY_KEY}`: `${NAME}` is the environment "
        "variable NAME, for secrets, which have no place in a file.",
    )
    query: dict[ParameterName, FieldScalar | list[FieldScalar]] = Field(
        default_factory=dict,
        description="Query parameters by name, added to the endpoint's own. A list gives its parameter once per "
        "item. `${NAME}` in a text is the environment variable NAME, `{model}` is api.model. Numbers go out as they "
        "are written.",
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
    request_id_header: HeaderName | None = Field(
        default="X-Request-ID",
        description="Header that carries an id of each request, SEED-SEQ-ATTEMPT as in the result, so that a "
        "server's log can be joined. Null sends none.",
    )
    capture_headers: list[HeaderName] = Field(
        default=[],
        description="Headers of the answers to keep with each request, such as [x-served-by]; the report has a row "
        "for each value.",
    )
    keep_alive: bool | KeepAlive = Field(
        default=True,
        description="Whether a user's connection is used again: true, false (its set-up is then part of each "
        "response time), or {max_requests: N}.",
    )
    proxy: ProxyUrl | None = Field(
        default=None,
        description="HTTP proxy to go through, http://[user:password@]host[:port], in which `${NAME}` is the "
        "environment variable NAME. Null: none, whatever the environment says.",
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
        default=4 * 1024 * 1024,
        ge=1,
        le=MOST_ANSWER_BYTES,
        description="Size of an answer in bytes beyond which reading stops and the request counts as failed.",
    )

    @property
    def requests_per_connection(self) -> int | None:
        """After how many requests a connection is closed; None: never."""
        if isinstance(self.keep_alive, KeepAlive):
            return self.keep_alive.max_requests
        return None if self.keep_alive else 1

    def url(self, base: str) -> str:
        """The absolute URL to post to when the service is at `base`, whose path is kept; or the function to call."""
        if self.call is not None:
            return self.call
        return base.rstrip("/") + self.path

    @property
    def path(self) -> str:
        """The endpoint, the model in its place."""
        return self.endpoint.replace(MODEL, quote(self.model or MODEL, safe="/@:{}"))
