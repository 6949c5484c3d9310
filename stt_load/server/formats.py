"""A transcript in each of OpenAI's formats, and in those of other services.

Mistral: client-python, models/transcriptionresponse.py. Deepgram: https://developers.deepgram.com/reference/
speech-to-text/listen-pre-recorded. ElevenLabs: https://elevenlabs.io/docs/api-reference/speech-to-text/convert.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid4, uuid5

from stt_load.server.transcript import NO_EXTRAS, Extras, Segment, Transcript, words


def render(transcript: Transcript, response_format: str, extras: Extras = NO_EXTRAS) -> tuple[bytes, str]:
    """(body, Content-Type) in one of FORMATS, or of the other services'."""
    renderer, content_type = _RENDERERS[response_format]
    return renderer(transcript, extras).encode(), content_type


def _json(transcript: Transcript, extras: Extras) -> str:
    """With the usage of models that are billed by the second, and with what Mistral has beside the text."""
    usage = {"type": "duration", "seconds": math.ceil(transcript.duration_s)}
    document: dict[str, Any] = {
        "text": transcript.text,
        "usage": usage,
        "model": extras.model,
        "language": extras.language,
    }
    if extras.logprobs:
        document["logprobs"] = [
            {"token": word, "bytes": list(word.encode()), "logprob": 0.0} for word in words(transcript)
        ]
    if extras.segments:
        document["segments"] = [
            {"type": "transcription_segment", "text": segment.text} | _place(segment)
            for segment in transcript.segments
        ]
    return json.dumps(document)


def _verbose_json(transcript: Transcript, extras: Extras) -> str:
    document = {
        "task": transcript.task,
        "language": transcript.language,
        "duration": transcript.duration_s,
        "text": transcript.text,
        "segments": [_segment(number, segment) for number, segment in enumerate(transcript.segments)],
    }
    return json.dumps(document | ({"words": _words_in_time(transcript)} if extras.words else {}))


def _words_in_time(transcript: Transcript) -> list[dict[str, Any]]:
    return [{"word": word.text} | _place(word) for word in transcript.words()]


def _place(segment: Segment) -> dict[str, float]:
    return {"start": round(segment.start_s, 3), "end": round(segment.end_s, 3)}


def _diarized_json(transcript: Transcript, _: Extras) -> str:
    document = {"task": transcript.task, "duration": transcript.duration_s, "text": transcript.text}
    return json.dumps(document | {"segments": transcript.turns()})


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    """A segment with all the keys that typed clients expect; a model's confidences are neutral ones."""
    return {
        "id": number,
        "seek": 0,
        **_place(segment),
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": 0.0,
        "compression_ratio": 1.0,
        "no_speech_prob": 0.0,
    }


def _deepgram(transcript: Transcript, extras: Extras) -> str:
    """One channel, whatever the clip has. The model's id follows from its name."""
    model_id = str(uuid5(NAMESPACE_OID, extras.model))
    said = [{**word, "confidence": 1.0, "punctuated_word": word["word"]} for word in _words_in_time(transcript)]
    metadata = {
        "transaction_key": "deprecated",
        "request_id": str(uuid4()),
        "sha256": extras.audio_sha256,
        "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "duration": transcript.duration_s,
        "channels": 1,
        "models": [model_id],
        "model_info": {model_id: {"name": extras.model, "version": "1", "arch": extras.model}},
    }
    alternative = {"transcript": transcript.text, "confidence": 1.0, "words": said}
    return json.dumps({"metadata": metadata, "results": {"channels": [{"alternatives": [alternative]}]}})


def _elevenlabs(transcript: Transcript, extras: Extras) -> str:
    """What is between two words is a piece of its own there."""
    pieces: list[dict[str, Any]] = []
    for word in transcript.words():
        here = _place(word)
        if pieces:
            pieces.append(
                {"text": " ", "type": "spacing", "logprob": 0.0, "start": here["start"], "end": here["start"]}
            )
        pieces.append({"text": word.text, "type": "word", "logprob": 0.0, **here})
    document = {
        "language_code": extras.language or "eng",
        "language_probability": 1.0,
        "text": transcript.text,
        "words": pieces,
        "transcription_id": uuid4().hex,
        "audio_duration_secs": transcript.duration_s,
    }
    return json.dumps(document)


def _srt(transcript: Transcript, _: Extras) -> str:
    return "".join(f"{number}\n{cue}" for number, cue in enumerate(_cues(transcript, ","), start=1))


def _vtt(transcript: Transcript, _: Extras) -> str:
    return "WEBVTT\n\n" + "".join(_cues(transcript, "."))


def _cues(transcript: Transcript, point: str) -> Iterator[str]:
    for segment in transcript.segments:
        yield f"{_clock(segment.start_s, point)} --> {_clock(segment.end_s, point)}\n{segment.text}\n\n"


def _clock(seconds: float, point: str) -> str:
    """HH:MM:SS and milliseconds after `point`."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{milliseconds:03}"


_RENDERERS: dict[str, tuple[Callable[[Transcript, Extras], str], str]] = {
    "json": (_json, "application/json"),
    "text": (lambda transcript, _: transcript.text + "\n", "text/plain; charset=utf-8"),
    "srt": (_srt, "text/plain; charset=utf-8"),
    "verbose_json": (_verbose_json, "application/json"),
    "vtt": (_vtt, "text/vtt; charset=utf-8"),
    "diarized_json": (_diarized_json, "application/json"),
}
FORMATS = tuple(_RENDERERS)
"""What a client of the OpenAI API may ask for."""
_RENDERERS |= {"deepgram": (_deepgram, "application/json"), "elevenlabs": (_elevenlabs, "application/json")}
