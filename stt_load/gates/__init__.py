"""Limits that are learnt from good runs, and kept in a file."""
