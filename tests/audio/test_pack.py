"""The shipped pack as it is, stored packs that are broken, and packs of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stt_load.audio.manifest import PackError
from stt_load.audio.pack import SHIPPED, from_manifest, rescaled, shipped, stored
from tests.audio.packs import written


def test_the_shipped_pack_has_sentences_in_several_voices_with_the_instants_of_their_words() -> None:
    pack = shipped()
    assert (pack.language, pack.rate_hz, len(pack.voices)) == ("en", 16_000, 3)
    assert {one.voice for one in pack.recordings} == {0, 1, 2}
    for one in pack.recordings:
        assert [word.text for word in one.words] == one.text.split()
        instants = [instant for word in one.words for instant in (word.from_s, word.to_s)]
        assert instants[0] >= 0
        assert instants == sorted(instants)
        assert instants[-1] <= one.frames / pack.rate_hz + 0.01
    assert shipped() is pack


@pytest.mark.parametrize(("change", "said"), [({"format": 9}, "format 9"), ({"samples": 1}, "of 1 samples")])
def test_a_stored_pack_that_is_none(tmp_path: Path, change: dict[str, int], said: str) -> None:
    head, *lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    (tmp_path / "pack.jsonl").write_text("\n".join([json.dumps(json.loads(head) | change), *lines]), encoding="utf-8")
    with pytest.raises(PackError, match=said):
        stored(tmp_path / "pack.jsonl")


def test_lengths_at_other_rates_are_rounded() -> None:
    assert [rescaled(frames, 16_000, 8_000) for frames in (1, 2, 3, 4)] == [1, 1, 2, 2]
    assert rescaled(160_001, 16_000, 16_000) == 160_001
    assert rescaled(16_000, 16_000, 44_100) == 44_100
    assert shipped().lengths(8_000)[0] == rescaled(shipped().recordings[0].frames, 16_000, 8_000)


def test_a_pack_of_ones_own(tmp_path: Path) -> None:
    pack = from_manifest(written(tmp_path, 8_000, 12_000))
    assert (pack.name, pack.language, pack.rate_hz, pack.joined) == ("manifest.jsonl", "en", 16_000, None)
    assert [(one.frames, one.text, len(one.words)) for one in pack.recordings] == [
        (8_000, "Text number 0.", 3),
        (12_000, "Text number 1.", 3),
    ]


def test_a_copy_elsewhere_is_the_same_pack_and_other_sounds_are_another(tmp_path: Path) -> None:
    one, copy, other = (tmp_path / name for name in ("one", "copy", "other"))
    for folder in (one, copy, other):
        folder.mkdir()
    digests = [from_manifest(written(folder, 8_000)).digest for folder in (one, copy)]
    assert digests[0] == digests[1]
    assert from_manifest(written(other, 8_001)).digest != digests[0]


def test_a_manifest_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="No such file"):
        from_manifest(tmp_path / "none.jsonl")
