"""The large kernels in three groups, each to be compiled by a process of its own.

Nothing is decoded here: every kernel is called with no packet, or one that says nothing, and
with arrays of the types that a decoder hands it, which is what Numba compiles for.
"""

from __future__ import annotations

import struct

import numpy as np

from netcordon.ingest.capture.application.dns.decoder import DnsDecoder
from netcordon.ingest.capture.application.http.plain import PlainExchanges
from netcordon.ingest.capture.application.record.spans import texts
from netcordon.ingest.capture.application.stream.begin import begin
from netcordon.ingest.capture.application.stream.connections import Connections
from netcordon.ingest.capture.application.stream.conversation import Context
from netcordon.ingest.capture.application.stream.reassembly import Budget
from netcordon.ingest.capture.application.stream.runs import Runs
from netcordon.ingest.capture.application.udp.flow_export import NetflowReader
from netcordon.ingest.capture.application.udp.snmp import SnmpReader
from netcordon.ingest.capture.container.reader import Container
from netcordon.ingest.capture.events import EVENT
from netcordon.ingest.capture.flow.flowtable import close_all, new_table
from netcordon.ingest.capture.flow.track import track_packets
from netcordon.ingest.capture.layout import PACKET, TALLY
from netcordon.ingest.capture.measure import Measurements
from netcordon.ingest.capture.packet import verdicts
from netcordon.ingest.capture.packet.defragment import Defragmenter, read_wholes
from netcordon.ingest.capture.packet.fragments import WHOLES
from netcordon.ingest.capture.packet.parse import parse_packets
from netcordon.ingest.capture.shares import Division
from netcordon.ingest.capture.wireless.watch import RadioWatch
from netcordon.model.parser import Share

PCAP_HEAD = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
PCAPNG_HEAD = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
_BLOCK = np.zeros(1, dtype=np.uint8)


def compile_flows() -> None:
    """The kernel that follows flows and recognises datagrams."""
    table = new_table(1, 1, 1)
    track_packets(_BLOCK, np.zeros(1, dtype=PACKET), 0, 0, 1, table)
    close_all(table, 0, 1)


def compile_headers() -> None:
    """The kernels that read headers: of frames, of whole datagrams, of aggregates."""
    packets, tally = np.zeros(1, dtype=PACKET), np.zeros(1, dtype=TALLY)
    parse_packets(_BLOCK, packets, 0, np.zeros(verdicts.SIZE, dtype=np.int64), tally)
    read_wholes(_BLOCK, packets, 0, np.zeros(0, dtype=WHOLES), tally)
    RadioWatch().take(_BLOCK, packets, 1, 1, 1, tally)
    Defragmenter(1, 1).take(_BLOCK, packets, 0, 0, tally)


def compile_contents() -> None:
    """The kernels of containers, messages and reported flows; that measure and that divide."""
    packets = np.zeros(1, dtype=PACKET)
    for head in (PCAP_HEAD, PCAPNG_HEAD):
        block, container = np.frombuffer(head, dtype=np.uint8).copy(), Container()
        container.begin_block(block)
        container.next_packets(block, packets)
    Measurements().take(_BLOCK, packets, 0, 1)
    Division(Share(count=2)).disown(packets, 0)
    context, events = Context(Budget(1, 1), begin, hashed_file_bytes=0), np.zeros(1, dtype=EVENT)
    DnsDecoder(context).decode(_BLOCK, events, np.zeros(1, dtype=np.uint8), "udp")
    SnmpReader(context, 1).read(_BLOCK, events)
    PlainExchanges(context, Runs(_BLOCK, events), events[:0], Connections(1, 1))
    texts(_BLOCK, np.zeros((1, 2), dtype=np.int32))
    _compile_exports(context)


def _compile_exports(context: Context) -> None:
    """The kernels of reported flows: one of NetFlow 5, read and joined."""
    datagram = struct.pack(">HHIII8x", 5, 1, 0, 0, 0) + bytes(48)
    events = np.zeros(1, dtype=EVENT)
    events["length"] = len(datagram)
    reader = NetflowReader(context, 1)
    reader.read(np.frombuffer(bytearray(datagram), dtype=np.uint8), events)
    reader.finish()
