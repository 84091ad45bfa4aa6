"""Chromium over its debugging pipe (Chrome DevTools Protocol), with the standard library alone."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-pipe",
)  # fmt: skip
MESSAGE_TIMEOUT_S = 60


def executable() -> str | None:
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


@dataclass
class Page:
    """What one visit showed: what was asked of the network, what the console said, and a value."""

    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    value: dict = field(default_factory=dict)


class Browser:
    """``with Browser() as browser: browser.visit(path, width=390)``."""

    def __enter__(self) -> Browser:
        binary = executable()
        assert binary
        self._profile = tempfile.mkdtemp(prefix="netcordon-browser-")
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()

        def hand_over() -> None:  # the protocol reads descriptor 3 and writes descriptor 4
            first, second = os.dup(to_browser), os.dup(from_browser)
            high_first, high_second = os.dup2(first, 30), os.dup2(second, 31)
            os.dup2(high_first, 3)
            os.dup2(high_second, 4)

        self._process = subprocess.Popen(
            [binary, *FLAGS, f"--user-data-dir={self._profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(3, 4), preexec_fn=hand_over, start_new_session=True,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._buffer = b""
        self._serial = 0
        self._events: list[dict] = []
        target = self._call("Target.createTarget", {"url": "about:blank"}, None)["targetId"]
        attach = {"targetId": target, "flatten": True}
        self._session = self._call("Target.attachToTarget", attach, None)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Security"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write)
        os.close(self._read)
        shutil.rmtree(self._profile, ignore_errors=True)

    def _call(self, method: str, params: dict | None = None, session: str | None = "") -> dict:
        self._serial += 1
        message = {"id": self._serial, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._write, data) :]
        while True:
            answer = self._receive()
            if answer.get("id") == self._serial:
                assert "error" not in answer, answer
                return answer["result"]
            self._events.append(answer)

    def _receive(self) -> dict:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._read], [], [], MESSAGE_TIMEOUT_S)
            assert ready, "the browser does not answer"
            piece = os.read(self._read, 1 << 20)
            assert piece, "the browser went away"
            self._buffer += piece
        text, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(text)

    def visit(
        self, path: Path, *, width: int = 1280, dark: bool = False, measure: str = "({})",
        shot: Path | None = None, clip_height: int | None = None, open_all: bool = True,
    ) -> Page:  # fmt: skip
        """Open a file, watch what it does, evaluate ``measure`` (the page has no script itself)."""
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        self._call("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", {"features": [scheme]})
        self._events.clear()
        self._call("Page.navigate", {"url": path.as_uri()})
        while not any(e.get("method") == "Page.loadEventFired" for e in self._events):
            self._events.append(self._receive())
        if open_all:
            self._value("document.querySelectorAll('details').forEach(d => d.open = true), ({})")
        page = Page(value=self._value(measure))
        if shot:
            full = self._value("({w: innerWidth, h: document.documentElement.scrollHeight})")
            height = min(full["h"], clip_height or 16_000)
            clip = {"x": 0, "y": 0, "width": full["w"], "height": height, "scale": 1}
            options = {"clip": clip, "captureBeyondViewport": True}
            shot.write_bytes(
                base64.b64decode(self._call("Page.captureScreenshot", options)["data"])
            )
        for event in self._events:
            self._note(page, event.get("method"), event.get("params", {}))
        return page

    def print(self, target: Path) -> None:
        """The page just visited as PDF, with the page size of its style sheet."""
        options = {"preferCSSPageSize": True, "printBackground": True}
        target.write_bytes(base64.b64decode(self._call("Page.printToPDF", options)["data"]))

    def _value(self, expression: str) -> dict:
        asked = {"expression": expression, "returnByValue": True}
        answer = self._call("Runtime.evaluate", asked)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value") or {}

    @staticmethod
    def _note(page: Page, method: str | None, params: dict) -> None:
        if method == "Network.requestWillBeSent":
            page.requests.append(params["request"]["url"])
        elif method == "Runtime.consoleAPICalled":
            page.console.append(str(params["args"]))
        elif method == "Runtime.exceptionThrown":
            page.console.append(str(params["exceptionDetails"]))
        elif method == "Log.entryAdded":
            page.console.append(params["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            page.dialogs.append(params["message"])
