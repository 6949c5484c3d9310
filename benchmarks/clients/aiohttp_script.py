"""An asyncio script as they are written: a semaphore, aiohttp's FormData, and float noise made for each request."""

from __future__ import annotations

import asyncio
import time

import aiohttp

from benchmarks.clients.float_noise import clip
from benchmarks.clients.terms import SECONDS, URL, USERS, seen_s, tell


async def transcribe(session: aiohttp.ClientSession, gate: asyncio.Semaphore) -> None:
    async with gate:
        form = aiohttp.FormData({"model": "whisper-1", "response_format": "json"})
        form.add_field("file", clip(), filename="audio.wav", content_type="audio/wav")
        started_s = time.perf_counter()
        async with session.post(URL, data=form) as response:
            assert (await response.json())["text"]
        seen_s.append(time.perf_counter() - started_s)


async def main() -> None:
    gate = asyncio.Semaphore(USERS)
    until_s = time.monotonic() + SECONDS
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        running: set[asyncio.Task[None]] = set()
        while time.monotonic() < until_s:
            while len(running) < 2 * USERS:  # so many wait at the gate that it is never idle
                running.add(asyncio.create_task(transcribe(session, gate)))
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
        await asyncio.gather(*running)
    tell()


if __name__ == "__main__":
    asyncio.run(main())
