"""A mark as a rule of Sigma 2.1: its structure, and the same as YAML.

Format: the Sigma rules and Sigma correlation rules specifications, version 2.1.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from netcordon.model.severity import Severity
from netcordon.model.signature import How, Mark, Trait
from netcordon.signatures.fields import SOURCES
from netcordon.signatures.quoting import sigma, yaml
from netcordon.signatures.sids import fingerprint

Node = str | int | Mapping[str, "Node"] | Sequence["Node"]
_SPACE = uuid.UUID("6f3c1b0e-54b5-5d6a-9c55-7a1d1cfe0c8e")
"""Namespace of the rules' ids (RFC 9562, version 5)."""

_SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "tls_activity": ("T1071.001", "T1573", "T1102", "T1567", "T1041"),
    "http_activity": ("T1071.001", "T1102", "T1105", "T1190", "T1505", "T1567"),
    "dns_activity": ("T1071.004", "T1572", "T1048", "T1568"),
    "ssh_activity": ("T1021.004", "T1110", "T1572"),
    "smb_activity": ("T1021.002", "T1570", "T1039", "T1135"),
    "dcerpc_activity": ("T1569", "T1053", "T1003", "T1021", "T1087", "T1047", "T1187", "T1207"),
    "network_activity": ("T1071", "T1095", "T1571"),
}
"""Table -> techniques of ATT&CK that its rows can show; the incident's others are not this."""


def sigma_rules(
    mark: Mark, case_id: str, severity: Severity, techniques: Sequence[str], day: datetime
) -> tuple[Mapping[str, Node], ...]:
    """One rule, or, where a pace counts, the rule and the correlation that counts it.

    Returns:
        Nothing for marks that Sigma has no fields for.
    """
    fields = SOURCES[mark.table].fields
    traits = [trait for trait in mark.traits if fields[trait.column].sigma]
    if not traits:
        return ()
    key = fingerprint(mark)
    searches = {f"t{n}": _search(trait, mark.table) for n, trait in enumerate(traits, 1)}
    about: dict[str, Node] = {
        "title": mark.title[:250],
        "id": str(uuid.uuid5(_SPACE, key)),
        "status": "experimental",
        "description": f"Seen in {case_id}; tried on its evidence before it was written.",
        "author": "netcordon",
        "date": day.strftime("%Y-%m-%d"),
        "tags": [
            f"attack.{technique.lower()}"
            for technique in techniques
            if technique.startswith(_SHOWN_BY[mark.table])
        ],
    }
    rule: dict[str, Node] = {
        **about,
        "logsource": SOURCES[mark.table].logsource,
        "detection": {**searches, "condition": " and ".join(searches)},
        "falsepositives": ["Others who use the same program or service"],
        "level": severity.value,
    }
    if mark.pace is None:
        return (rule,)
    rule["name"] = f"netcordon_{key[:12]}"
    rule["level"] = "informational"
    counted: dict[str, Node] = {
        **about,
        "id": str(uuid.uuid5(_SPACE, f"{key} counted")),
        "correlation": {
            "type": "event_count",
            "rules": [f"netcordon_{key[:12]}"],
            "group-by": ["src_ip"],
            "timespan": f"{mark.pace.seconds}s",
            "condition": {"gte": mark.pace.count},
        },
        "level": severity.value,
    }
    return rule, counted


def _search(trait: Trait, table: str) -> Node:
    name = SOURCES[table].fields[trait.column].sigma
    if trait.how is How.UNDER:
        return [{name: sigma(trait.value)}, {f"{name}|endswith": sigma(f".{trait.value}")}]
    if trait.how is How.SHAPE:
        return {f"{name}|re": trait.value}
    if trait.how is How.CONTAINS:
        return {f"{name}|contains": sigma(trait.value)}
    if trait.column == "dst_port":
        return {name: int(trait.value)}
    # Values of Sigma know no case; these are fingerprints and programs, where case counts.
    is_cased = trait.column in ("user_agent", "method", "uri")
    return {f"{name}|cased" if is_cased else name: sigma(trait.value)}


def as_yaml(rules: Sequence[Mapping[str, Node]]) -> str:
    """The rules as documents of one YAML stream; every string is quoted."""
    return "---\n".join("".join(f"{line}\n" for line in _lines(rule, "")) for rule in rules)


def _lines(node: Node, indent: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            name = key if key.replace("_", "").replace("-", "").isalnum() else yaml(key)
            if isinstance(value, str | int):
                yield f"{indent}{name}: {_scalar(value)}"
            elif not value:
                yield f"{indent}{name}: []"
            else:
                yield f"{indent}{name}:"
                yield from _lines(value, f"{indent}  ")
    elif isinstance(node, str | int):
        yield f"{indent}{_scalar(node)}"
    else:
        for value in node:
            if isinstance(value, str | int):
                yield f"{indent}- {_scalar(value)}"
            else:
                first, *rest = _lines(value, "")
                yield f"{indent}- {first}"
                yield from (f"{indent}  {line}" for line in rest)


def _scalar(value: str | int) -> str:
    return str(value) if isinstance(value, int) else yaml(value)
