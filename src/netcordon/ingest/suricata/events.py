"""What Suricata said, written so that the same capture and rules give the same bytes.

Its ids of flows differ from run to run: they are replaced by a hash of the flow's ends and start.
Names of folders are left out, keys and lines are sorted.
"""

from __future__ import annotations

import hashlib
import json
from itertools import islice
from pathlib import Path

MOST_EVENTS = 1_000_000
_KINDS = frozenset(("alert", "anomaly"))
_LONGEST = 1 << 20
_NOT_KEPT = ("flow_id", "pcap_filename", "in_iface", "parent_id", "host", "metadata")


def write_kept(eve: Path, out: Path) -> tuple[int, bool]:
    """Write alerts and anomalies.

    Args:
        eve: what Suricata wrote; it need not exist.
        out: a file to be made.

    Returns:
        How many, and whether there were more than are kept (``MOST_EVENTS``).
    """
    kept: list[tuple[str, str]] = []
    seen = 0
    if eve.is_file():
        with eve.open("rb") as lines:
            for line in islice(lines, 2 * MOST_EVENTS):
                event = _event(line)
                if event is None:
                    continue
                seen += 1
                if seen <= MOST_EVENTS:
                    kept.append((str(event["timestamp"]), json.dumps(event, sort_keys=True)))
    kept.sort()
    with out.open("w", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for _, text in kept)
    return len(kept), seen > MOST_EVENTS


def _event(line: bytes) -> dict[str, object] | None:
    if len(line) > _LONGEST:
        return None
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):  # the last line, where the limit of files cut it
        return None
    if not isinstance(event, dict) or event.get("event_type") not in _KINDS:
        return None
    if not isinstance(event.get("timestamp"), str):
        return None
    flow = event.get("flow")
    begun = flow.get("start") if isinstance(flow, dict) else None
    ends = sorted(
        (str(event.get(f"{end}_ip")), str(event.get(f"{end}_port"))) for end in ("src", "dest")
    )
    told = repr((event.get("proto"), ends, begun)).encode(errors="replace")
    kept = {name: value for name, value in event.items() if name not in _NOT_KEPT}
    kept["flow_id"] = int.from_bytes(hashlib.sha256(told).digest()[:7], "big")
    return kept
