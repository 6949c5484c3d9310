"""How long after its command the first request comes: of `stt-load run`, and of a Locust of ten lines, at one server.

    first_request.py BIN

BIN: where the programs `locust` and `stt-load` are. Exit code 1 where that of stt-load comes too late. What else the
machine does makes tries slower, and none quicker: the least difference counts, and while that is too much it is tried
again, up to a limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FEWEST_TRIES, MOST_TRIES = 3, 12
MOST_LATER_S = 0.6
LONGEST_S = 30.0
PLAIN = """
from locust import HttpUser, task

class Plain(HttpUser):
    @task
    def transcribe(self):
        files = {"file": ("audio.wav", bytes(320_044), "audio/wav")}
        self.client.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files=files)
"""


class Service(BaseHTTPRequestHandler):
    """Answers every transcription at once, and says when one was asked for."""

    asked = threading.Event()
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.asked.set()
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps({"text": "hello"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nothing is printed of each."""


class Server(ThreadingHTTPServer):
    """Of a client that was killed there is nothing to tell."""

    def handle_error(self, *_: object) -> None:
        """Nothing is printed of it."""


def first_request_s(command: list[str], folder: str) -> float:
    """From the command until the server sees a request."""
    Service.asked.clear()
    began_s = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if not Service.asked.wait(LONGEST_S):
            sys.exit(f"no request within {LONGEST_S:g} s: {' '.join(command)}")
        return time.monotonic() - began_s
    finally:
        process.kill()
        process.wait()


def main(programs: Path) -> int:
    server = Server(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = ["--headless", "-u", "1", "-H", f"http://127.0.0.1:{server.server_port}"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plain.py").write_text(PLAIN, encoding="utf-8")
        plain = [str(programs / "locust"), "-f", "plain.py", *options]
        ours = [str(programs / "stt-load"), "run", *options]
        tries: list[tuple[float, float, float]] = []
        while len(tries) < FEWEST_TRIES or (min(tries)[0] > MOST_LATER_S and len(tries) < MOST_TRIES):
            of_plain_s, of_ours_s = first_request_s(plain, folder), first_request_s(ours, folder)
            tries.append((of_ours_s - of_plain_s, of_plain_s, of_ours_s))
    later_s, of_plain_s, of_ours_s = min(tries)
    print(
        f"first request: {of_ours_s:.2f} s after `stt-load run`, {of_plain_s:.2f} s after a plain `locust`: "
        f"{later_s:+.2f} s, the least of {len(tries)} tries (limit {MOST_LATER_S:+.2f} s)"
    )
    return int(later_s > MOST_LATER_S)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute()))
