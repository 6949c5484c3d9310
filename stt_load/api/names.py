"""The names that an API's parts have in a configuration: plain data, for whoever has to name them."""

from __future__ import annotations

from typing import Literal, get_args

Protocol = Literal["openai", "multipart", "raw", "submit_poll"]
"""How a clip is sent."""

Dialect = Literal["openai", "vllm", "mistral", "segments", "plain"]
"""What the events of a streamed answer look like: `stt_load.api.dialects` has what they say."""
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)

ResponseFormat = Literal["json", "verbose_json", "diarized_json", "text", "srt", "vtt"]
"""What a whole answer is."""
JSON_FORMATS: frozenset[ResponseFormat] = frozenset({"json", "verbose_json", "diarized_json"})

JobAudio = Literal["form", "raw", "upload"]
"""How a clip goes to a service that makes a job of it."""
UPLOAD_PLACE, ID_PLACE = "{upload}", "{id}"
"""What stands for a job's upload in its fields, and for its id in its paths."""
ANSWER_PLACE = r"\{([^{}]*)\}"
"""Regular expression of what stands for a place in an answer in a job's paths."""
