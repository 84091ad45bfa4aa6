"""VPC and transit gateway flow logs of AWS, versions 2 to 8, with any choice of fields.

Source: AWS, "Flow log records" (Amazon VPC user guide). Files begin with the names of their fields;
records of CloudWatch Logs have no header, the default format then, and maybe a time before.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netcordon.ingest.capture.exports.records import DROPPED, PASSED, UNKNOWN
from netcordon.ingest.flow_logs.reported import Reported, protocols, records
from netcordon.ingest.flow_logs.telling import DEFAULT, names_of
from netcordon.ingest.text.blocks import Block
from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.delimited import delimited
from netcordon.ingest.text.rows import Rows
from netcordon.ingest.text.shaping import port
from netcordon.ingest.text.tally import Tally

_TIME = "cloudwatch-time"
_ICMP = (1, 58)


class VpcFlowLog:
    """Reads records under the header that was last seen."""

    def __init__(self) -> None:
        self.reported = Reported("vpc_flows")
        self._names: tuple[str, ...] = ()

    def __call__(self, block: Block, tally: Tally) -> Iterable[Rows]:
        """Rows of a block, see ``text.reading.Format``."""
        texts = block.first_octets()
        heads = [
            index
            for index in np.flatnonzero((texts < ord("0")) | (texts > ord("9"))).tolist()
            if names_of(block.text(index)) is not None
        ]
        found: list[Rows] = []
        begin = 0
        for index in [*heads, len(block)]:
            if index > begin:
                chosen = np.zeros(len(block), dtype=np.bool_)
                chosen[begin:index] = True
                found += self._records(block.select(chosen), tally)
            if index < len(block):
                tally.comments += 1
                self._names = names_of(block.text(index)) or ()
            begin = index + 1
        return found

    def _records(self, block: Block, tally: Tally) -> Iterable[Rows]:
        names = self._names
        if not names:
            names = DEFAULT
            if b"T" in block.text(0).split(b" ", 1)[0]:
                names = (_TIME, *DEFAULT)
        log = delimited(block, names, " ", tally)
        status = log.text("log-status")
        is_empty = pc.fill_null(pc.is_in(status, pa.array(["NODATA", "SKIPDATA"])), False)
        skipped = pc.sum(pc.fill_null(pc.equal(status, "SKIPDATA"), False)).as_py() or 0
        self.reported.facts.add("vpc_skipped_intervals", int(skipped))
        tally.comments += int(pc.sum(is_empty).as_py() or 0)
        log = log.where(pc.invert(is_empty))
        log = log.required(
            tally,
            {
                "no address": pc.and_(
                    log.address("pkt-srcaddr", "srcaddr").hi.is_valid(),
                    log.address("pkt-dstaddr", "dstaddr").hi.is_valid(),
                ),
                "no time": pc.is_valid(log.time("start")),
            },
        )
        tally.read += len(log)
        return self.reported.add(self._flows(log))

    def _flows(self, log: Columns) -> np.ndarray:
        protocol = protocols(log.text("protocol"))
        is_icmp = np.isin(protocol, _ICMP)
        action = log.text("action")
        outcome = pc.if_else(pc.equal(action, "REJECT"), DROPPED, PASSED)
        flags = np.where(protocol == 6, _numbers(log.whole("tcp-flags")), UNKNOWN)
        return records(
            log.numbers,
            log.address("pkt-srcaddr", "srcaddr"),
            log.address("pkt-dstaddr", "dstaddr"),
            {
                "start_us": log.time("start"),
                "end_us": log.time("end", "start"),
                "protocol": np.maximum(protocol, 0),
                # ICMP has no ports, and its types are not told.
                "src_port": np.where(is_icmp, UNKNOWN, _numbers(port(log.whole("srcport")))),
                "dst_port": np.where(is_icmp, UNKNOWN, _numbers(port(log.whole("dstport")))),
                "packets_out": log.whole("packets"),
                "octets_out": log.whole("bytes"),
                "flags_out": flags,
                "outcome": pc.fill_null(outcome, 0),
                "exporter": self.reported.numbers(log.text("interface-id", "tgw-attachment-id")),
            },
        )  # fmt: skip


def _numbers(values: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.fill_null(values, UNKNOWN).to_numpy(zero_copy_only=False)
    return found
