"""The parts of ``netcordon.toml`` about who decides: ``[approvals]`` and ``[crisis]``."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.casefile.entries import Entry
from netcordon.model.crisis import STRATEGIC_TAGS, CrisisRules
from netcordon.model.plan import Posture
from netcordon.model.severity import Severity

TEMPLATE = """\

# Whose approvals count: with true, only of those whom somebody known vouches for.
# [approvals]
# vouched = true

# What calls the crisis cell; any one is enough. Measures of line C9 then wait for the CISO.
# [crisis]
# tags = ["strategic", "directory"]   # a host in scope is an asset with one of these tags
# hosts = 20                          # so many hosts of ours are hit
# severity = "critical"               # an incident is as severe
# posture = "fast"                    # or "discreet": as if nothing had been noticed
# sitrep_every_min = 120              # minutes between reports on the situation
"""

APPROVAL_KEYS = ("vouched",)
KEYS = ("tags", "hosts", "severity", "posture", "sitrep_every_min")


def read_crisis(values: Mapping[str, object]) -> CrisisRules:
    """The rules as declared.

    Raises:
        WrongKeyError: at the first key that cannot be used.
    """
    section = values.get("crisis", {})
    entry = Entry("crisis", 1, section if isinstance(section, dict) else {})
    entry.check_keys(KEYS)
    default = CrisisRules()
    return CrisisRules(
        tags=tuple(t.lower() for t in entry.texts("tags")) if entry.has("tags") else STRATEGIC_TAGS,
        hosts=entry.whole("hosts", 1, 1_000_000) if entry.has("hosts") else None,
        severity=_severity(entry),
        posture=_posture(entry) or default.posture,
        sitrep_every_min=entry.whole("sitrep_every_min", 5, 10_080)
        if entry.has("sitrep_every_min")
        else default.sitrep_every_min,
    )


def read_vouched_only(values: Mapping[str, object]) -> bool:
    """Whether only people whom others vouch for approve.

    Raises:
        WrongKeyError: it is neither true nor false.
    """
    section = values.get("approvals", {})
    entry = Entry("approvals", 1, section if isinstance(section, dict) else {})
    return entry.flag("vouched", default=False)


def _severity(entry: Entry) -> Severity | None:
    text = entry.text("severity").lower()
    if text and text not in set(Severity):
        raise entry.wrong("severity", f"{text!r} is none of {', '.join(Severity)}")
    return Severity(text) if text else None


def _posture(entry: Entry) -> Posture | None:
    text = entry.text("posture").lower()
    if text and text not in set(Posture):
        raise entry.wrong("posture", f"{text!r} is none of {', '.join(Posture)}")
    return Posture(text) if text else None
