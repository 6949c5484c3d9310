"""Pure statistics: numbers, checks and findings from a table of samples."""
