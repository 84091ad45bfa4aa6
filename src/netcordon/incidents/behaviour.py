"""What a finding's ATT&CK techniques say: which tactic, and which end works for the attacker.

Techniques and tactics: MITRE ATT&CK for Enterprise, https://attack.mitre.org/. Those of the matrix
for control systems are told in the same tactics: "impair process control" is an impact here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from netcordon.model.finding import Finding

TACTICS = (
    "reconnaissance", "resource-development", "initial-access", "execution", "persistence",
    "privilege-escalation", "defense-evasion", "credential-access", "discovery",
    "lateral-movement", "collection", "command-and-control", "exfiltration", "impact",
)  # fmt: skip
"""ATT&CK's tactics in its order, by short name."""


class Kind(StrEnum):
    """What is done, as far as roles, wording and first actions depend on it."""

    SCAN = "scan"
    ENUMERATION = "enumeration"
    BRUTE_FORCE = "brute_force"
    LOGIN = "login"
    EXPLOITATION = "exploitation"
    CREDENTIAL_THEFT = "credential_theft"
    INTERCEPTION = "interception"
    LATERAL_MOVEMENT = "lateral_movement"
    COPY = "copy"
    COLLECTION = "collection"
    DOWNLOAD = "download"
    COMMAND = "command_and_control"
    GENERATED_NAMES = "generated_names"
    TUNNEL = "tunnel"
    EXFILTRATION = "exfiltration"
    MINING = "mining"
    FLOOD = "flood"
    DESTRUCTION = "destruction"
    ACCOUNT_CHANGE = "account_change"
    EVASION = "evasion"
    ADMINISTRATION = "administration"
    CONTROL = "control"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How to read a finding.

    Attributes:
        tactic: ATT&CK tactic of the finding's first known technique.
        calls_out: ``True`` when the initiator is the victim, calling an end of the attacker;
            ``False`` when the initiator acts against the responder.
        gives_access: whether success puts the responder under the attacker's control.
    """

    kind: Kind
    tactic: str
    calls_out: bool = False
    gives_access: bool = False


def _against(kind: Kind, tactic: str, *, gives_access: bool = False) -> Behaviour:
    return Behaviour(kind=kind, tactic=tactic, gives_access=gives_access)


def _out(kind: Kind, tactic: str) -> Behaviour:
    return Behaviour(kind=kind, tactic=tactic, calls_out=True)


_COMMAND = _out(Kind.COMMAND, "command-and-control")
_EXFILTRATION = _out(Kind.EXFILTRATION, "exfiltration")
_TUNNEL = _out(Kind.TUNNEL, "command-and-control")
_ENUMERATION = _against(Kind.ENUMERATION, "discovery")
_SCAN = _against(Kind.SCAN, "discovery")
_STOLEN = _against(Kind.CREDENTIAL_THEFT, "credential-access")
_LATERAL = _against(Kind.LATERAL_MOVEMENT, "lateral-movement", gives_access=True)
_REMOTE_EXECUTION = _against(Kind.LATERAL_MOVEMENT, "execution", gives_access=True)
_COLLECTION = _against(Kind.COLLECTION, "collection")
_FLOOD = _against(Kind.FLOOD, "impact")
_CONTROL = _against(Kind.CONTROL, "impact")

TECHNIQUES: dict[str, Behaviour] = {
    "T1595": _against(Kind.SCAN, "reconnaissance"),
    "T1590": _against(Kind.SCAN, "reconnaissance"),
    "T1046": _SCAN,
    "T1018": _SCAN,
    "T1016": _ENUMERATION,
    "T1033": _ENUMERATION,
    "T1049": _ENUMERATION,
    "T1069": _ENUMERATION,
    "T1087": _ENUMERATION,
    "T1135": _ENUMERATION,
    "T1201": _ENUMERATION,
    "T1482": _ENUMERATION,
    "T1110": _against(Kind.BRUTE_FORCE, "credential-access", gives_access=True),
    "T1621": _against(Kind.BRUTE_FORCE, "credential-access", gives_access=True),
    "T1003": _STOLEN,
    "T1187": _STOLEN,
    "T1207": _STOLEN,
    "T1528": _STOLEN,
    "T1552": _STOLEN,
    "T1555": _STOLEN,
    "T1556": _STOLEN,
    "T1558": _STOLEN,
    "T1040": _against(Kind.INTERCEPTION, "credential-access"),
    "T1557": _against(Kind.INTERCEPTION, "credential-access"),
    "T1200": _against(Kind.INTERCEPTION, "initial-access"),
    "T1078": _against(Kind.LOGIN, "initial-access", gives_access=True),
    "T1133": _against(Kind.LOGIN, "initial-access", gives_access=True),
    "T1190": _against(Kind.EXPLOITATION, "initial-access", gives_access=True),
    "T1189": _out(Kind.DOWNLOAD, "initial-access"),
    "T1203": _out(Kind.DOWNLOAD, "execution"),
    "T1566": _out(Kind.DOWNLOAD, "initial-access"),
    "T1204": _out(Kind.DOWNLOAD, "execution"),
    "T1036": _out(Kind.DOWNLOAD, "defense-evasion"),
    "T1105": _out(Kind.DOWNLOAD, "command-and-control"),
    "T1047": _REMOTE_EXECUTION,
    "T1053": _REMOTE_EXECUTION,
    "T1059": _REMOTE_EXECUTION,
    "T1559": _REMOTE_EXECUTION,
    "T1569": _REMOTE_EXECUTION,
    "T1098": _against(Kind.ACCOUNT_CHANGE, "persistence"),
    "T1136": _against(Kind.ACCOUNT_CHANGE, "persistence"),
    "T1070": _against(Kind.EVASION, "defense-evasion"),
    "T1562": _against(Kind.EVASION, "defense-evasion"),
    "T1505": _against(Kind.EXPLOITATION, "persistence", gives_access=True),
    "T1543": _against(Kind.LATERAL_MOVEMENT, "persistence", gives_access=True),
    "T1021": _LATERAL,
    "T1072": _LATERAL,
    "T1550": _LATERAL,
    # A login at the controller with a stolen hash: what it then opens is not the controller.
    "T1550.002": _against(Kind.LOGIN, "lateral-movement"),
    "T1563": _LATERAL,
    "T1210": _against(Kind.EXPLOITATION, "lateral-movement", gives_access=True),
    "T1570": _against(Kind.COPY, "lateral-movement", gives_access=True),
    "T1005": _COLLECTION,
    "T1039": _COLLECTION,
    "T1074": _COLLECTION,
    "T1114": _COLLECTION,
    "T1119": _COLLECTION,
    "T1213": _COLLECTION,
    "T1560": _COLLECTION,
    "T1001": _COMMAND,
    "T1008": _COMMAND,
    "T1071": _COMMAND,
    "T1071.004": _TUNNEL,
    "T1090": _COMMAND,
    "T1095": _COMMAND,
    "T1102": _COMMAND,
    "T1104": _COMMAND,
    "T1132": _COMMAND,
    "T1205": _COMMAND,
    "T1219": _COMMAND,
    "T1568": _COMMAND,
    "T1568.002": _out(Kind.GENERATED_NAMES, "command-and-control"),
    "T1571": _COMMAND,
    "T1572": _TUNNEL,
    "T1573": _COMMAND,
    "T1011": _EXFILTRATION,
    "T1020": _EXFILTRATION,
    "T1029": _EXFILTRATION,
    "T1030": _EXFILTRATION,
    "T1041": _EXFILTRATION,
    "T1048": _EXFILTRATION,
    "T1537": _EXFILTRATION,
    "T1567": _EXFILTRATION,
    "T1496": _out(Kind.MINING, "impact"),
    "T1498": _FLOOD,
    "T1499": _FLOOD,
    "T1485": _against(Kind.DESTRUCTION, "impact", gives_access=True),
    "T1486": _against(Kind.DESTRUCTION, "impact", gives_access=True),
    "T1489": _against(Kind.DESTRUCTION, "impact", gives_access=True),
    "T0836": _CONTROL,
    "T0843": _CONTROL,
    "T0855": _CONTROL,
    "T0858": _CONTROL,
}
"""Technique (or sub-technique, which wins) -> how to read it."""

_BY_PREFIX: dict[str, Behaviour] = {
    "recon": _SCAN,
    "scan": _SCAN,
    "discovery": _SCAN,
    "credential": TECHNIQUES["T1110"],
    "brute": TECHNIQUES["T1110"],
    "access": TECHNIQUES["T1110"],
    "collection": _COLLECTION,
    "lateral": _LATERAL,
    "c2": _COMMAND,
    "dns": _TUNNEL,
    "exfil": _EXFILTRATION,
    "impact": _FLOOD,
    "l2": TECHNIQUES["T1557"],
}
"""First word of a detector's id -> how to read it when it names no known technique."""

_UNKNOWN = _against(Kind.OTHER, "")
_ADMINISTRATION = _against(Kind.ADMINISTRATION, "persistence")


def read(finding: Finding) -> Behaviour:
    """How to read a finding: by its first known technique, else by its detector's name.

    Calls of administration have techniques of many kinds and one reading: an account was used to
    change rights, logs and data, of no host that stands at the other end.
    """
    if finding.facts.get("behaviour") == Kind.ADMINISTRATION:
        return _ADMINISTRATION
    if "T1572" in finding.techniques:
        return _TUNNEL  # whatever protocol is named first, what it carries is hidden in it
    for technique in finding.techniques:
        behaviour = _of(technique)
        if behaviour is not _UNKNOWN:
            return behaviour
    return _BY_PREFIX.get(finding.detector.partition("_")[0], _UNKNOWN)


def _of(technique: str) -> Behaviour:
    return TECHNIQUES.get(technique) or TECHNIQUES.get(technique.partition(".")[0]) or _UNKNOWN
