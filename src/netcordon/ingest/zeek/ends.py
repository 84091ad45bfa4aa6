"""What every row of a Zeek log shares: time, flow and ends."""

from __future__ import annotations

from netcordon.ingest.text.columns import Columns
from netcordon.ingest.text.shaping import port


def ends(log: Columns) -> dict[str, object]:
    """The columns ``uid`` and those of initiator and responder."""
    return {
        "uid": log.text("uid"),
        **log.address("id.orig_h").columns("src_ip"),
        "src_port": port(log.whole("id.orig_p")),
        **log.address("id.resp_h").columns("dst_ip"),
        "dst_port": port(log.whole("id.resp_p")),
    }
