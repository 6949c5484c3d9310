"""Whether runs of one side lie above those of the other by more than chance: the permutation test.

If a run may as well have been of the one side as of the other, every split of all runs into sides of these sizes was
equally likely to be the one that came about, and p is the share of them whose difference is at least as large
(Fisher, *The Design of Experiments*, 1935, 21; Good, *Permutation, Parametric and Bootstrap Tests of Hypotheses*,
2005). Nothing is assumed of how runs are spread, so that p is as small as it says with heavy tails, too. What it
can't do is become smaller than one by the number of splits: 1 in 20 for three runs against three.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import chain, combinations

import numpy as np
import numpy.typing as npt

from stt_load.samples.table import FloatArray

MOST_SPLITS = 200_000
"""So many are all tried: up to ten runs against ten. Of more, as many are drawn."""
SEED = 20_140_731
"""Any number would do, as long as it stays: the same runs are to have the same p."""
_EQUAL = 1e-9
"""Share of the values by which two sums may differ that are the same sum in another order."""

Places = npt.NDArray[np.intp]


def count_of_splits(first: int, second: int) -> int:
    """Ways to split so many runs into sides of these sizes."""
    return math.comb(first + second, second)


def smallest_p(first: int, second: int) -> float:
    """The least p that so many runs against so many can come to."""
    count = count_of_splits(first, second)
    return 1 / (count if count <= MOST_SPLITS else MOST_SPLITS + 1)


def ps_of(baseline: FloatArray, candidate: FloatArray) -> tuple[float, float]:
    """One-sided p of "the mean of `candidate` is not above that of `baseline`", and of "it is not below".

    The values are finite, one or more a side. By all splits, or where these are more than 200,000 by so many drawn
    ones and the one that came about.
    """
    values = np.concatenate((baseline, candidate))
    # With the sum of all fixed, that of one side says which mean is how far above the other.
    sums = values[splits(len(baseline), len(candidate))].sum(axis=1)
    own, near = float(candidate.sum()), _EQUAL * float(np.abs(values).sum())
    above, below = int(np.count_nonzero(sums >= own - near)), int(np.count_nonzero(sums <= own + near))
    is_drawn = count_of_splits(len(baseline), len(candidate)) > MOST_SPLITS
    return (above + is_drawn) / (len(sums) + is_drawn), (below + is_drawn) / (len(sums) + is_drawn)


@lru_cache(maxsize=8)
def splits(first: int, second: int, most: int = MOST_SPLITS) -> Places:
    """The places of the second side among all runs, a row for each split; that which came about among them unless
    they are more than `most`, of which as many are drawn. To be read, not written."""
    n, count = first + second, count_of_splits(first, second)
    if count <= most:
        flat = np.fromiter(chain.from_iterable(combinations(range(n), second)), dtype=np.intp, count=count * second)
        found: Places = flat.reshape(count, second)
    else:
        keys = np.random.default_rng(SEED).random((most, n))
        found = np.argpartition(keys, second - 1, axis=1)[:, :second]
    found.flags.writeable = False
    return found
