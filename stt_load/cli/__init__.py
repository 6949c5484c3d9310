"""The program `stt-load`: what needs no Locust."""
