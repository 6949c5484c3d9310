"""Who is misheard is found out, whatever is said beside it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from stt_load.packing.hearing import ALONE_S, CLIPS_S, errors, joined, misheard, resampled
from stt_load.packing.recogniser import RATE_HZ
from stt_load.packing.recording import Samples, Spoken
from tests.packing.speaking import spoken, tone


@pytest.mark.parametrize(
    ("heard", "wrong"),
    [
        ("a b c d e f", set()),
        ("a x c d e f", {0}),
        ("a b c e f", {1}),
        ("a b c d e f g", {2}),
        ("g a b c d e f", {0}),
        ("a b c x d e f", {1, 2}),
        ("a b c d x e f", {1, 2}),
        ("", {0, 1, 2}),
        ("b x e f", {0, 1}),
    ],
)
def test_the_sentence_with_the_error_is_the_wrong_one(heard: str, wrong: set[int]) -> None:
    said = [["a", "b"], ["c", "d"], ["e", "f"]]
    if heard == "a b c x d e f":  # inside the second sentence
        wrong = {1}
    assert errors(said, heard.split()) == wrong


class Ears:
    """Knows recordings by their lengths, and mishears some texts: always, or only beside others."""

    def __init__(self, recordings: list[Spoken], always: set[str], alone: set[str]) -> None:
        self._known = {round(one.duration_s * 100): one.text for one in recordings}
        self._always, self._alone = always, alone
        self.clips: list[tuple[float, list[str]]] = []

    def hear(self, samples: Samples) -> str:
        loud = np.abs(samples).reshape(-1) > 0.05
        edges = np.flatnonzero(np.diff(np.concatenate([[0], loud_blocks(loud), [0]])))
        lengths = [last - first for first, last in zip(edges[::2], edges[1::2], strict=True)]
        texts = [min(self._known.items(), key=lambda item: abs(item[0] - length))[1] for length in lengths]
        self.clips.append((samples.size / RATE_HZ, texts))
        bad = self._always | (self._alone if len(texts) == 1 else set())
        return " ".join("something else" if text in bad else text for text in texts)


def loud_blocks(loud: np.ndarray) -> np.ndarray:
    """Of each 10 ms, whether anything is loud in it."""
    frame = RATE_HZ // 100
    return loud[: loud.size // frame * frame].reshape(-1, frame).any(axis=1).astype(int)


def test_what_is_misheard_once_is_left_out_and_the_rest_is_heard_as_often_as_asked() -> None:
    recordings = [spoken("one", f"text {n}", 0.5 + n / 10, RATE_HZ) for n in range(20)]
    ears = Ears(recordings, always={"text 3", "text 15"}, alone={"text 1"})
    seen: list[tuple[int, int]] = []
    wrong = misheard(recordings, ears, str, 2, lambda done, of: seen.append((done, of)))
    assert wrong == {1, 3, 15}
    counts = [sum(f"text {n}" in texts for _, texts in ears.clips) for n in (0, 3, 10)]
    assert counts == [3, 1, 2]  # twice in company; a short one alone, too
    assert all(length <= max(CLIPS_S) for length, _ in ears.clips)
    assert seen[-1][0] == seen[-1][1] == len(ears.clips)


def nobody_looks(done: int, of: int) -> None:
    """Progress, where it is of no interest."""


def test_company_is_another_each_time_and_of_one_voice() -> None:
    recordings = [
        spoken(voice, f"{voice} {n}", 1.5 + n / 10 + (voice == "b") / 20, RATE_HZ) for voice in "ab" for n in range(9)
    ]
    ears = Ears(recordings, set(), set())
    assert misheard(recordings, ears, str, 2, nobody_looks) == set()
    assert all(len({text[0] for text in texts}) == 1 for _, texts in ears.clips)
    assert len({tuple(texts) for _, texts in ears.clips}) == len(ears.clips)


def test_a_clip_has_rooms_noise_between_its_sentences() -> None:
    made = joined([spoken("one", "a", 0.5, RATE_HZ), spoken("one", "b", 0.5, RATE_HZ)], random.Random(1), ALONE_S)
    assert 1.0 + 3 * ALONE_S[0] <= made.size / RATE_HZ <= 1.0 + 3 * ALONE_S[1]
    assert 0.0005 < np.std(made[: round(ALONE_S[0] * RATE_HZ)]) < 0.002


def test_other_rates_are_brought_to_the_recognisers() -> None:
    assert resampled(tone(1.0, 22_050), 22_050).size == pytest.approx(RATE_HZ, abs=1)
    assert resampled(tone(1.0, RATE_HZ), RATE_HZ) is not None
