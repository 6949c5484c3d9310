"""A pack of the user's own: what can be read, and what is said of what can't."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.entries import SHOWN, UNNAMED, spread
from stt_load.audio.manifest import PackError, Utterance, decoded, read
from stt_load.audio.pack import from_manifest

RATE_HZ = 16_000


def sound(path: Path, seconds: float = 1.0, rate_hz: int = RATE_HZ, channels: int = 1, peak: float = 0.5) -> None:
    tone = peak * np.sin(np.arange(round(seconds * rate_hz)) * 0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.stack([tone] * channels, axis=1), rate_hz)


def written(folder: Path, *lines: object) -> Path:
    path = folder / "manifest.jsonl"
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def fault(folder: Path, *lines: object) -> str:
    with pytest.raises(PackError) as raised:
        read(written(folder, *lines))
    return str(raised.value)


def test_recordings_of_any_kind_and_place(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    sound(tmp_path / "more" / "b.flac", 2.5, 44_100, 2)
    sound(tmp_path / "c.ogg", 0.5, 22_050)
    made = read(
        written(
            tmp_path,
            {"audio": "a.wav", "text": " 안녕하세요   여러분 ", "speaker": "지수", "language": "ko"},
            "",
            {"audio": "more/b.flac", "text": "둘", "speaker": "민호", "duration": 2.5},
            {"audio": str(tmp_path / "c.ogg"), "text": "셋", "speaker": "지수", "words": [[0.1, 0.4]]},
        )
    )
    assert (made.language, made.voices) == ("ko", ("지수", "민호"))
    assert made.utterances == (
        Utterance(1, tmp_path / "a.wav", 0, 16_000, 16_000, 1, "안녕하세요 여러분", ((0.0, 0.625), (0.625, 1.0))),
        Utterance(3, tmp_path / "more/b.flac", 1, 110_250, 44_100, 2, "둘", ((0.0, 2.5),)),
        Utterance(4, tmp_path / "c.ogg", 0, 11_025, 22_050, 1, "셋", ((0.1, 0.4),)),
    )


def test_without_speaker_and_language(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    made = read(written(tmp_path, {"audio": "a.wav", "text": "One.", "speaker": None, "language": None}))
    assert (made.language, made.voices) == (None, (UNNAMED,))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: not JSON"),
        ("[" * 100_000, "line 2: not JSON"),
        ("3", 'line 2: not an object such as {"audio": "a.wav"'),
        ({"text": "One."}, "line 2: no audio: the name of a file"),
        ({"audio": 3, "text": "One."}, "line 2: no audio"),
        ({"audio": "b.wav"}, "line 2: no text: the words that are said"),
        ({"audio": "b.wav", "text": " ... "}, "line 2: no text"),
        ({"audio": "b.wav", "text": ["One."]}, "line 2: no text"),
        ({"audio": "b.wav", "text": "x" * 1_001}, "line 2: a text of 1001 characters; 1000 are the most"),
        ({"audio": "none.wav", "text": "One."}, "line 2: there is no file"),
        ({"audio": ".", "text": "One."}, "line 2: there is no file"),
        ({"audio": "noise.txt", "text": "One."}, "noise.txt is no audio that libsndfile reads"),
        ({"audio": "long.wav", "text": "One."}, "line 2: long.wav lasts 30.01 s; a recording has 0.1 to 30 s"),
        ({"audio": "short.wav", "text": "One."}, "line 2: short.wav lasts 0.05 s"),
        ({"audio": "a.wav", "text": "Two."}, "line 2: the same audio, a.wav, is in line 1, too"),
        ({"audio": "b.wav", "text": "One."}, "line 2: the same text of the same speaker is in line 1, too"),
        ({"audio": "b.wav", "text": "Two.", "speaker": 3}, "line 2: speaker is no string"),
        ({"audio": "b.wav", "text": "Two.", "language": "ko"}, "line 2: one language a pack, but this is 'ko'"),
        ({"audio": "b.wav", "text": "Two.", "words": [[0.0, 2.0]]}, "line 2: words: not 1 pairs of seconds"),
        ({"audio": "b.wav", "text": "Two.", "words": []}, "line 2: words: not 1 pairs"),
        ({"audio": "b.wav", "text": "A b", "words": [[0.5, 0.6], [0.1, 0.2]]}, "line 2: words: not 2 pairs"),
        ({"audio": "b.wav", "text": "Two.", "words": [[0.1, "x"]]}, "line 2: words: not 1 pairs"),
        ('{"audio": "b.wav", "text": "Two.", "words": [[NaN, 0.5]]}', "line 2: words: not 1 pairs"),
    ],
)
def test_each_fault_has_its_line_and_its_rule(line: object, why: str, tmp_path: Path) -> None:
    for name, seconds in (("a.wav", 1.0), ("b.wav", 1.0), ("long.wav", 30.01), ("short.wav", 0.05)):
        sound(tmp_path / name, seconds)
    (tmp_path / "noise.txt").write_text("no audio", encoding="utf-8")
    said = fault(tmp_path, {"audio": "a.wav", "text": "One.", "language": "en"}, line)
    assert why in said
    assert said.startswith(f"{tmp_path / 'manifest.jsonl'}: ")


def test_all_faults_are_told_at_once_but_no_more_than_can_be_read(tmp_path: Path) -> None:
    said = fault(tmp_path, *({"audio": f"{n}.wav", "text": "One."} for n in range(SHOWN + 5))).splitlines()
    assert len(said) == SHOWN + 1
    assert said[-1].endswith("and 5 faults more")


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "it has no lines"), (b"\n \n", "no lines"), (b"\xff", "not UTF-8")]
)
def test_a_file_that_is_no_manifest(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.jsonl"
    path.write_bytes(content)
    with pytest.raises(PackError, match=why):
        read(path)


def test_a_manifest_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"none\.jsonl: No such file"):
        read(tmp_path / "none.jsonl")


def test_channels_are_mixed_down(tmp_path: Path) -> None:
    left, right = np.full(RATE_HZ, 0.5), np.full(RATE_HZ, -0.25)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), RATE_HZ, subtype="FLOAT")
    (one,) = read(written(tmp_path, {"audio": "a.wav", "text": "One."})).utterances
    made = decoded(one)
    assert (made.dtype, made.shape) == (np.float32, (RATE_HZ,))
    assert made == pytest.approx(0.125)


def test_silence_is_found_out_when_it_is_decoded(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", peak=0.0005)
    (one,) = read(written(tmp_path, {"audio": "a.wav", "text": "One."})).utterances
    with pytest.raises(PackError, match=r"line 1: .*a\.wav is silent"):
        decoded(one)


def test_a_file_that_is_another_one_by_now_is_found_out(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    (one,) = read(written(tmp_path, {"audio": "a.wav", "text": "One."})).utterances
    sound(tmp_path / "a.wav", 2.0)
    with pytest.raises(PackError, match=r"line 1: .* has 32000 samples, and 16000 by its header"):
        decoded(one)
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(PackError, match=r"line 1: .* can't be decoded"):
        decoded(one)


@given(words=st.lists(st.text("abc한글", min_size=1), min_size=1, max_size=20), duration_s=st.floats(0.1, 30))
def test_words_whose_instants_nobody_knows_fill_the_recording_in_order(words: list[str], duration_s: float) -> None:
    spans = spread(" ".join(words), duration_s)
    assert len(spans) == len(words)
    assert (spans[0][0], spans[-1][1]) == (0.0, pytest.approx(duration_s, abs=0.001))
    assert all(before[1] == after[0] for before, after in pairwise(spans))


def test_a_pack_of_parts_of_files_as_nemo_lists_them(tmp_path: Path) -> None:
    ramp = np.arange(3 * RATE_HZ) / (4 * RATE_HZ)
    soundfile.write(tmp_path / "a.wav", ramp, RATE_HZ, subtype="FLOAT")
    lines = [{"audio_filepath": "a.wav", "offset": at, "duration": 0.5, "text": f"Number {at}."} for at in (0, 1.5)]
    first, second = read(written(tmp_path, *lines)).utterances
    assert [(one.offset, one.frames) for one in (first, second)] == [(0, 8_000), (24_000, 8_000)]
    assert decoded(second) == pytest.approx(ramp[24_000:32_000].astype("f4"))
    digests = {from_manifest(written(tmp_path, *some)).digest for some in (lines, lines[:1], lines[1:])}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"duration": 2.0}, "line 1: the duration is 2 s, and a.wav has 1.00 s"),
        ({"offset": 2.0}, "line 1: a.wav lasts 1.00 s, and the offset is 2 s"),
        ({"offset": -2.0}, "line 1: offset is -2.0: not a number of seconds"),
    ],
)
def test_a_part_that_is_not_there(fields: dict[str, float], why: str, tmp_path: Path) -> None:
    sound(tmp_path / "a.wav")
    assert why in fault(tmp_path, {"audio": "a.wav", "text": "One.", **fields})
