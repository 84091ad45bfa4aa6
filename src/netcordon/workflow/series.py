"""Traffic over time for the report: bytes leaving, entering and staying inside the organisation."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from netcordon.model.document import Series
from netcordon.tables.engine import Engine

_BINS = 160
_MAX_FLOWS = 5_000_000
_DIRECTIONS = ("outbound", "inbound", "internal", "external")

_SPAN = """
SELECT epoch_us(min(start_time)) AS first, epoch_us(max(end_time)) AS last, count(*) AS flows
FROM network_activity
"""

_FLOWS = """
SELECT epoch_us(start_time) AS a, epoch_us(end_time) AS b,
       wire_bytes_out AS forth, wire_bytes_in AS back,
       is_internal(src_ip_hi, src_ip_lo) AS from_inside,
       is_internal(dst_ip_hi, dst_ip_lo) OR is_multicast(dst_ip_hi, dst_ip_lo) AS to_inside
FROM network_activity
WHERE tunnel_parent IS NULL
ORDER BY first_frame, evidence_id
LIMIT $most
"""


def traffic_over_time(engine: Engine) -> tuple[Series, ...]:
    """One series a direction in bytes per second; a flow's bytes are spread evenly over its time.

    Directions without traffic are left out; so is everything when there are no flows.
    """
    (span,) = engine.query(_SPAN)
    if not span["flows"]:
        return ()
    first, last = int(str(span["first"])), int(str(span["last"]))
    width = max((last - first) / _BINS, 1e6)
    rows = engine.arrow(_FLOWS, {"most": _MAX_FLOWS})
    start, end, forth, back = (rows.column(n).to_numpy() for n in ("a", "b", "forth", "back"))
    from_inside = rows.column("from_inside").to_numpy().astype(bool)
    to_inside = rows.column("to_inside").to_numpy().astype(bool)
    total = {name: np.zeros(_BINS + 1) for name in _DIRECTIONS}
    for sent_from, sent_to, octets in (
        (from_inside, to_inside, forth),
        (to_inside, from_inside, back),
    ):
        chosen = {
            "outbound": sent_from & ~sent_to,
            "inbound": ~sent_from & sent_to,
            "internal": sent_from & sent_to,
            "external": ~sent_from & ~sent_to,
        }
        for name, mask in chosen.items():
            begin, finish = (start[mask] - first) / width, (end[mask] - first) / width
            total[name] += _spread(begin, finish, octets[mask])
    x = tuple((first + (n + 0.5) * width) / 1e6 for n in range(_BINS))
    used = int(np.ceil((last - first) / width)) or 1
    return tuple(
        Series(
            name=name,
            unit="B/s",
            x=x[:used],
            y=tuple(round(float(v) / (width / 1e6), 3) for v in total[name][:used]),
        )
        for name in _DIRECTIONS
        if total[name].any()
    )


def _spread(
    begin: npt.NDArray[np.float64], end: npt.NDArray[np.float64], octets: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Bytes per bin, each flow's bytes spread evenly from ``begin`` to ``end`` (in bins)."""
    edges = np.arange(_BINS + 2, dtype=np.float64)
    length = np.maximum(end - begin, 1e-9)
    # Bytes sent before an edge, summed over flows: two sorted prefix sums instead of a loop.
    rate = octets / length
    sent_before = _ramp(begin, rate, edges) - _ramp(begin + length, rate, edges)
    return np.maximum(np.diff(sent_before), 0)


def _ramp(
    at: npt.NDArray[np.float64], slope: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sum over flows of ``slope * max(edge - at, 0)`` for every edge."""
    order = np.argsort(at, kind="stable")
    at, slope = at[order], slope[order]
    count = np.searchsorted(at, edges, side="right")
    slopes = np.concatenate(([0.0], np.cumsum(slope)))[count]
    moments = np.concatenate(([0.0], np.cumsum(slope * at)))[count]
    ramp: npt.NDArray[np.float64] = edges * slopes - moments
    return ramp


_EVENTS = (
    "dns_activity", "http_activity", "tls_activity", "ssh_activity", "smb_activity",
    "dcerpc_activity", "rdp_activity", "kerberos_activity", "authentication", "api_activity",
    "dhcp_activity", "file_activity", "application_activity", "detection_finding",
)  # fmt: skip
"""Tables of which a log may have rows although it has no flows."""

_OBSERVED = f"""
SELECT epoch_us(min(first)) AS first, epoch_us(max(last)) AS last FROM (
    SELECT min(start_time) AS first, max(end_time) AS last FROM network_activity
    {" ".join(f"UNION ALL SELECT min(time), max(time) FROM {table}" for table in _EVENTS)}
)
"""


def observed_span(engine: Engine) -> tuple[datetime | None, datetime | None]:
    """First and last time of flows, and of what logs tell that have no flows, UTC."""
    (span,) = engine.query(_OBSERVED)
    if span["first"] is None or span["last"] is None:
        return None, None
    first, last = (datetime.fromtimestamp(int(str(span[k])) / 1e6, UTC) for k in ("first", "last"))
    return first, last
