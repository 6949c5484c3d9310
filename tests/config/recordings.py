"""A small pack of a user's own: no voices, but what has the length and the form of them."""

from __future__ import annotations

import json
import wave
from collections.abc import Sequence
from pathlib import Path

TEXTS = ("안녕하세요 반갑습니다", "오늘은 날씨가 좋아요", "내일 다시 만나요")


def pack(manifest: Path, texts: Sequence[str] = TEXTS, language: str | None = "ko", seconds: float = 1.0) -> Path:
    """Writes it: a recording of `seconds` for each text, in one voice. Returns `manifest`."""
    manifest.parent.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, text in enumerate(texts):
        with wave.open(str(manifest.with_name(f"{number}.wav")), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes((5_000 + number).to_bytes(2, "little") * round(seconds * 16_000))
        lines.append({"audio": f"{number}.wav", "text": text} | ({"language": language} if language else {}))
    manifest.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return manifest
