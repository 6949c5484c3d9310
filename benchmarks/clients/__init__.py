"""The rivals: each posts 10 s clips to `BENCH_URL` with `BENCH_USERS` requests at once, until it is ended.

With `BENCH_TOLD` it runs for `BENCH_SECONDS` and writes there what it believes the response times to have been.
"""
