"""Listen for calls to what only decoys say, and put them on record.

HTTP and DNS, on addresses of one's own. Callers are strangers: what they send is bounded in size,
time and number, the answer is always the same, and what is recorded of one caller and copy is one
entry a minute.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from netcordon.casefile.decoys import DecoyBook
from netcordon.casefile.workspace import open_workspace
from netcordon.decoys.calls import MOST_BYTES, NOT_FOUND, no_such_name, question, web_request
from netcordon.errors import UsageError
from netcordon.workflow.looking import noted

Clock = Callable[[], datetime]
Tell = Callable[[str, str], None]
"""Hears the copy and what happened."""

_PATIENCE_S = 5.0
_MOST_AT_ONCE = 64
_AGAIN = timedelta(minutes=1)
_MOST_REMEMBERED = 10_000
_TOKEN = re.compile(r"(?:fs|desk)-([a-z2-7]{10})")
_LONGEST = 300


class Listener:
    """Ears for the decoys of one workspace.

    Attributes:
        heard: calls that named a decoy.
        others: calls that named none.
    """

    def __init__(self, workspace: Path, *, clock: Clock, tell: Tell) -> None:
        self._workspace, self._clock, self._tell = workspace, clock, tell
        self._tokens = _tokens(workspace, clock)
        self._last: dict[tuple[str, str, str], datetime] = {}
        self._open = asyncio.Semaphore(_MOST_AT_ONCE)
        self.heard = self.others = 0

    def note(self, way: str, caller: str, text: str) -> None:
        """Record a call if it names a decoy."""
        found = _TOKEN.search(text.lower())
        copy = self._tokens.get(found[1]) if found else None
        if copy is None:
            self.others += 1
            return
        self.heard += 1
        now, key = self._clock(), (copy, caller, way)
        if key in self._last and now - self._last[key] < _AGAIN:
            return
        if len(self._last) >= _MOST_REMEMBERED:
            self._last.clear()
        self._last[key] = now
        what = f"{way} from {caller}: {text[:_LONGEST]}"
        why = noted(
            self._workspace,
            self._clock,
            lambda journal: DecoyBook(journal).note_touch(
                copy, {"way": way, "caller": caller, "what": what}
            ),
        )
        self._tell(copy, what + (f" (not recorded: {why})" if why else ""))

    async def web(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one HTTP connection."""
        try:
            if self._open.locked():
                return
            async with self._open:
                data = await asyncio.wait_for(_head(reader), _PATIENCE_S)
                self.note("HTTP", str(writer.get_extra_info("peername")[0]), web_request(data))
                writer.write(NOT_FOUND)
                await asyncio.wait_for(writer.drain(), _PATIENCE_S)
        except (TimeoutError, OSError, TypeError):
            # Whoever hangs up or says nothing has told all he will.
            return
        finally:
            writer.close()


class Names(asyncio.DatagramProtocol):
    """Serve DNS questions: no name exists, and each question that holds a token is recorded."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what answers are sent by."""
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        asked = question(data[:MOST_BYTES])
        if asked is not None:
            self._listener.note("DNS", str(addr[0]), asked[0])
            self._transport.sendto(no_such_name(data, asked[1]), addr)


async def listen(
    listener: Listener,
    address: str,
    *,
    http_port: int | None,
    dns_port: int | None,
    ready: Callable[[str, int], None],
    stop: asyncio.Event,
) -> None:
    """Listen until told to stop; ``ready`` hears each service and its port.

    Raises:
        UsageError: NC-906 when a port cannot be had.
    """
    loop = asyncio.get_running_loop()
    server: asyncio.Server | None = None
    transport: asyncio.BaseTransport | None = None
    try:
        if http_port is not None:
            server = await asyncio.start_server(
                listener.web, address, http_port, limit=MOST_BYTES, backlog=_MOST_AT_ONCE
            )
            ready("HTTP", int(server.sockets[0].getsockname()[1]))
        if dns_port is not None:
            transport, _ = await loop.create_datagram_endpoint(
                lambda: Names(listener), local_addr=(address, dns_port)
            )
            ready("DNS", int(transport.get_extra_info("sockname")[1]))
        await stop.wait()
    except OSError as error:
        raise UsageError(
            "NC-906",
            f"Nothing can be listened for on {address!r}.",
            error.strerror or str(error),
            "name an address of this machine, and ports that are free (below 1024: as root)",
        ) from error
    finally:
        if server is not None:
            server.close()
        if transport is not None:
            transport.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """A request up to its empty line, or as much as is looked at."""
    data = b""
    while len(data) < MOST_BYTES and b"\r\n\r\n" not in data and b"\n\n" not in data:
        more = await reader.read(MOST_BYTES - len(data))
        if not more:
            break
        data += more
    return data


def _tokens(workspace: Path, clock: Clock) -> Mapping[str, str]:
    with open_workspace(workspace, create=False, clock=clock, readonly=True) as opened:
        found = {
            copy.token: copy.id for batch in opened.decoys.all() for copy in batch.watched
        }  # fmt: skip
    if not found:
        raise UsageError(
            "NC-904",
            "There are no decoys to listen for.",
            "none is on watch in this workspace",
            "netcordon decoy make --help",
        )
    return found
