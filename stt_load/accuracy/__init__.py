"""Answers held against what was said: word and character errors, and flaws. The only importer of what scores them."""
