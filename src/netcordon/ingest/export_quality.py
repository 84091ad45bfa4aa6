"""How far conclusions from reported flows can be trusted: sampled, lost, cut or coarse."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.model.evidence import Defect

KINDS = ("netflow", "ipfix", "sflow", "nfcapd")
"""What the names of an exporter's facts begin with."""
_LOST, _LOST_POOR = 0.001, 0.1
_SAMPLED_POOR = 1000

WORDS = {
    "reported": "flows as devices report them", "sampled": "sampled flows",
    "lost_exports": "reports of flows lost", "one_sided_exports": "flows of one direction",
    "export_clock": "exporters whose clocks differ",
}  # fmt: skip
"""How a defect is called in a sentence."""


def judge_exports(facts: Mapping[str, object]) -> list[tuple[Defect, bool]]:
    """Defects of the flows that exporters reported, and whether each spoils the evidence.

    Args:
        facts: of the evidence; of other evidence nothing follows.
    """
    found: list[tuple[Defect, bool]] = []
    records = sum(_number(facts, f"{kind}_records") for kind in KINDS)
    if not records:
        return found
    found.append((_reported(facts, records), False))
    rate = max(_number(facts, f"largest_{kind}_sampling") for kind in KINDS)
    if rate > 1:
        what = f"Exporters count one packet in {rate:,.0f}."
        then = (
            "Short flows are mostly missing and counters are those of the sample; that a direction "
            "is not reported means nothing, and volumes are lower bounds."
        )
        found.append((_defect("sampled", what, then), rate >= _SAMPLED_POOR))
    found += _lost(facts, records)
    sided = sum(_number(facts, f"{kind}_one_sided_exporters") for kind in KINDS)
    if sided:
        what = f"{_exporters(sided)} one direction of connections only."
        then = "Whether attempts succeeded, and volumes back, are unknown for these flows."
        found.append((_defect("one_sided_exports", what, then), False))
    off = sum(_number(facts, f"{kind}_clock_off") for kind in KINDS)
    if off:
        has = "exporter has a clock" if off == 1 else "exporters have clocks"
        what = f"{off:,.0f} {has} more than 5 s off that of the capture."
        then = "Reported flows have the exporter's time: compare with other evidence by that clock."
        found.append((_defect("export_clock", what, then), False))
    return found


def _reported(facts: Mapping[str, object], records: float) -> Defect:
    active = max(_number(facts, f"largest_{kind}_active_timeout_s") for kind in KINDS)
    what = (
        f"{records:,.0f} records of flows were reported by devices: no payload, names, TTL or "
        "rhythm within a flow, and payload bytes are estimated from counters"
        + (f"; flows that last are cut after {active:,.0f} s and were joined." if active else ".")
    )
    then = "What rests on these is not assessed; two connections on the same ports may be one row."
    return _defect("reported", what, then)


def _lost(facts: Mapping[str, object], records: float) -> list[tuple[Defect, bool]]:
    found = []
    then = "Flows are missing anywhere: counts are lower bounds, silence proves nothing."
    lost = sum(_number(facts, f"{kind}_lost_records") for kind in KINDS)
    share = lost / (lost + records)
    if share >= _LOST:
        what = f"{lost:,.0f} records that exporters sent did not arrive ({share:.1%})."
        found.append((_defect("lost_exports", what, then, share), share >= _LOST_POOR))
    datagrams = sum(_number(facts, f"{kind}_lost_datagrams") for kind in KINDS)
    if datagrams:
        what = f"{datagrams:,.0f} datagrams that exporters sent did not arrive."
        found.append((_defect("lost_exports", what, then), False))
    failures = _number(facts, "sequence_failures")
    if failures:
        what = f"The collector counted {failures:,.0f} gaps in the numbers of the exporters."
        found.append((_defect("lost_exports", what, then), False))
    return found


def _exporters(count: float) -> str:
    return f"{count:,.0f} exporter{' reports' if count == 1 else 's report'}"


def _number(facts: Mapping[str, object], name: str) -> float:
    value = facts.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _defect(name: str, what: str, then: str, share: float | None = None) -> Defect:
    rounded = None if share is None else round(share, 6)
    return Defect(name=name, share=rounded, what=what, consequence=then)
