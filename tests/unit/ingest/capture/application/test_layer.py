from __future__ import annotations

import io
import struct

from netcordon.plugins.parsers.pcap import PARSER
from tests import traffic
from tests.unit.ingest.capture.application import talk


def test_what_was_given_up_is_a_warning_of_the_capture() -> None:
    frames = [
        traffic.ethernet(traffic.ip("10.0.0.5", "192.0.2.53", 17, traffic.udp(40000, 53, payload)))
        for payload in (b"\xff" * 40, traffic.dns_query(b"www.example.com"))
    ]
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for second, frame in enumerate(frames):
        capture += struct.pack("<IIII", second, 0, len(frame), len(frame)) + frame
    sink = talk.Sink()
    result = PARSER.parse(io.BytesIO(capture), sink, lambda _: None)
    assert [(w.code, w.count, w.frame) for w in result.warnings] == [("NC-244", 1, 1)]
    assert result.facts["dns_messages"] == 1
    assert [row["query"] for row in sink.rows["dns_activity"]] == ["www.example.com"]
