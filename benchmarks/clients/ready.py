"""One multipart body, made once: what a client costs when the audio costs nothing."""

from __future__ import annotations

import io
import wave

import numpy as np
from requests_toolbelt import MultipartEncoder

from benchmarks.clients.terms import CLIP_S, RATE_HZ


def wav(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> bytes:
    """A WAV file of 16-bit mono samples, as the standard library writes it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE_HZ)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def _body() -> tuple[bytes, str]:
    noise = np.random.default_rng(0).integers(-4_000, 4_000, int(CLIP_S * RATE_HZ), dtype=np.int16)
    fields = {"model": "whisper-1", "response_format": "json", "file": ("audio.wav", wav(noise), "audio/wav")}
    encoder = MultipartEncoder(fields)
    return encoder.to_string(), encoder.content_type


BODY, CONTENT_TYPE = _body()
HEADERS = {"Content-Type": CONTENT_TYPE}
