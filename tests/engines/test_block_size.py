"""How a capture is cut into blocks changes no row of any table, application layer included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from netcordon.ingest.capture.application import ApplicationLayer
from netcordon.ingest.capture.decode import decode
from netcordon.model.parser import ParseResult
from netcordon.settings import DecodeLimits

pytestmark = [pytest.mark.slow]

CAPTURES = (
    "c2/2020-06-03-Dridex-infection-traffic.pcap",
    "c2/capture-Mon-02-13-17-17-15-34_Empire.pcap",
    "benign_office/workshop-part-02-pcap-01.pcap",
    "bruteforce/ftp-crack.pcap",
    "lsass_campaign_01/metasploit_logonpasswords_lsass_memory_dump.pcapng",
)


class _Rows:
    def __init__(self) -> None:
        self.rows: dict[str, list[str]] = defaultdict(list)

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Keep the rows as text, without regard to batches or to the order of columns.

        A column that is not there is NULL, as in the tables.
        """
        self.rows[table] += [
            repr(sorted((name, value) for name, value in row.items() if value is not None))
            for row in pa.table(dict(columns)).to_pylist()
        ]


def _decode(path: Path, block_bytes: int) -> tuple[ParseResult, dict[str, list[str]]]:
    rows = _Rows()
    limits = DecodeLimits(block_bytes=block_bytes)
    with path.open("rb", buffering=0) as source:
        result = decode(source, rows, lambda _: None, ApplicationLayer(limits), limits)  # type: ignore[arg-type]
    return result, {table: sorted(found) for table, found in rows.rows.items()}


@pytest.mark.parametrize("name", CAPTURES)
def test_rows_do_not_depend_on_the_block_size(name: str, corpus: Path) -> None:
    result, rows = _decode(corpus / name, 4 << 20)
    assert rows["network_activity"]
    for block_bytes in (1 << 16, 5000):
        other_result, other_rows = _decode(corpus / name, block_bytes)
        assert other_result == result
        assert other_rows.keys() == rows.keys()
        for table, found in rows.items():
            # The index of frames names stretches of the file, and those end where blocks end.
            if table != "frame_index":
                assert other_rows[table] == found, table
