"""The load test inside Locust: the only importer of Locust."""
