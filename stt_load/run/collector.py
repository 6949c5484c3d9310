"""Python's garbage collector while a run is measured.

Each full collection looks at every object there is, and nothing else runs meanwhile: with 1,000 users, their sessions
and all that Locust has imported that took 0.1 s, some seconds apart. What was there before the measuring began is no
garbage of it.
"""

from __future__ import annotations

import gc


def spare() -> None:
    """From here on it looks only at what is made from now. Costs microseconds."""
    gc.freeze()


def look_again() -> None:
    """It looks at everything, as before; calling it again changes nothing."""
    gc.unfreeze()
