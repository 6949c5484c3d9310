"""A sample, the columns and rows that many are kept in, and what is known of a run besides."""
