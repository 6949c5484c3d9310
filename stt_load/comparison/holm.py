"""Several questions to the same runs: what one of them has to come to, so that all together are wrong that rarely."""

from __future__ import annotations

from collections.abc import Sequence


def adjusted(ps: Sequence[float | None]) -> tuple[float | None, ...]:
    """Each of `ps` after Holm: where it is below a level, a true hypothesis is rejected at that level with so much
    probability at most, however many of them there are and however they depend on each other.

    The smallest counts as many times as there are ps, the next one once less, and none less than a smaller one (Holm,
    *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of Statistics 6, 1979). None is no
    test, and counts for nothing.
    """
    order = sorted((p, place) for place, p in enumerate(ps) if p is not None)
    found: list[float | None] = [None] * len(ps)
    largest = 0.0
    for rank, (p, place) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p))
        found[place] = largest
    return tuple(found)
