"""What master and workers of one run say to each other, and what each makes of it."""
