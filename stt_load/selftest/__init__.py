"""The whole suite held against a known truth: real locust processes, and the embedded server's own log."""
