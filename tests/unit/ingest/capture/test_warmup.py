from __future__ import annotations

import pytest

from netcordon.ingest.capture import parts
from netcordon.ingest.capture.application.dns.kernel import decode_messages
from netcordon.ingest.capture.application.http.plain_kernel import find_exchanges
from netcordon.ingest.capture.application.record.spans import copy_spans
from netcordon.ingest.capture.application.udp.snmp_kernel import read_snmp
from netcordon.ingest.capture.container.pcap import frame_pcap
from netcordon.ingest.capture.container.pcapng import frame_pcapng
from netcordon.ingest.capture.exports.framing import read_datagrams
from netcordon.ingest.capture.exports.joining import orient
from netcordon.ingest.capture.exports.reading import read_flows
from netcordon.ingest.capture.flow.track import track_packets
from netcordon.ingest.capture.measure import measure_packets
from netcordon.ingest.capture.packet.defragment import read_wholes
from netcordon.ingest.capture.packet.fragments import collect
from netcordon.ingest.capture.packet.parse import parse_packets
from netcordon.ingest.capture.shares import disown_packets
from netcordon.ingest.capture.warmup import LARGE, needs_compiling, warm_up
from netcordon.ingest.capture.wireless.activity import count_wifi
from netcordon.ingest.capture.wireless.aggregate import read_aggregates

GROUPS = {
    "compile_flows": (track_packets,),
    "compile_headers": (parse_packets, collect, read_wholes, read_aggregates, count_wifi),
    "compile_contents": (
        frame_pcap, frame_pcapng, measure_packets, disown_packets, decode_messages, read_snmp,
        find_exchanges, copy_spans, read_datagrams, read_flows, orient,
    ),
}  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_the_kernels_of_a_group_are_compiled_for_what_a_decoder_hands_them(group: str) -> None:
    getattr(parts, group)()
    before = [set(kernel.signatures) for kernel in GROUPS[group]]
    assert all(before)
    warm_up()
    assert not needs_compiling()
    assert [set(kernel.signatures) for kernel in GROUPS[group]] == before


def test_what_is_looked_for_in_the_cache_is_compiled_by_a_group() -> None:
    assert set(LARGE) <= {kernel for group in GROUPS.values() for kernel in group}
