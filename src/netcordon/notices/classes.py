"""What kind of incident it is, as far as people must behave differently.

The kinds follow the tactics of ATT&CK; an incident can be of several.
"""

from __future__ import annotations

from collections.abc import Sequence

CLASSES = ("destruction", "theft", "accounts", "control", "spread", "interception", "flood")
"""Gravest first; the texts of every language have an entry for each."""

_OF_TECHNIQUES = {
    "destruction": ("T1485", "T1486", "T1489", "T1490", "T08"),
    "theft": ("T1005", "T1011", "T1020", "T1029", "T1030", "T1039", "T1041", "T1048", "T1074",
              "T1114", "T1119", "T1213", "T1560", "T1537", "T1567"),
    "accounts": ("T1078", "T1110", "T1621", "T1098", "T1136", "T1003", "T1187", "T1552", "T1556",
                 "T1558"),
    "control": ("T1001", "T1008", "T1071", "T1090", "T1095", "T1102", "T1104", "T1105", "T1132",
                "T1189", "T1204", "T1219", "T1496", "T1566", "T1568", "T1571", "T1572", "T1573"),
    "spread": ("T1021", "T1047", "T1053", "T1072", "T1190", "T1210", "T1505", "T1543", "T1550",
               "T1563", "T1569", "T1570"),
    "interception": ("T1040", "T1200", "T1557"),
    "flood": ("T1498", "T1499"),
}  # fmt: skip


def classes_of(techniques: Sequence[str]) -> tuple[str, ...]:
    """The kinds of an incident with these techniques, gravest first."""
    return tuple(
        name for name in CLASSES if any(t.startswith(_OF_TECHNIQUES[name]) for t in techniques)
    )
