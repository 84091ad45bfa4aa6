"""The catalogue of measures: what can be done, by whom, in which order, and how it is taken back.

Identifiers: MITRE D3FEND 1.0, RE&CT (ATC project), mitigations of MITRE ATT&CK; lines are those of
IRM-5. An empty one means that the catalogue in question has none that says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Reversibility(StrEnum):
    """Whether a measure can be taken back so that nothing is left of it."""

    REVERSIBLE = "reversible"
    BEST_EFFORT = "best effort"
    IRREVERSIBLE = "irreversible"


class Stage(IntEnum):
    """When a measure is due; what a later one would destroy comes before it."""

    PRESERVE = 1
    WATCH = 2
    CUT = 3
    ISOLATE = 4
    ACCOUNTS = 5
    TELL = 6


@dataclass(frozen=True, kw_only=True)
class MeasureKind:
    """One row of the catalogue.

    Attributes:
        verb: how the title of such a measure begins.
        line: of the sheet.
        d3fend: MITRE D3FEND technique.
        react: RE&CT response action.
        mitigation: of ATT&CK.
        by_person: whether a person does it when no device can.
        visible_to_attacker: whether he notices; such measures wait while a case is worked on
            discreetly, until all of them can be done at once.
    """

    verb: str
    line: str
    stage: Stage
    d3fend: str = ""
    react: str = ""
    mitigation: str = ""
    reversibility: Reversibility = Reversibility.REVERSIBLE
    by_person: bool = False
    visible_to_attacker: bool = True

    @property
    def is_strategic(self) -> bool:
        """Whether it is for strategic issues only (line C9): the crisis cell unlocks it."""
        return self.line.startswith("C9")


_CUT = Stage.CUT
_FILTER = "M1037"

KINDS: Mapping[str, MeasureKind] = {
    "pair": MeasureKind(
        verb="Cut", line="C7", stage=_CUT, d3fend="D3-NTF", react="RA3108", mitigation=_FILTER,
    ),
    "service": MeasureKind(
        verb="Block", line="C7", stage=_CUT, d3fend="D3-OTF", react="RA3107", mitigation=_FILTER,
    ),
    "address": MeasureKind(
        verb="Block", line="C7", stage=_CUT, d3fend="D3-OTF", react="RA3101", mitigation=_FILTER,
    ),
    "neighbourhood": MeasureKind(
        verb="Block", line="C7", stage=_CUT, d3fend="D3-OTF", react="RA3101", mitigation=_FILTER,
    ),
    "client": MeasureKind(
        verb="Block", line="C7", stage=_CUT, d3fend="D3-NTF", react="RA3111", mitigation="M1031",
    ),
    "name": MeasureKind(
        verb="Block the name", line="C7", stage=_CUT, d3fend="D3-DNSDL", react="RA3103",
        mitigation="M1021",
    ),
    "end_connections": MeasureKind(
        verb="End open connections of", line="C6", stage=_CUT, d3fend="D3-ST",
        reversibility=Reversibility.IRREVERSIBLE, by_person=True,
    ),
    "slow": MeasureKind(verb="Slow down", line="C5", stage=_CUT, d3fend="D3-NTF"),
    "pin": MeasureKind(
        verb="Leave to known clients only", line="C5", stage=_CUT, d3fend="D3-ITF",
        mitigation="M1035",
    ),
    "geo": MeasureKind(
        verb="Limit by country", line="C5", stage=_CUT, d3fend="D3-ITF", mitigation="M1035",
        by_person=True,
    ),
    "mfa": MeasureKind(
        verb="Ask for a second factor at", line="C5", stage=Stage.ACCOUNTS, d3fend="D3-MFA",
        mitigation="M1032", by_person=True,
    ),
    "protect_store": MeasureKind(
        verb="Close confidential data to", line="C9c", stage=_CUT, d3fend="D3-NTF",
        react="RA3108", mitigation="M1035", by_person=True,
    ),
    "quarantine": MeasureKind(
        verb="Put on the quarantine list", line="C9b", stage=Stage.ISOLATE, d3fend="D3-NI",
        react="RA3102", mitigation="M1030",
    ),
    "isolate_host": MeasureKind(
        verb="Isolate", line="C4", stage=Stage.ISOLATE, d3fend="D3-NI", react="RA3102",
        mitigation="M1030", by_person=True,
    ),
    "isolate_area": MeasureKind(
        verb="Disconnect zone", line="C3", stage=Stage.ISOLATE, d3fend="D3-BDI",
        mitigation="M1030", by_person=True,
    ),
    "capture_memory": MeasureKind(
        verb="Copy the memory of", line="I19", stage=Stage.PRESERVE, by_person=True,
        reversibility=Reversibility.IRREVERSIBLE, visible_to_attacker=False,
    ),
    "verbose_logging": MeasureKind(
        verb="Log more around", line="C9f", stage=Stage.WATCH,
        mitigation="M1047", by_person=True, visible_to_attacker=False,
    ),
    "disable_account": MeasureKind(
        verb="Disable", line="C6", stage=Stage.ACCOUNTS, d3fend="D3-AL", react="RA3601",
        mitigation="M1036", by_person=True,
    ),
    "revoke_sessions": MeasureKind(
        verb="Revoke sessions and tickets of", line="C6", stage=Stage.ACCOUNTS, d3fend="D3-CR",
        react="RA4601", mitigation="M1018", reversibility=Reversibility.IRREVERSIBLE,
        by_person=True,
    ),
    "notice": MeasureKind(
        verb="Tell", line="C9e", stage=Stage.TELL, mitigation="M1017",
        reversibility=Reversibility.IRREVERSIBLE, by_person=True,
    ),
}  # fmt: skip
"""Key of a measure's ``kind`` -> what is known of all such measures."""

STRATEGIC = frozenset(key for key, kind in KINDS.items() if kind.is_strategic)
"""Kinds that are locked while a strategic issue waits for the word of the crisis cell (C1)."""
