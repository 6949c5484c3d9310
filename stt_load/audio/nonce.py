"""What makes a clip unlike every other of its run: eight samples that say which one it is, one to one."""

from __future__ import annotations

from stt_load.audio.names import FEWEST_SAMPLES, SAMPLE_BYTES

NONCE_BYTES = FEWEST_SAMPLES * SAMPLE_BYTES

WORD = (1 << 64) - 1


def word_of(seed: int, seq: int, attempt: int) -> int:
    """The 64 bits that a clip is drawn from: for one seed, another for every (seq, attempt).

    seed: 0 to 2^64 - 1. seq: below 2^48. attempt: below 2^16; so seq * 2^16 + attempt is one to one, xor with the
    seed is, and so is `scramble`.
    """
    return scramble((seq << 16 | attempt) ^ seed)


def scramble(word: int) -> int:
    """A one-to-one map of 64-bit words that spreads every input bit (the finaliser of SplitMix64).

    Xor with a right shift and multiplication by an odd number modulo 2^64 can each be undone, hence so can their
    composition. Constants: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & WORD
    return word ^ (word >> 31)


def faint(word: int) -> bytes:
    """`word` as eight samples, its lowest byte first, each byte as -128 to 127: at most -48 dB of full scale."""
    return b"".join(map(_FAINT.__getitem__, word.to_bytes(8, "little")))


_FAINT = [(byte - 128).to_bytes(2, "little", signed=True) for byte in range(256)]
