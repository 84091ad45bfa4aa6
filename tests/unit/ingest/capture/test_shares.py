"""Several processes that decode a share each give together what one process gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.evidence.opening import open_source
from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.ingest.workers.joining import join_results
from netcordon.model.parser import ByteSource, ParseResult, Share
from netcordon.settings import DecodeLimits
from tests.traffic import Recording, dns_query

CAPTURES = (
    "c2/2020-06-03-Dridex-infection-traffic.pcap",
    "benign_office/workshop-part-02-pcap-01.pcap",
    "bruteforce/ftp-crack.pcap",
    "lsass_campaign_01/metasploit_logonpasswords_lsass_memory_dump.pcapng",
)
DEMO = Path(__file__).parents[4] / "lab" / "demo" / "demo.pcapng.gz"
_LIMITS = DecodeLimits()
_SUMMED = "host_identity"


class _Rows:
    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = defaultdict(list)
        self.identities: dict[tuple[object, ...], list[int]] = {}

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep the rows as text, without regard to batches; identities are summed."""
        rows = pa.table(dict(columns)).to_pylist()
        if table != _SUMMED:
            self.rows[table] += map(repr, rows)
            return
        for row in rows:
            first, last, count, frame = list(row.values())[-4:]
            seen = self.identities.setdefault(tuple(row.values())[:-4], [first, last, 0, frame])
            seen[0], seen[1] = min(seen[0], first), max(seen[1], last)
            seen[2], seen[3] = seen[2] + count, min(seen[3], frame)


def _decode(source: ByteSource, rows: _Rows, share: Share) -> ParseResult:
    application = ApplicationLayer(_LIMITS)
    return decode(source, rows, lambda _: None, application, _LIMITS, share)


def _compare(open_again: type[ByteSource] | object, counts: tuple[int, ...]) -> _Rows:
    whole = _Rows()
    with open_again() as source:  # type: ignore[operator]
        expected = _decode(source, whole, Share())
    for count in counts:
        rows, results = _Rows(), []
        for index in range(count):
            with open_again() as source:  # type: ignore[operator]
                results.append(_decode(source, rows, Share(index=index, count=count)))
        assert join_results(results) == expected
        assert rows.rows.keys() == whole.rows.keys()
        for table, found in whole.rows.items():
            assert sorted(rows.rows[table]) == sorted(found), table
        assert rows.identities == whole.identities
    return whole


def test_the_demonstration() -> None:
    whole = _compare(lambda: open_source(str(DEMO), limits=_LIMITS), (2, 3))
    assert {"network_activity", "dns_activity", "arp_activity"} <= whole.rows.keys()
    assert whole.identities


@pytest.mark.slow
@pytest.mark.parametrize("name", CAPTURES)
def test_recorded_traffic(name: str, corpus: Path) -> None:
    whole = _compare(lambda: open_source(str(corpus / name), limits=_LIMITS), (2, 3))
    assert whole.rows["network_activity"]


def test_every_share_has_something_to_do() -> None:
    recording = Recording()
    for n in range(400):
        recording.datagram(f"10.0.{n % 7}.{n % 200 + 1}", "192.0.2.53", 4000 + n, 53,
                           dns_query(b"%x.example" % n))  # fmt: skip
    frames = []
    for index in range(4):
        rows = _Rows()
        _decode(BytesIO(recording.pcap()), rows, Share(index=index, count=4))
        frames.append(len(rows.rows["dns_activity"]))
    assert sum(frames) == 400
    assert min(frames) > 50


def test_the_two_busiest_pairs_go_to_different_shares() -> None:
    for last in range(20):
        recording = Recording()
        for n in range(60):
            for server in ("192.0.2.53", f"198.51.100.{last}"):
                recording.datagram("10.0.0.1", server, 4000 + n, 53, dns_query(b"%x.example" % n))
        rows = _Rows()
        _decode(BytesIO(recording.pcap()), rows, Share(count=2))
        assert len(rows.rows["dns_activity"]) == 60
