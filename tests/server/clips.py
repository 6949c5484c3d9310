"""WAV files and forms for the server's tests, made by the standard library and not by the code under test."""

from __future__ import annotations

import io
import random
import wave


def wav(frames: int = 1_600, rate_hz: int = 16_000, channels: int = 1, seed: int = 0) -> bytes:
    """A PCM16 WAV file of `frames` frames of noise."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(random.Random(seed).randbytes(frames * channels * 2))
    return file.getvalue()


def multipart(audio: bytes | None = None, boundary: str = "b0undary", **fields: str) -> tuple[bytes, str]:
    """(body, Content-Type) of a form written by hand: `fields`, then `audio` (default: a short clip) as `file`."""
    head = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    file_head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'.encode()
    audio = wav() if audio is None else audio
    return head + file_head + audio + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
