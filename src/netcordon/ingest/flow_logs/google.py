"""VPC flow logs of Google Cloud, as Cloud Logging exports them (JSON).

Source: Google Cloud, "VPC Flow Logs: record format". Packets are sampled (about one in thirty) and
counters are scaled up by Google; each end within the project reports for itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.capture.exports.records import UNKNOWN
from netcordon.ingest.flow_logs.reported import Reported, records
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.json_lines import json_columns, schema_of
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import port
from netcordon.ingest.text.tally import Tally

_STRING, _ANY = pa.string(), pa.string()
_PLACES = ("src_instance", "dest_instance")
FIELDS = schema_of(
    {
        "timestamp": _STRING,
        "jsonPayload.connection.src_ip": _STRING,
        "jsonPayload.connection.dest_ip": _STRING,
        "jsonPayload.connection.src_port": pa.float64(),
        "jsonPayload.connection.dest_port": pa.float64(),
        "jsonPayload.connection.protocol": pa.float64(),
        "jsonPayload.reporter": _STRING,
        "jsonPayload.start_time": _STRING,
        "jsonPayload.end_time": _STRING,
        "jsonPayload.bytes_sent": _STRING,
        "jsonPayload.packets_sent": _STRING,
        **{f"jsonPayload.{place}.vm_name": _STRING for place in _PLACES},
        "resource.labels.subnetwork_name": _STRING,
    }
)
_IN = "jsonPayload."


class GoogleFlowLog:
    """Reads records."""

    def __init__(self) -> None:
        self.reported = Reported("google_flows")

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        log = json_columns(block, FIELDS, tally)
        src, dst = (log.address(f"{_IN}connection.{end}_ip") for end in ("src", "dest"))
        start = log.time(f"{_IN}start_time", "timestamp")
        log = log.required(
            tally,
            {
                "no address": pc.and_(src.hi.is_valid(), dst.hi.is_valid()),
                "no time": pc.is_valid(start),
            },
        )
        tally.read += len(log)
        return self.reported.add(self._flows(log))

    def _flows(self, log: Columns) -> np.ndarray:
        is_src = pc.fill_null(pc.equal(log.text(f"{_IN}reporter"), "SRC"), True)
        names = [
            log.text(f"{_IN}{place}.vm_name", "resource.labels.subnetwork_name")
            for place in _PLACES
        ]
        protocol = _numbers(log.whole(f"{_IN}connection.protocol"))
        is_icmp = np.isin(protocol, (1, 58))
        return records(
            log.numbers,
            log.address(f"{_IN}connection.src_ip"),
            log.address(f"{_IN}connection.dest_ip"),
            {
                "start_us": log.time(f"{_IN}start_time", "timestamp"),
                "end_us": log.time(f"{_IN}end_time", f"{_IN}start_time", "timestamp"),
                "protocol": np.clip(protocol, 0, 255),
                "src_port": np.where(is_icmp, UNKNOWN, _port(log, "src_port")),
                "dst_port": np.where(is_icmp, UNKNOWN, _port(log, "dest_port")),
                "packets_out": log.whole(f"{_IN}packets_sent"),
                "octets_out": log.whole(f"{_IN}bytes_sent"),
                "exporter": self.reported.numbers(pc.if_else(is_src, *names)),
            },
        )


def _port(log: Columns, name: str) -> np.ndarray:
    return _numbers(port(log.whole(f"{_IN}connection.{name}")))


def _numbers(values: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.fill_null(values, UNKNOWN).to_numpy(zero_copy_only=False)
    return found
