"""Files: the spool, a run's result, several as one, and a saved run read back."""
