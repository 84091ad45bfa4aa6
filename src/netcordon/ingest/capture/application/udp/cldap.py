"""Connection-less LDAP ([MS-ADTS] 6.3.3): how hosts look for their domain controller."""

from __future__ import annotations

from netcordon.ingest.capture.application import der
from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_OPERATIONS = {0x60: "bind", 0x61: "bind", 0x63: "search", 0x64: "search", 0x65: "search",
               0x42: "unbind"}  # fmt: skip
_REQUESTS = (0x60, 0x63, 0x42)
_EQUAL, _AND = 0xA3, 0xA0
_NAMES = {b"dnsdomain": "domain", b"host": "host", b"user": "user"}
_DEEPEST = 4


class CldapReader(MessageReader):
    """One flow of pings."""

    service = "cldap"

    def read(self, datagram: Datagram) -> bool:
        """The operation of a message; of a search what it looks for."""
        parts = der.elements(der.inner(datagram.payload))
        if len(parts) < 2 or parts[0][0] != 2 or parts[1][0] not in _OPERATIONS:
            return False
        tag, operation = parts[1]
        is_request = tag in _REQUESTS
        client = datagram.direction if is_request else 1 - datagram.direction
        facts: dict[str, str] = {}
        attributes: list[str] = []
        if tag == 0x63:
            fields = der.elements(operation)
            if len(fields) > 6:
                _equalities(fields[6][0], fields[6][1], facts, _DEEPEST)
            if len(fields) > 7:
                attributes = [safe_text(v, 64) for _, v in der.elements(fields[7][1])][:8]
        host = facts.get("host", "")
        if host and is_request:
            ends = self._flow.ends if client == 0 else self._flow.ends.swapped()
            self._flow.context.identities.say(
                "cldap", datagram.time_ns, datagram.frame, ip=ends.src_ip, host_name=host,
                domain=facts.get("domain", ""),
            )  # fmt: skip
        self.note(
            datagram,
            client,
            operation=_OPERATIONS[tag],
            object=" ".join(attributes),
            account=facts.get("user", ""),
            status=None if is_request else "answer",
            detail=detail(domain=facts.get("domain"), host=host),
        )
        return True


def _equalities(tag: int, content: bytes, facts: dict[str, str], depth: int) -> None:
    """What the equalities of a filter (RFC 4511 section 4.5.1.7) demand of the known names."""
    if tag == _AND and depth:
        for inner_tag, inner in der.elements(content):
            _equalities(inner_tag, inner, facts, depth - 1)
    elif tag == _EQUAL:
        pair = [value for _, value in der.elements(content)]
        if len(pair) == 2 and pair[0].lower() in _NAMES:
            facts.setdefault(_NAMES[pair[0].lower()], safe_text(pair[1].rstrip(b"."), 255))
