"""WS-Discovery 1.1 (OASIS): probes, matches and greetings in SOAP, read without an XML parser."""

from __future__ import annotations

import re

from netcordon.ingest.capture.application.datagram.flow import Datagram, MessageReader
from netcordon.ingest.capture.application.record.activity import detail
from netcordon.ingest.capture.application.record.text import safe_text

_MOST_BYTES = 8192
_ACTION = re.compile(rb"/discovery/(Hello|Bye|ProbeMatches|ResolveMatches|Probe|Resolve)\s*<")
_TYPES = re.compile(rb"<(?:[\w.-]{1,32}:)?Types(?:\s[^<>]{0,512})?>([^<]{1,512})<")
_ADDRESS = re.compile(rb"<(?:[\w.-]{1,32}:)?XAddrs>([^<]{1,512})<")
_ENDPOINT = re.compile(rb"<(?:[\w.-]{1,32}:)?Address>\s{0,8}(urn:[^<]{1,128})<")


class WsdReader(MessageReader):
    """One flow of WS-Discovery."""

    service = "wsd"

    def read(self, datagram: Datagram) -> bool:
        """The action of an envelope, with the types and addresses it names."""
        data = datagram.payload[:_MOST_BYTES]
        action = _ACTION.search(data)
        if action is None:
            return False
        is_response = action[1].endswith(b"Matches")
        types, addresses, endpoint = (p.search(data) for p in (_TYPES, _ADDRESS, _ENDPOINT))
        self.note(
            datagram,
            1 - datagram.direction if is_response else datagram.direction,
            operation=action[1].decode(),
            object=safe_text(types[1].strip(), 256) if types else None,
            detail=detail(
                addresses=safe_text(addresses[1].strip(), 512) if addresses else None,
                endpoint=safe_text(endpoint[1].strip(), 128) if endpoint else None,
            ),
        )
        return True
