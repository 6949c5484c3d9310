"""Tests that import Locust, which patches all of its process: each file runs in one of its own (`tests.inside`)."""
