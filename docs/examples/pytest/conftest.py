"""A fake of the Devin API for pytest: copy this file beside your tests, and let a test take the fixture `devin`.

The first such test starts the fake on a free port, and the end of the run stops it. Each test gets its own organization, so tests may run in any
order and in parallel. The variables in which clients look for the API lead to the fake during the test.

These variables are optional, and so are those of the flags, such as FAKE_DEVIN_SPEED and FAKE_DEVIN_SEED:
FAKE_DEVIN_URL      the address of a fake that runs already, for example in a container; then none is started
FAKE_DEVIN_COMMAND  the command that starts one, with {port} for its port; by default npx --no -- fake-devin --port {port},
                    which is the package that is installed here, and never downloads one

Needs Python 3.9 or later, and only pytest; Linux or macOS to start a fake.
"""

import io
import json
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

COMMAND = "npx --no -- fake-devin --port {port}"

# How long the command may take until the fake answers. The first time, Docker may have to download an image.
START_SECONDS = 120

# A proxy cannot reach this machine's 127.0.0.1.
OPENER = build_opener(ProxyHandler({}))


class Devin:
    """An organization of the fake that no other test sees. Its clock stands still until `advance` moves it."""

    def __init__(self, url):
        self.url = url
        organization = self._send("POST", "/_fake/organizations", {}, _token())
        self.org_id = organization["org_id"]
        keys = organization["keys"]
        self.key = keys["v3"]["service"]
        self.v1_key = keys["personal"]
        self.control("/_fake/clock", method="PUT", frozen=True)

    def call(self, method, path, body=None, key=None):
        """Calls the API as this organization, and returns the answer. Raises HTTPError for a refusal. `key` is another key than `self.key`."""
        return self._send(method, path, body, key or self.key)

    def control(self, path, method="POST", **body):
        """Calls the control plane, for this organization only."""
        return self._control(method, path, body)

    def advance(self, seconds):
        """Lets time pass at once."""
        return self.control("/_fake/clock/advance", seconds=seconds)

    def fail(self, **fault):
        """Makes requests fail: `preset="rate-limit"`, or the members of a fault."""
        return self._control("POST", "/_fake/faults", fault)

    def verify(self, **expected):
        """Fails unless such requests were received: `method`, `path`, `body`, `times` and others."""
        answer = self._control("POST", "/_fake/requests/verify", expected)
        assert answer["verified"], _describe(answer)

    def reset(self):
        """Goes back to the start: no records, no requests, no faults, and a clock that runs."""
        self.control("/_fake/reset")

    def _control(self, method, path, body):
        return self._send(method, path, {"org_id": self.org_id, **body}, _token())

    def _send(self, method, path, body, key):
        headers = {"authorization": f"Bearer {key}"} if key else {}
        data = None
        if body is not None:
            headers["content-type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            with OPENER.open(Request(self.url + path, data, headers, method=method)) as response:
                return json.loads(response.read() or "null")
        except HTTPError as error:
            body = error.read()
            reason = f"{error.reason}: {method} {path}: {body.decode(errors='replace')}"
            raise HTTPError(error.url, error.code, reason, error.headers, io.BytesIO(body)) from None


@pytest.fixture(scope="session")
def devin_url():
    """The address of the fake."""
    given = os.environ.get("FAKE_DEVIN_URL")
    if given:
        yield given.rstrip("/")
        return
    port = _free_port()
    command = os.environ.get("FAKE_DEVIN_COMMAND", COMMAND).replace("{port}", str(port))
    with tempfile.TemporaryFile() as log:
        # A group of processes of its own, so that what the command starts ends with it.
        process = subprocess.Popen(shlex.split(command), stdout=log, stderr=log, start_new_session=True)
        try:
            _wait_for(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _stop(process)


@pytest.fixture
def devin(devin_url, monkeypatch):
    """An organization for this test, with `url`, `org_id`, `key` for v3 and `v1_key` for v1. Clients in this process find it in the environment."""
    devin = Devin(devin_url)
    monkeypatch.setenv("FAKE_DEVIN_URL", devin.url)
    monkeypatch.setenv("DEVIN_API_KEY", devin.key)
    monkeypatch.setenv("DEVIN_ORG_ID", devin.org_id)
    for name in ("DEVIN_API_URL", "DEVIN_BASE_URL", "DEVIN_API_BASE_URL", "DEVIN_API_BASE"):
        monkeypatch.setenv(name, devin.url)
    return devin


def _describe(verification):
    """Says what was expected, and which requests come nearest."""
    lines = [f"expected {verification['expected']}, found {verification['count']}"]
    lines += [verification["uncertain"]] if "uncertain" in verification else []
    others = "no other requests" if verification["count"] else "no requests"
    lines += ["the nearest requests:" if verification["nearest"] else f"there were {others}"]
    for near in verification["nearest"]:
        request = near["request"]
        lines += [f"  #{request['id']} {request['method']} {request['path']} {request['status'] or 'not answered'}"]
        lines += [f"    {difference}" for difference in near["differences"]]
    return "\n".join(lines)


def _token():
    return os.environ.get("FAKE_DEVIN_CONTROL_TOKEN")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, process, log):
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            OPENER.open(f"{url}/_fake/health", timeout=5).close()
            return
        except (URLError, OSError):
            if process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
        log.seek(0)
        output = log.read().decode(errors="replace").strip()
        why = f"ended with {process.poll()}" if process.poll() is not None else f"did not answer for {START_SECONDS} s"
        pytest.fail(f"The command that starts the fake {why}:\n{output}", pytrace=False)


def _stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
