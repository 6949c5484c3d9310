"""The former place of `stt_load.api`."""
