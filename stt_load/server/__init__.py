"""The embedded server: a known-truth model of a speech-to-text service, on asyncio."""
