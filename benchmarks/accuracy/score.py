"""Who is right: findings and alarms against the truth of a capture."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.accuracy.evaluate import Result
from benchmarks.accuracy.truth import Labelled
from netcordon.model.finding import Finding
from netcordon.model.severity import Severity


def names_ends(ends: Iterable[str], names: Iterable[str], truth: Labelled) -> bool:
    """Whether an attacker or command server is named and, where victims are known, one of them."""
    shown = set(ends)
    domains = {name.lower().rstrip(".") for name in names}
    is_hit = bool(shown & truth.hit_ends)
    if not (truth.bad_ends or truth.bad_names):
        return is_hit
    is_bad = bool(shown & truth.bad_ends) or any(
        name == bad or name.endswith("." + bad) for name in domains for bad in truth.bad_names
    )
    return is_bad and (is_hit or not truth.hit_ends)


def finding_names(finding: Finding, truth: Labelled) -> bool:
    """Whether a finding names the true ends."""
    return names_ends((*finding.src_ips, *finding.dst_ips), finding.dst_names, truth)


def worst(result: Result) -> Severity | None:
    """The highest severity of any finding."""
    return max((f.severity for f in result.findings), key=lambda s: s.rank, default=None)


def raised(result: Result) -> list[Finding]:
    """Findings that ask somebody to look: medium and above."""
    return [f for f in result.findings if f.severity.rank >= Severity.MEDIUM.rank]


def is_found(result: Result) -> bool:
    """Whether any finding asks somebody to look."""
    return bool(raised(result))


def is_named(result: Result) -> bool:
    """Whether such a finding names the true ends; where none are known, whether there is one."""
    if not result.truth.knows_ends:
        return is_found(result)
    return any(finding_names(f, result.truth) for f in raised(result))


def is_false_alarm(result: Result) -> bool:
    """Whether somebody is called at night for a benign capture: high and above."""
    top = worst(result)
    return result.truth.malicious is False and top is not None and top.rank >= Severity.HIGH.rank


def technique_named(result: Result, technique: str) -> bool:
    """Whether a finding that asks somebody to look bears the technique, its parent or a child."""
    wanted = technique.split(".")[0]
    return any(t.split(".")[0] == wanted for f in raised(result) for t in f.techniques)


def finding_is_right(finding: Finding, truth: Labelled) -> bool | None:
    """Whether a finding is true of its capture; ``None`` where the truth does not tell."""
    if truth.malicious is False:
        return False
    if truth.malicious and truth.knows_ends:
        return finding_names(finding, truth)
    return None
