"""OpenC2 as tables: actions, and which action takes which target in which profile.

Sources: OpenC2 Language Specification 1.0 and 2.0; Stateless Packet Filtering 1.0 (CS01, ``slpf``);
Packet Filtering 1.0 (CSD02, ``pf``); Endpoint Response (working draft, ``er``).
"""

from __future__ import annotations

from collections.abc import Mapping

ACTIONS = frozenset(
    [
        "scan",
        "locate",
        "query",
        "deny",
        "contain",
        "allow",
        "start",
        "stop",
        "restart",
        "cancel",
        "set",
        "update",
        "redirect",
        "create",
        "delete",
        "detonate",
        "restore",
        "copy",
        "investigate",
        "remediate",
    ]
)

TARGETS = frozenset(
    [
        "artifact",
        "command",
        "device",
        "domain_name",
        "email_addr",
        "features",
        "file",
        "idn_domain_name",
        "idn_email_addr",
        "ipv4_net",
        "ipv6_net",
        "ipv4_connection",
        "ipv6_connection",
        "iri",
        "mac_addr",
        "process",
        "properties",
        "uri",
    ]
)
"""Of the language itself; a profile's own begin with its name and a colon."""

_FILTER = frozenset({"ipv4_net", "ipv6_net", "ipv4_connection", "ipv6_connection"})
# AP-PF names its own target in two ways; both are taken.
_ADVANCED = frozenset({"pf:advanced_connection", "pf:adv_connection"})
_ER_FILTER = frozenset({"domain_name", "ipv4_net", "ipv6_net"})
_FEATURES = frozenset({"features"})

PAIRS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "slpf": {
        "allow": _FILTER,
        "deny": _FILTER,
        "query": _FEATURES,
        "delete": frozenset({"slpf:rule_number"}),
        "update": frozenset({"file"}),
    },
    "pf": {
        "allow": _FILTER | _ADVANCED | {"domain_name"},
        "deny": _FILTER | _ADVANCED | {"domain_name"},
        "query": _FEATURES | {"pf:rule_number"},
        "delete": frozenset({"pf:rule_number"}),
        "update": frozenset({"file"}),
    },
    "er": {
        "allow": _ER_FILTER | {"device", "file"},
        "deny": _ER_FILTER | {"file"},
        "contain": frozenset({"device", "file"}),
        "query": _FEATURES,
        "delete": frozenset({"file", "er:registry_entry", "er:service"}),
        "update": frozenset({"file"}),
        "start": frozenset({"file"}),
        "scan": frozenset({"device", "file"}),
        "stop": frozenset({"device", "process", "er:service"}),
        "restart": frozenset({"device", "process"}),
        "set": frozenset({"er:account", "er:registry_entry", "ipv4_net", "ipv6_net"}),
        "create": frozenset({"er:service"}),
    },
}
"""Profile -> action -> targets."""

ARGS = frozenset({"start_time", "stop_time", "duration", "response_requested", "comment"})
RESPONSES = frozenset({"none", "ack", "status", "complete"})
FEATURES = frozenset({"versions", "profiles", "pairs", "rate_limit", "args"})
DIRECTIONS = frozenset({"both", "ingress", "egress"})
DROPS = frozenset({"none", "reject", "false_ack"})
PROTOCOLS = frozenset({"icmp", "tcp", "udp", "sctp"})
CONTAINMENTS = frozenset({"network_isolation", "app_restriction", "disable_nic"})

PROFILE_ARGS: Mapping[str, frozenset[str]] = {
    "slpf": frozenset({"drop_process", "persistent", "direction", "insert_rule"}),
    "pf": frozenset(
        {"drop_process", "persistent", "direction", "insert_rule", "logged", "description",
         "stateful", "priority"}
    ),
    "er": frozenset(
        {"account_status", "device_containment", "permitted_addresses", "scan_depth",
         "periodic_scan", "downstream_device"}
    ),
}  # fmt: skip
