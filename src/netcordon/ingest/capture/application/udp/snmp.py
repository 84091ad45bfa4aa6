"""SNMP versions 1, 2c and 3 (RFC 1157, 3416, 3412); a community is never kept."""

from __future__ import annotations

from functools import lru_cache

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_PDUS = {
    0xA0: "get", 0xA1: "get-next", 0xA2: "response", 0xA3: "set", 0xA4: "trap", 0xA5: "get-bulk",
    0xA6: "inform", 0xA7: "trap", 0xA8: "report",
}  # fmt: skip
_ERRORS = (
    "noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType",
    "wrongLength", "wrongEncoding", "wrongValue", "noCreation", "inconsistentValue",
    "resourceUnavailable", "commitFailed", "undoFailed", "authorizationError", "notWritable",
    "inconsistentName",
)  # fmt: skip
_VERSIONS = {0: "1", 1: "2c", 3: "3"}
_DEFAULTS = frozenset((b"public", b"private", b"community", b"manager", b"admin", b"snmp"))
"""Communities that devices are delivered with."""
_MOST_NAMES = 3
_MOST_ARCS = 64
_ANSWERS = (0xA2, 0xA8)


class SnmpReader(MessageReader):
    """One flow of SNMP."""

    service = "snmp"

    def read(self, datagram: Datagram) -> bool:
        """The header of a message, then its PDU."""
        parts = der.elements(der.inner(datagram.payload))
        if len(parts) < 3 or parts[0][0] != 2 or len(parts[0][1]) != 1:
            return False
        version = parts[0][1][0]
        if version == 3:
            return self._version_3(datagram, parts)
        if parts[1][0] != 4 or parts[2][0] not in _PDUS:
            return False
        # A cut-off community cannot be told from another.
        is_default = parts[1][1].lower() in _DEFAULTS
        self._note(datagram, version, parts[2], {"is_default_community": is_default})
        return True

    def _version_3(self, datagram: Datagram, parts: list[tuple[int, bytes]]) -> bool:
        if len(parts) < 4 or parts[1][0] != 0x30:
            return False
        flags = der.elements(parts[1][1])[2:3]
        level = flags[0][1][:1] if flags else b""
        security = der.elements(der.inner(parts[2][1]))
        user = safe_text(security[3][1]) if len(security) > 3 else ""
        facts: dict[str, object] = {
            "is_authenticated": bool(level and level[0] & 1),
            "is_encrypted": bool(level and level[0] & 2),
        }
        if parts[3][0] != 0x30:
            self._row(datagram, datagram.direction, "encrypted", None, None, user, 3, facts)
            return True
        scoped = der.elements(parts[3][1])
        if len(scoped) < 3 or scoped[2][0] not in _PDUS:
            return False
        self._note(datagram, 3, scoped[2], facts, user)
        return True

    def _note(
        self, datagram: Datagram, version: int, tagged: tuple[int, bytes],
        facts: dict[str, object], user: str = "",
    ) -> None:  # fmt: skip
        tag, pdu = tagged
        fields = der.elements(pdu)
        status = None
        if tag in _ANSWERS and len(fields) > 1 and fields[1][0] == 2:
            number = int.from_bytes(fields[1][1][:4], "big")
            status = _ERRORS[number] if number < len(_ERRORS) else str(number)
        if tag == 0xA4:
            names = [_dotted(fields[0][1])] if fields and fields[0][0] == 6 else []
        else:
            names = _names(fields[3][1]) if len(fields) > 3 else []
        client = 1 - datagram.direction if tag in _ANSWERS else datagram.direction
        object_ = " ".join(names) or None
        self._row(datagram, client, _PDUS[tag], object_, status, user, version, facts)

    def _row(
        self, datagram: Datagram, client: int, operation: str, names: str | None,
        status: str | None, user: str, version: int, facts: dict[str, object],
    ) -> None:  # fmt: skip
        self.note(
            datagram,
            client,
            operation=operation,
            object=names,
            account=user or None,
            status=status,
            detail=detail(version=_VERSIONS.get(version, str(version)), **facts),
        )


def _names(bindings: bytes) -> list[str]:
    """Object identifiers of the first variable bindings."""
    found = []
    for tag, binding in der.elements(bindings):
        name_tag, name = der.first(binding)
        if tag == 0x30 and name_tag == 6:
            found.append(_dotted(name))
        if len(found) == _MOST_NAMES:
            break
    return found


@lru_cache(maxsize=1 << 12)
def _dotted(content: bytes) -> str:
    """An OBJECT IDENTIFIER (X.690 section 8.19)."""
    arcs: list[int] = []
    value = 0
    for octet in content[: 4 * _MOST_ARCS]:
        value = (value << 7 | octet & 0x7F) & 0xFFFFFFFF
        if octet & 0x80:
            continue
        if arcs:
            arcs.append(value)
        else:
            first = min(value // 40, 2)
            arcs += [first, value - 40 * first]
        value = 0
        if len(arcs) >= _MOST_ARCS:
            break
    return ".".join(map(str, arcs))
