"""What the first lines of flow logs tell, without anything that takes long to load."""

from __future__ import annotations

from collections.abc import Iterator

DEFAULT = (
    "version", "account-id", "interface-id", "srcaddr", "dstaddr", "srcport", "dstport", "protocol",
    "packets", "bytes", "start", "end", "action", "log-status",
)  # fmt: skip
_NEEDED = frozenset(("srcaddr", "dstaddr", "start"))
_PACKET_ENDS = frozenset(("pkt-srcaddr", "pkt-dstaddr"))
_MOST_VPC_FIELDS = 64
_ALIASES = {
    "start": ("starttime", "stime", "ts"), "end": ("lasttime", "ltime", "etime", "te"),
    "duration": ("dur", "duration", "td"), "protocol": ("proto", "pro", "protocol", "pr"),
    "src": ("srcaddr", "srcip", "sip", "saddr", "sa"), "sport": ("sport", "srcport", "sp"),
    "dst": ("dstaddr", "dstip", "dip", "daddr", "da"),
    "dport": ("dport", "dstport", "dsport", "dp"), "dir": ("dir",),
    "state": ("state",), "flags": ("flags", "flg"),
    "packets": ("totpkts", "pkts"), "octets": ("totbytes",),
    "packets_out": ("srcpkts", "spkts", "packets", "ipkt"),
    "octets_out": ("srcbytes", "sbytes", "bytes", "ibyt"),
    "packets_in": ("dstpkts", "dpkts", "opkt"), "octets_in": ("dstbytes", "dbytes", "obyt"),
    "exporter": ("sensor", "sen", "srcid", "ra"), "smac": ("smac",), "dmac": ("dmac",),
}  # fmt: skip
"""Column -> what programs call it."""
_NAMED = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}
_NEEDED_COLUMNS = frozenset(("start", "src", "dst", "protocol"))
_MOST_COLUMNS = 256


def names_of(line: bytes) -> tuple[str, ...] | None:
    """The fields that a header names, ``None`` for other lines."""
    words = tuple(line.decode(errors="replace").strip().lower().replace("_", "-").split(" "))
    has_ends = set(words) >= _NEEDED or _PACKET_ENDS | {"start"} <= set(words)
    return words if has_ends and len(words) <= _MOST_VPC_FIELDS else None


def is_default(line: bytes) -> bool:
    """Whether a line is a record of the default format."""
    words = line.split(b" ")
    if len(words) == len(DEFAULT) + 1 and words[0][:1].isdigit() and b"T" in words[0]:
        words = words[1:]
    return (
        len(words) == len(DEFAULT)
        and words[0] in (b"2", b"3")
        and words[13] in (b"OK", b"NODATA", b"SKIPDATA")
    )


def columns_of(line: bytes) -> tuple[str, tuple[str, ...], str] | None:
    """Program, names of the columns and separator of a first line; ``None`` for other lines."""
    text = line.decode(errors="replace").strip("\r\n")
    for separator in "\t|,;":
        words = [word.strip().lower() for word in text.split(separator)]
        if len(words) > _MOST_COLUMNS:
            continue
        names = tuple(_NAMED.get(word, f"{at} {word}") for at, word in enumerate(words))
        if set(names) >= _NEEDED_COLUMNS:
            program = "nfdump" if "ibyt" in words else "silk" if "sip" in words else "argus"
            return program, names, separator
    return None


def is_google_record(value: dict[str, object]) -> bool:
    """Whether a JSON object is a record of such a log."""
    payload = value.get("jsonPayload")
    if not isinstance(payload, dict):
        return False
    connection = payload.get("connection")
    return isinstance(connection, dict) and {"src_ip", "dest_ip"} <= connection.keys()


def is_azure_record(value: dict[str, object]) -> bool:
    """Whether a JSON object is a record of such a log."""
    return any(True for _ in tuple_groups(value))


def tuple_groups(value: dict[str, object]) -> Iterator[tuple[str, list[object]]]:
    """Who reports, and a list of tuples of flows, for each list in a record of Azure."""
    properties = value.get("properties", value.get("flowRecords"))
    flows = properties.get("flows") if isinstance(properties, dict) else None
    mac = value.get("macAddress")
    for flow in flows if isinstance(flows, list) else ():
        inner = flow.get("flows", flow.get("flowGroups")) if isinstance(flow, dict) else None
        for group in inner if isinstance(inner, list) else ():
            tuples = group.get("flowTuples") if isinstance(group, dict) else None
            if isinstance(tuples, list):
                yield _hardware(group.get("mac", mac)), tuples


def _hardware(text: object) -> str:
    """A MAC address as others write it."""
    if not isinstance(text, str) or len(text) != 12 or not text.isascii() or not text.isalnum():
        return ""
    return ":".join(text.lower()[at : at + 2] for at in range(0, 12, 2))
