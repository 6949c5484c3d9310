"""The map behind every clip is one to one, and its samples are faint and say it back."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stt_load.audio.nonce import NONCE_BYTES, faint, scramble, word_of


@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, unique=True))
def test_thescramble_is_one_to_one(words: list[int]) -> None:
    assert len({scramble(word) for word in words}) == len(words)


@given(word=st.integers(0, 2**64 - 1))
def test_thescramble_can_be_undone(word: int) -> None:
    mask = 2**64 - 1

    def unshift(value: int, by: int) -> int:
        result = value
        for _ in range(64 // by + 1):
            result = value ^ (result >> by)
        return result

    undone = unshift(scramble(word), 31)
    undone = unshift(undone * pow(0x94D049BB133111EB, -1, 2**64) & mask, 27)
    undone = unshift(undone * pow(0xBF58476D1CE4E5B9, -1, 2**64) & mask, 30)
    assert undone == word


@given(
    seed=st.integers(0, 2**64 - 1),
    tries=st.lists(st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**16 - 1)), min_size=2, unique=True),
)
def test_no_two_tries_of_a_run_have_the_same_word(seed: int, tries: list[tuple[int, int]]) -> None:
    assert len({word_of(seed, *one) for one in tries}) == len(tries)


@given(st.integers(0, 2**64 - 1))
def test_its_samples_say_the_word_and_are_faint(word: int) -> None:
    samples = np.frombuffer(faint(word), "<i2")
    assert samples.nbytes == NONCE_BYTES
    assert bytes((samples + 128).astype("u1")) == word.to_bytes(8, "little")
    assert np.abs(samples).max() <= 128
