"""What a person or a machine gets to read of a run: the console in two languages, the result file, the exit code."""
