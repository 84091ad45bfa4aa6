"""memcached over UDP: commands, for they are what amplification abuses (CVE-2018-1000115)."""

from __future__ import annotations

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.text import safe_text

_HEADER = 8
_COMMANDS = frozenset((b"get", b"gets", b"set", b"add", b"stats", b"version", b"flush_all"))
_WITH_KEY = frozenset((b"get", b"gets", b"set", b"add"))


class MemcachedReader(MessageReader):
    """The first datagrams of a flow; values are never kept."""

    service = "memcached"
    _is_answered = False

    def read(self, datagram: Datagram) -> bool:
        """A command, or the first answer."""
        data = datagram.payload
        if len(data) <= _HEADER:
            return False
        words = data[_HEADER : _HEADER + 512].split(b"\r\n", 1)[0].split(b" ")
        if words[0] in _COMMANDS:
            key = safe_text(words[1], 250) if words[0] in _WITH_KEY and len(words) > 1 else ""
            self.note(datagram, datagram.direction, operation=words[0].decode(), object=key)
        elif not self._is_answered:
            self._is_answered = True
            status = safe_text(words[0], 32)
            self.note(datagram, 1 - datagram.direction, operation="answer", status=status)
        return True
