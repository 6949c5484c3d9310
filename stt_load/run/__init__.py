"""One run of the load test, without Locust."""
