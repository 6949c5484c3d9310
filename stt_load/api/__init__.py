"""How an API is spoken: a request as bytes, an answer as a transcript or a typed failure."""
