"""Take syslog over TLS (RFC 5425) with certificates on both sides, into a sealed log."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from netcordon.collector.frames import Frames
from netcordon.collector.watching import Watch
from netcordon.collector.writer import LogFullError, LogWriter

PORT = 6514
"""syslog-tls (RFC 5425, 4.1)."""

_READ = 32 << 10
_MOST_CONNECTIONS = 256
_SYNC_S, _RETRY_S, _HANDSHAKE_S, _PATIENCE_S = 1.0, 2.0, 10.0, 5.0

Tell = Callable[[str], None]


def tls_context(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """TLS 1.2 and later; a sender without a certificate of this authority is refused.

    Raises:
        OSError: a file cannot be read or is no such thing (``ssl.SSLError`` is one).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


class Collector:
    """Connections in, records out.

    Attributes:
        records: messages taken since the start.
    """

    def __init__(self, writer: LogWriter, *, clock: Callable[[], datetime], tell: Tell) -> None:
        self._writer, self._clock, self._tell = writer, clock, tell
        self._watch = Watch()
        self._turn = asyncio.Lock()
        self._connections = 0
        self.records = 0

    async def serve(
        self, context: ssl.SSLContext, address: str, port: int, *,
        ready: Callable[[int], None], stop: asyncio.Event,
    ) -> None:  # fmt: skip
        """Take messages until told to stop.

        Raises:
            OSError: the port cannot be had.
        """
        server = await asyncio.start_server(
            self._connection, address, port, ssl=context, limit=_READ,
            ssl_handshake_timeout=_HANDSHAKE_S, backlog=_MOST_CONNECTIONS,
        )  # fmt: skip
        await self._note(f"start: listening on {address} port {port}")
        if self._writer.torn_bytes:
            await self._note(
                f"torn: the last run was stopped within a record; {self._writer.torn_bytes} bytes "
                "of it were set aside"
            )
        syncing = asyncio.create_task(self._sync())
        ready(int(server.sockets[0].getsockname()[1]))
        try:
            await stop.wait()
        finally:
            server.close()
            syncing.cancel()
            with suppress(TimeoutError):
                await asyncio.wait_for(
                    self._note(f"stop: {self.records} messages taken"), _PATIENCE_S
                )

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = sender_name(writer.get_extra_info("ssl_object"))
        if self._connections >= _MOST_CONNECTIONS:
            writer.close()
            return
        self._connections += 1
        frames, how = Frames(), "closed"
        await self._note(f"connect: {sender} from {writer.get_extra_info('peername')[0]}")
        try:
            while data := await reader.read(_READ):
                for message in frames.feed(data):
                    await self._take(sender, message.data, message.left_out)
                if frames.fault:
                    break
            if frames.fault:
                how = f"cut off: {frames.fault}"
            elif not frames.is_whole:
                how = "closed within a message, which is lost"
        except (OSError, asyncio.IncompleteReadError) as error:
            lost = "" if frames.is_whole else " within a message, which is lost"
            how = f"broken{lost}: {type(error).__name__}"
        finally:
            self._connections -= 1
            writer.close()
            await self._note(f"disconnect: {sender} {how}")

    async def _take(self, sender: str, data: bytes, left_out: int) -> None:
        text = data.decode("utf-8", "surrogateescape")
        await self._append(sender, text)
        self.records += 1
        notes = self._watch.oddities(sender, text, self._clock())
        if left_out:
            notes.append(f"cut: {left_out} octets of a message of {sender} were left out")
        for note in notes:
            await self._note(note)

    async def _note(self, what: str) -> None:
        await self._append("-", what)
        self._tell(what)

    async def _append(self, sender: str, text: str) -> None:
        """Add a record; while there is no room nobody is read from, and senders keep what waits."""
        async with self._turn:
            try:
                self._writer.append(sender, text)
            except LogFullError as error:
                self._tell(f"full: {error.strerror}; senders wait until there is room")
                await self._wait_for_room()

    async def _wait_for_room(self) -> None:
        while True:
            await asyncio.sleep(_RETRY_S)
            try:
                self._writer.flush()
            except LogFullError:
                continue
            break
        self._tell("full: there is room again")
        # What there is no room for waits and goes before the next record.
        with suppress(LogFullError):
            self._writer.note("full: there was no room for a while; senders had to wait")

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_S)
            async with self._turn:
                try:
                    self._writer.sync()
                except OSError as error:
                    self._tell(f"full: {error.strerror}; what was taken is not durable yet")


def sender_name(connection: ssl.SSLObject | None) -> str:
    """Who a certificate says it is, and its fingerprint (RFC 5425, 4.2.2)."""
    der = connection.getpeercert(binary_form=True) if connection else None
    if connection is None or der is None:
        return "nobody"
    said: dict[str, Any] = connection.getpeercert() or {}
    names = [str(value) for kind, value in said.get("subjectAltName", ()) if kind == "DNS"]
    names += [
        str(value)
        for pairs in said.get("subject", ())
        for kind, value in pairs
        if kind == "commonName"
    ]
    return f"{names[0] if names else 'unnamed'} sha-256:{hashlib.sha256(der).hexdigest()[:16]}"
