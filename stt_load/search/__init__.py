"""Which load is tried next, when a level is known well enough, and what the levels tried come down to: pure."""
