"""The fork server: loads once what every worker needs, and becomes a worker as often as asked.

Loading the compiler, its kernels and the application parsers takes a second of processor time; a
fork of a process that has done so begins in milliseconds and shares their memory. It forks without
threads but those of allocators, which know what to do then: it starts none, and what it runs
(``Parser.compile``, ``Parser.load``) leaves none.

It does what its parent says, one thing after the other, and answers each; it ends with its socket.
"""

from __future__ import annotations

import gc
import os
import select
import socket
import threading
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from netcordon.ingest.workers import wire
from netcordon.startup import start_lean


def main(handle: int) -> NoReturn:
    """Serve the parent behind the socket ``handle`` until it hangs up."""
    start_lean()
    parent = socket.socket(fileno=handle)
    try:
        from netcordon.ingest.workers.job import must_compile

        wire.send(parent, {"must_compile": must_compile()})
        while (received := wire.receive(parent)) is not None:
            order, handles = received
            wire.send(parent, _obey(parent, order, handles))
    except OSError:  # nobody is there to hear it
        pass
    os._exit(0)


def _obey(parent: socket.socket, order: dict[str, Any], handles: list[int]) -> wire.Message:
    if order["do"] == "compile":
        _compile(parent)
        return {"compiled": True}
    if order["do"] == "prepare":
        _prepare(parent)
        return {"prepared": True}
    if order["do"] == "begin":
        return _begin(parent, handles[0])
    return {"status": _reap(order["pid"])}


def _prepare(parent: socket.socket) -> None:
    """Load everything that workers need; what is not in the cache is compiled before."""
    from netcordon.ingest.workers.job import load_parsers

    _compile(parent)
    load_parsers()
    gc.collect()
    gc.freeze()  # a collection in a worker would write to, and so copy, what all share


def _compile(parent: socket.socket) -> None:
    """Compile what is not in the cache, in as many processes at a time as there are cores.

    One that does not come to its end leaves its part to be compiled where it is needed.
    """
    from netcordon.ingest.workers.job import parts_to_compile

    running: set[int] = set()
    for part in parts_to_compile():
        if len(running) >= len(os.sched_getaffinity(0)):
            running.discard(os.wait()[0])
        running.add(_fork(parent, partial(_alone, part)))
    for pid in running:
        os.waitpid(pid, 0)


def _alone(part: Callable[[], None]) -> None:
    server = os.getppid()
    threading.Thread(target=_leave_with, args=(server,), daemon=True).start()
    part()


def _leave_with(server: int) -> None:
    """End this process when the server ends."""
    gone = select.poll()
    gone.register(os.pidfd_open(server), select.POLLIN)
    if os.getppid() == server:  # else it had ended before, and the number may be another's
        gone.poll()
    os._exit(1)


def _begin(parent: socket.socket, handle: int) -> wire.Message:
    """Begin a worker with the socket ``handle``; says its process id, or why there is none."""
    try:
        return {"pid": _fork(parent, partial(_serve, handle))}
    except OSError as error:
        return {"refused": error.strerror}
    finally:
        os.close(handle)


def _serve(handle: int) -> None:
    from netcordon.ingest.workers.child import serve

    serve(socket.socket(fileno=handle))


def _fork(parent: socket.socket, run: Callable[[], None]) -> int:
    """Run something in a process of its own that has nothing to do with the parent."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        parent.close()
        run()
        status = 0
    except BaseException:  # noqa: BLE001 - the process ends here; its parent sees the status alone
        traceback.print_exc()
    finally:
        os._exit(status)


def _reap(pid: int) -> int:
    """Status of a worker that has ended, as ``subprocess`` gives it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
