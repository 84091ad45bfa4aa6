"""The accuracy page: tables in Markdown, losses included."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.accuracy.calibration import bins, brier
from benchmarks.accuracy.evaluate import Result
from benchmarks.accuracy.intervals import bootstrap, rate, share
from benchmarks.accuracy.peers import PEERS
from benchmarks.accuracy.score import (
    finding_is_right,
    is_false_alarm,
    is_found,
    is_named,
    names_ends,
    raised,
    technique_named,
    worst,
)
from netcordon.model.severity import Severity

_Parts = list[tuple[float, float]]


def page(results: Sequence[Result]) -> str:
    """Everything, as one Markdown text."""
    return "\n".join(
        [
            "# Accuracy on labelled recordings",
            "",
            f"{len(results)} recordings. *Found*: a finding of at least medium severity. *Ends "
            "named*: such a finding names an attacker or command server of the truth and, where it "
            "knows victims, one of them. *False alarm*: a high or critical finding on a benign "
            "recording. In brackets 95 % bootstrap intervals over recordings; counts alone where "
            "there are fewer than 30.",
            "",
            *_groups(results),
            *_techniques(results),
            *_alarms(results),
            *_precision(results),
            *_calibration(results),
            *_peers(results),
            *_lists(results),
        ]
    )


def _bad(results: Sequence[Result]) -> list[Result]:
    return [r for r in results if r.truth.malicious]


def _good(results: Sequence[Result]) -> list[Result]:
    return [r for r in results if r.truth.malicious is False]


def _of(results: Sequence[Result], test: Callable[[Result], bool]) -> _Parts:
    return [(float(test(r)), 1.0) for r in results]


def _groups(results: Sequence[Result]) -> list[str]:
    lines = [
        "## By group",
        "",
        "| group | malicious | found | ends named (or none known) | benign | false alarms "
        "| medium on benign | failed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for group in [*sorted({r.truth.group for r in results}), "all"]:
        rows = [r for r in results if group in ("all", r.truth.group)]
        bad, good = _bad(rows), _good(rows)
        lines.append(
            f"| {group} | {len(bad)} | {share(_of(bad, is_found))} | {share(_of(bad, is_named))} "
            f"| {len(good)} | {share(_of(good, is_false_alarm))} "
            f"| {sum(worst(r) is Severity.MEDIUM for r in good)} "
            f"| {sum(r.failure is not None for r in rows)} |"
        )
    return [*lines, ""]


def _techniques(results: Sequence[Result]) -> list[str]:
    lines = [
        "## By technique",
        "",
        "| ATT&CK | captures | found, ends named | technique itself named |",
        "|---|--:|--:|--:|",
    ]
    bad = _bad(results)
    for technique in sorted({t for r in bad for t in r.truth.techniques}):
        rows = [r for r in bad if technique in r.truth.techniques]
        named = [(float(technique_named(r, technique)), 1.0) for r in rows]
        lines.append(
            f"| {technique} | {len(rows)} | {share(_of(rows, is_named))} | {share(named)} |"
        )
    return [*lines, ""]


def _alarms(results: Sequence[Result]) -> list[str]:
    good = _good(results)
    lines = [
        "## False alarms on benign captures",
        "",
        f"{len(good)} captures, {sum(r.host_days for r in good):,} host-days (an address that sent "
        "packets, a day on which it did).",
        "",
        "| severity | findings | a capture | a host-day |",
        "|---|--:|--:|--:|",
    ]
    for severity in (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW):
        counts = [float(sum(f.severity is severity for f in r.findings)) for r in good]
        a_capture = [(n, 1.0) for n in counts]
        a_day = [(n, float(r.host_days)) for n, r in zip(counts, good, strict=True)]
        lines.append(
            f"| {severity} | {sum(counts):g} | {rate(a_capture)} | {rate(a_day)} |",
        )
    return [*lines, ""]


def _precision(results: Sequence[Result]) -> list[str]:
    lines = [
        "## Precision by detector",
        "",
        "Findings of at least medium severity: right when they name the true ends, wrong on benign "
        "captures and when they name others. A truth often lists the main ends only, so this is a "
        "lower bound.",
        "",
        "| detector | right | of them on benign captures |",
        "|---|--:|--:|",
    ]
    detectors = sorted({f.detector for r in results for f in raised(r)})
    for detector in [*detectors, "all"]:
        parts: _Parts = []
        benign = 0
        for result in results:
            of = [f for f in raised(result) if detector in ("all", f.detector)]
            rights = [right for f in of if (right := finding_is_right(f, result.truth)) is not None]
            benign += len(of) if result.truth.malicious is False else 0
            if rights:
                parts.append((float(sum(rights)), float(len(rights))))
        lines.append(f"| {detector} | {share(parts)} | {benign} |")
    return [*lines, ""]


def _calibration(results: Sequence[Result]) -> list[str]:
    score = brier(results)
    if score is None:
        return []
    lines = [
        "## Calibration of confidence",
        "",
        f"Findings above informational whose truth is known. Brier score {score:.3f} (0 is "
        "perfect, 0.25 is a coin's).",
        "",
        "| confidence | findings | mean said | right |",
        "|---|--:|--:|--:|",
    ]
    for part in bins(results):
        low, high = bootstrap(part.parts)
        right = (
            f"{100 * part.right:.0f} % ({100 * low:.0f}-{100 * high:.0f})"
            if part.count >= 30
            else f"{part.right * part.count:.0f}"
        )
        lines.append(
            f"| {part.low:.2f} to {part.high:.2f} | {part.count} | {part.mean_confidence:.2f} "
            f"| {right} |"
        )
    return [*lines, ""]


def _peers(results: Sequence[Result]) -> list[str]:
    judged = [r for r in results if r.alarms]
    if not judged:
        return []
    bad, good = _bad(judged), _good(judged)
    ours = (share(_of(bad, is_found)), share(_of(bad, is_named)))
    falsely = (share(_of(good, is_found)), share(_of(good, is_false_alarm)))
    lines = [
        "## Beside others, on the same captures",
        "",
        "| | malicious: raised | ends named (or none known) | benign: raised | could not judge |",
        "|---|--:|--:|--:|--:|",
        f"| netcordon, medium and above | {ours[0]} | {ours[1]} | {falsely[0]} | 0 |",
        f"| netcordon, high and above | {share(_of(bad, _is_high))} | | {falsely[1]} | 0 |",
    ]
    for peer in PEERS:
        if not any(peer in r.alarms for r in judged):
            lines.append(f"| {peer} | not installed | | | |")
            continue
        raising, naming = partial(_peer_raises, peer), partial(_peer_names, peer)
        lines.append(
            f"| {peer} | {share(_of(bad, raising))} | {share(_of(bad, naming))} "
            f"| {share(_of(good, raising))} "
            f"| {sum(r.alarms[peer].failure is not None for r in judged)} |"
        )
    losses = []
    for result in bad:
        better = [peer for peer in result.alarms if _peer_names(peer, result)]
        if better and not is_named(result):
            truth = result.truth
            losses.append(f"- `{truth.group}/{truth.path.name}`: {', '.join(better)}")
    said = f"Malicious captures that a peer names and netcordon does not: {len(losses)}"
    return [*lines, "", said, "", *losses, ""]


def _is_high(result: Result) -> bool:
    top = worst(result)
    return top is not None and top.rank >= Severity.HIGH.rank


def _peer_raises(peer: str, result: Result) -> bool:
    return result.alarms[peer].count > 0


def _peer_names(peer: str, result: Result) -> bool:
    alarm = result.alarms[peer]
    if not result.truth.knows_ends:
        return alarm.count > 0
    return names_ends(alarm.ends, (), result.truth)


def _lists(results: Sequence[Result]) -> list[str]:
    bad, good = _bad(results), _good(results)
    lines = []
    for heading, chosen in (
        ("Missed (no finding of at least medium severity)", [r for r in bad if not is_found(r)]),
        ("Found, true ends not named", [r for r in bad if is_found(r) and not is_named(r)]),
        ("False alarms", [r for r in good if is_false_alarm(r)]),
        ("Medium on benign", [r for r in good if worst(r) is Severity.MEDIUM]),
        ("Failed", [r for r in results if r.failure]),
    ):
        lines += [f"## {heading}: {len(chosen)}", ""]
        lines += [f"- `{r.truth.group}/{r.truth.path.name}`: {_why(r)}" for r in chosen]
        lines.append("")
    return lines


def _why(result: Result) -> str:
    if result.failure:
        return result.failure
    said = "; ".join(f"{f.severity} {f.detector}: {f.title}" for f in result.findings[:3])
    return f"{result.truth.label or 'unlabelled'}" + (f" ({said})" if said else "")
