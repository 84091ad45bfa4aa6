"""CACAO 2.0 as tables: properties, vocabularies (OASIS, Committee Specification 01, 2023)."""

from __future__ import annotations

from collections.abc import Mapping

SPEC = "cacao-2.0"

PLAYBOOK_NEEDED = (
    "type", "spec_version", "id", "name", "created_by", "created", "modified", "workflow_start",
    "workflow",
)  # fmt: skip
PLAYBOOK_MORE = (
    "description", "playbook_types", "playbook_activities", "playbook_processing_summary",
    "revoked", "valid_from", "valid_until", "derived_from", "related_to", "priority", "severity",
    "impact", "industry_sectors", "labels", "external_references", "markings",
    "playbook_variables", "workflow_exception", "playbook_extensions",
    "authentication_info_definitions", "agent_definitions", "target_definitions",
    "extension_definitions", "data_marking_definitions", "signatures",
)  # fmt: skip

PLAYBOOK_TYPES = frozenset(
    [
        "attack",
        "detection",
        "engagement",
        "investigation",
        "mitigation",
        "notification",
        "prevention",
        "remediation",
    ]
)
ACTIVITIES = frozenset(
    [
        "compose-content",
        "deliver-content",
        "identify-audience",
        "identify-channel",
        "scan-system",
        "match-indicator",
        "analyze-collected-data",
        "identify-indicators",
        "scan-vulnerabilities",
        "configure-systems",
        "restrict-access",
        "disconnect-system",
        "eliminate-risk",
        "revert-system",
        "restore-data",
        "restore-capabilities",
        "map-network",
        "identify-steps",
        "step-sequence",
        "prepare-engagement",
        "execute-operation",
        "analyze-engagement-results",
    ]
)

SUMMARY = (
    "manual_playbook", "external_playbooks", "parallel_processing", "if_logic", "while_logic",
    "switch_logic", "temporal_logic", "data_markings", "digital_signatures",
    "countersigned_signatures", "extensions",
)  # fmt: skip

_COMMON = (
    "name", "description", "external_references", "delay", "timeout", "step_variables", "owner",
    "step_extensions",
)  # fmt: skip
_THEN = ("on_completion", "on_success", "on_failure")

STEPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "start": (("type",), (*_COMMON, *_THEN)),
    "end": (("type",), _COMMON),
    "action": (
        ("type", "commands", "agent"), (*_COMMON, *_THEN, "targets", "in_args", "out_args"),
    ),
    "playbook-action": (
        ("type", "playbook_id"), (*_COMMON, *_THEN, "playbook_version", "in_args", "out_args"),
    ),
    "parallel": (("type", "next_steps"), (*_COMMON, *_THEN)),
    "if-condition": (("type", "condition", "on_true"), (*_COMMON, *_THEN, "on_false")),
    "while-condition": (("type", "condition", "on_true"), (*_COMMON, *_THEN)),
    "switch-condition": (("type", "switch", "cases"), (*_COMMON, *_THEN)),
}  # fmt: skip
"""Type of a step -> properties that it needs, and those it may have."""

COMMANDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "manual": ((), ("command", "command_b64")),
    "bash": ((), ("command", "command_b64")),
    "caldera-cmd": ((), ("ability_id", "command", "command_b64")),
    "elastic": ((), ("command", "command_b64")),
    "http-api": (("command",), ("headers", "content", "content_b64")),
    "jupyter": ((), ("command", "command_b64")),
    "kestrel": ((), ("command", "command_b64")),
    "openc2-http": (("command", "content_b64"), ("headers",)),
    "powershell": ((), ("command", "command_b64")),
    "sigma": ((), ("command", "command_b64")),
    "ssh": (("command",), ()),
    "yara": ((), ("command", "command_b64")),
}
"""Type of a command -> properties it needs and may have, beside those that all share."""

COMMAND_SHARED = ("type", "description", "version", "playbook_activity", "external_references")

AGENTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "group": ((), ("contact", "location")),
    "individual": ((), ("contact", "location")),
    "location": ((), ("location", "logical")),
    "organization": ((), ("contact", "location")),
    "sector": (("sector",), ("location",)),
    "http-api": (("address",), ("port", "authentication_info", "category")),
    "linux": (("address",), ("port", "username", "authentication_info", "category")),
    "net-address": (("address",), ("username", "authentication_info", "category")),
    "security-category": (("category",), ()),
    "ssh": (("address",), ("port", "username", "authentication_info", "category")),
}
"""Type of an agent or target -> properties it needs and may have beside type, name, description."""

ADDRESSES = frozenset({"dname", "ipv4", "ipv6", "l2mac", "vlan", "url"})

CATEGORIES = frozenset(
    [
        "aaa",
        "analytics",
        "content-gateway",
        "desktop",
        "endpoint",
        "firewall",
        "handset",
        "ids",
        "ips",
        "router",
        "server",
        "siem",
        "switch",
        "ticketing",
        "tip",
        "wireless",
    ]
)

VARIABLES: Mapping[str, str] = {
    "bool": r"true|false",
    "integer": r"-?[0-9]+",
    "long": r"-?[0-9]+",
    "hexstring": r"([0-9A-Fa-f]{2})*",
    "md5-hash": r"[0-9A-Fa-f]{32}",
    "sha1-hash": r"[0-9A-Fa-f]{40}",
    "sha256-hash": r"[0-9A-Fa-f]{64}",
    "uuid": r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "mac-addr": r"([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}",
    "ipv4-addr": r"(\d{1,3}\.){3}\d{1,3}(/\d{1,2})?",
    "ipv6-addr": r"[0-9A-Fa-f:.]+(/\d{1,3})?",
    "uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S+",
    "dictionary": r"(?s).*",
    "string": r"(?s).*",
}
"""Type of a variable -> the form of its value, which is always a text."""

TLP = frozenset({"TLP:RED", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:GREEN", "TLP:CLEAR"})
NAMESPACE = "aa7caf3a-d55a-4e9a-b34e-056215fba56a"
"""Namespace of identifiers that are made of content (UUID version 5, section 10.10)."""
