"""A worker: a process that decodes what its parent sends, until the parent hangs up.

Started with the number of its socket; see ``process.Worker``. It shares nothing else with the
parent: no memory, no standard input, no lock. When the parent is gone, however it went, the socket
ends and so does the worker.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import traceback
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from queue import SimpleQueue
from typing import Any

_SENT_EVERY_BYTES = 4 << 20
"""Raw bytes between two words of progress."""

Order = tuple[dict[str, Any], list[int]]


class _WithoutPandas(MetaPathFinder):
    """Hides pandas, which PyArrow loads where it can: half a second for what nobody here uses."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Know nothing, but of pandas that it is not there."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)


def main(handle: int) -> None:
    """Take orders from the socket ``handle`` until it ends."""
    sys.meta_path.insert(0, _WithoutPandas())
    with suppress(OSError):  # who decodes can be replaced; let the kernel take it before the parent
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    parent = socket.socket(fileno=handle)
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=_listen, args=(parent, orders), daemon=True).start()
    try:
        _work(parent, orders)
    except OSError:  # nobody is there to hear it
        _leave()


def _listen(parent: socket.socket, orders: SimpleQueue[Order]) -> None:
    from netcordon.ingest.workers import wire

    while (order := wire.receive(parent)) is not None:
        orders.put(order)
    _leave()


def _leave() -> None:
    # At once: what is half written lies in a staging folder, and nobody waits for this process.
    os._exit(0)


def _work(parent: socket.socket, orders: SimpleQueue[Order]) -> None:
    from netcordon.ingest.workers import wire
    from netcordon.ingest.workers.job import compile_parsers, must_compile, run_job

    wire.send(parent, {"ready": True, "must_compile": must_compile()})
    while True:
        order, handles = orders.get()
        if order["do"] == "compile":
            compile_parsers()
            wire.send(parent, {"ready": True, "must_compile": False})
            continue
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
