"""Application protocols: from the packet kernel's events to rows of the tables.

``layer`` takes the events of a block. Datagrams go to ``datagrams``: DNS and its kin in one
compiled pass (``dns_kernel``), the others by flow (``datagram_readers``, ``udp``). Segments go to
the ``conversation`` of their flow, which puts them in order (``streams``) and lets ``identify``
find the protocol by content (``signatures``; ``tcp.shapes`` for services without a table of their
own). A parser a protocol reads on, says what it still wants, and writes rows (``rows``) and what
hosts say of themselves (``identity``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcordon.ingest.capture.application.layer import ApplicationLayer

__all__ = ["ApplicationLayer"]


def __getattr__(name: str) -> object:
    """Load the layer, and with it every parser, only for who asks for it: carving does not."""
    if name == "ApplicationLayer":
        from netcordon.ingest.capture.application.layer import ApplicationLayer

        return ApplicationLayer
    raise AttributeError(name)
