"""Which protocol a UDP flow speaks, told by the structure of its first datagrams.

Every function looks at one datagram and answers yes or no; all of them are compiled into the flow
kernel. A header of many fixed bits, or lengths that fit the datagram exactly, convince at once
(``datagram``); a weak header has to be continued by a second datagram (``agreement``). Ports break
ties and never decide alone. ``telling`` says which services the application layer reads.

Arguments named the same everywhere:
    data: the block.
    at: offset of the datagram's payload.
    size: payload octets that were captured, so ``data[at : at + size]`` may be read.
    wire: payload octets on the wire, what lengths in headers are compared with.
"""
