"""A worker: a process that decodes what its parent sends, until the parent hangs up.

It begins as a fork of the fork server (``server``), with all that decoding needs already loaded,
and has one socket to the process that gives the orders. When that one is gone, however it went,
the socket ends and so does the worker.
"""

from __future__ import annotations

import os
import socket
import threading
import traceback
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NoReturn

from netcordon.ingest.workers import wire
from netcordon.ingest.workers.job import run_job

_SENT_EVERY_BYTES = 4 << 20
"""Raw bytes between two words of progress."""

Order = tuple[dict[str, Any], list[int]]


def serve(parent: socket.socket) -> NoReturn:
    """Take orders until ``parent`` ends."""
    with suppress(OSError):  # who decodes can be replaced; let the kernel take it before the parent
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=_listen, args=(parent, orders), daemon=True).start()
    try:
        while True:
            _work(parent, *orders.get())
    except OSError:  # nobody is there to hear it
        leave()


def leave() -> NoReturn:
    """End at once: what is half written lies in a staging folder, and nobody waits for it."""
    os._exit(0)


def _listen(parent: socket.socket, orders: SimpleQueue[Order]) -> None:
    while (order := wire.receive(parent)) is not None:
        orders.put(order)
    leave()


def _work(parent: socket.socket, order: dict[str, Any], handles: list[int]) -> None:
    sent = 0

    def progress(raw_bytes: int, records: int) -> None:
        nonlocal sent
        if raw_bytes - sent >= _SENT_EVERY_BYTES:
            sent = raw_bytes
            wire.send(parent, {"raw_bytes": raw_bytes, "records": records})

    try:
        answer = run_job(order, handles[0], progress)
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        answer = {"error": wire.error_to_json(error, traceback.format_exc())}
    wire.send(parent, answer)
