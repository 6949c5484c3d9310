"""Load tests for speech-to-text services, inside Locust."""

__version__ = "0.1.0"
