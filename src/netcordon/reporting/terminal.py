"""The answer on one screen: what happened, who is hit, what to do first, how far to trust it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from netcordon.model.casework import SetAside
from netcordon.model.document import Document
from netcordon.model.evidence import Grade
from netcordon.model.finding import Finding
from netcordon.model.incident import Channel, Incident
from netcordon.model.quantity import count_text, window_text
from netcordon.reporting.visible import visible

SCREEN_LINES = 40
_LABEL = 10
_SGR = {
    "critical": "1;37;41", "high": "1;31", "medium": "1;33", "low": "36", "informational": "2",
    "good": "32", "limited": "33", "poor": "1;31", "strong": "1", "muted": "2",
}  # fmt: skip


def terminal_summary(
    document: Document, width: int = 100, *, colour: bool = False, detail: int = 0
) -> str:
    """The summary as text that ends in a line feed.

    Args:
        document: what to summarise.
        width: columns of the terminal; no line is longer (at least 40).
        colour: whether to use ANSI colours; never the only sign of anything.
        detail: 0 fits one screen, 1 adds a line a finding, 2 their terms as well.
    """
    width = max(width, 40)
    for most in (6, 5, 4, 3, 2, 1):
        lines = _Screen(width, colour).summary(document, most)
        if len(lines) <= SCREEN_LINES:
            break
    if detail:
        end = _Screen(width, colour)
        end.findings(document.findings, terms=detail > 1)
        lines += end.lines
    return "\n".join(lines) + "\n"


class _Screen:
    """Lines of one summary; every text passes ``visible`` before it comes here."""

    def __init__(self, width: int, colour: bool) -> None:
        self.lines: list[str] = []
        self._width = width
        self._colour = colour

    def summary(self, document: Document, most: int) -> list[str]:
        """The whole summary with at most ``most`` entries a list."""
        word, tone = document.headline()
        self._put("", [_cut(document.verdict, 120 * most)], head=(visible(word.upper()), tone))
        self._put("When", [window_text(document.first_time, document.last_time)])
        self._trust(document, most)
        if document.crisis:
            self._put("Crisis", [_cut(s, 200) for s in document.crisis])
        incidents = document.worst_first()
        for number, incident in enumerate(incidents[:most], 1):
            self.lines.append("")
            self._incident(number, incident, document.verdict, most)
        if len(incidents) > most:
            self._put(
                "", [f"and {count_text(len(incidents) - most, 'more incident')} in the report"]
            )
        self.lines.append("")
        if not incidents:
            self._silence(document)
        counted = (
            f"{count_text(len(document.findings), 'finding')}, "
            f"{count_text(len(document.indicators), 'indicator')}, "
            f"{count_text(len(document.hosts), 'host')}"
        )
        self._put("Found", [counted])
        if document.set_aside:
            self._put("Set aside", [_aside(document.set_aside)])
        if document.not_seen:
            shown = [_cut(s, 160) for s in document.not_seen[: min(most, 2)]]
            if len(document.not_seen) > len(shown):
                shown.append(f"and {len(document.not_seen) - len(shown):,} more in the report")
            self._put("Not seen", shown)
        if document.report_path:
            self._put("Report", [visible(document.report_path, limit=1000)])
        self._put("Handling", [document.tlp.value])
        return self.lines

    def _trust(self, document: Document, most: int) -> None:
        order = list(Grade)
        held = {item.id: item for item in document.evidence}
        empty = {id_ for id_, item in held.items() if not item.records}
        # What holds nothing says nothing about the rest, unless there is no rest.
        worst = sorted(
            document.capture_quality,
            key=lambda q: (q.evidence_id in empty, -order.index(q.grade)),
        )
        if not worst:
            self._put("Trust", ["the quality of the evidence was not assessed"])
            return
        summary = _cut(worst[0].summary, 100 * most)
        if len(worst) > 1 and worst[0].evidence_id in held:
            name = held[worst[0].evidence_id].path.rstrip("/").rpartition("/")[2]
            summary = f"{_cut(name, 60)}: {summary}"
        self._put("Trust", [summary], head=(worst[0].grade.value, worst[0].grade.value))
        if len(worst) > 1:
            grades = [q.grade for q in worst if q.evidence_id not in empty]
            counts = [f"{grades.count(g)} {g.value}" for g in reversed(order) if g in grades]
            counts += [f"{len(worst) - len(grades)} empty"] if len(grades) < len(worst) else []
            told = f"all {worst[0].grade.value}" if len(counts) == 1 else ", ".join(counts)
            self._put("", [f"worst of {len(worst):,} pieces of evidence: {told}"])

    def _silence(self, document: Document) -> None:
        ran = [c.title for c in document.checks if c.skipped is None]
        skipped = [c.title for c in document.checks if c.skipped is not None]
        if ran:
            self._put("Looked for", [_listed(ran, 12)])
        if skipped:
            self._put("Not tried", [_listed(skipped, 8)])

    def _incident(self, number: int, incident: Incident, verdict: str, most: int) -> None:
        said = verdict.startswith(incident.title.rstrip("."))
        title = "as above" if said else _cut(incident.title, 160)
        head = (f"{number} {incident.severity.value.upper()}", incident.severity.value)
        self._put("", [f"{title} ({incident.confidence:.0%} sure)"], head=head)
        if number > 1:  # the screen belongs to the worst; the others are in the report
            most = 1
        self._put(
            "Victims",
            _some([p.label() + f", {p.role.replace('_', ' ')}" for p in incident.victims], most),
        )
        if number == 1:
            self._put("Channels", _some(_channels(incident.channels), most))
        actions = [f"{n}. {a}" for n, a in enumerate(incident.first_actions, 1)]
        self._put("Do first", _some(actions, most), look="strong")

    def findings(self, findings: Iterable[Finding], *, terms: bool) -> None:
        """A line for each finding, and one for each of its terms."""
        ordered = sorted(findings, key=lambda f: (-f.severity.rank, -f.confidence, f.id))
        for finding in ordered:
            self.lines.append("")
            where = f"{finding.detector}, {finding.confidence:.0%} sure, {finding.id}"
            head = (finding.severity.value.upper(), finding.severity.value)
            self._put("", [f"{_cut(finding.title, 240)} ({visible(where)})"], head=head)
            if terms:
                said = [f"{t.contribution:+.2f}  {n}: {t.value}" for n, t in finding.terms.items()]
                self._put("", _some(said, 30))

    def _put(
        self, label: str, texts: list[str], *, head: tuple[str, str] | None = None, look: str = ""
    ) -> None:
        """Texts under each other beside a label; ``head`` is a coloured word before the first."""
        for index, text in enumerate(texts):
            lead = head[0] + "  " if head and index == 0 else ""
            wrapped = _wrap(lead + text, self._width - _LABEL - 1)
            for row, line in enumerate(wrapped):
                margin = (label if index == row == 0 else "").ljust(_LABEL)
                shown = line.rstrip()
                if row == 0 and head and lead:
                    shown = self._paint(head[0], head[1]) + shown[len(head[0]) :]
                elif look:
                    shown = self._paint(shown, look)
                self.lines.append(f"{self._paint(margin, 'muted')} {shown}".rstrip())

    def _paint(self, text: str, look: str) -> str:
        code = _SGR.get(look)
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and code and text.strip() else text


def _channels(channels: Iterable[Channel]) -> list[str]:
    """One line for each pair of ends and purpose, with all its ports."""
    ports: dict[tuple[str, str, str], list[str]] = {}
    for c in channels:
        name = f" ({c.dst_name})" if c.dst_name else ""
        port = f"{c.protocol}/{c.port}" if c.port is not None else c.protocol
        ports.setdefault((c.src, f"{c.dst}{name}", c.purpose), []).append(port)
    return [
        f"{src} → {dst} {_listed(at, 4)}: {purpose}" for (src, dst, purpose), at in ports.items()
    ]


def _aside(found: Iterable[SetAside]) -> str:
    """Who keeps how many findings from counting: nothing disappears in silence."""
    counts: dict[str, int] = {}
    for each in found:
        said = f"{each.by} ({each.who})"
        counts[said] = counts.get(said, 0) + 1
    by = _listed([f"{count} by {said}" for said, count in counts.items()], 4)
    return f"{count_text(sum(counts.values()), 'finding')}: {by}"


def _cut(text: str, limit: int) -> str:
    return visible(text, limit=limit)


def _listed(names: list[str], most: int) -> str:
    left = len(names) - most
    return ", ".join(_cut(n, 60) for n in names[:most]) + (f" and {left} more" if left > 0 else "")


def _some(texts: list[str], most: int) -> list[str]:
    shown = [_cut(t, 280) for t in texts[:most]]
    return shown + ([f"and {len(texts) - most:,} more"] if len(texts) > most else [])


def cells(text: str) -> int:
    """Columns a visible text takes on a terminal; wide characters take two, marks none."""
    return sum(
        0
        if unicodedata.category(c) in ("Mn", "Me")
        else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns, broken at spaces where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        line = word
        while cells(line) > width:
            cut = next(i for i in range(len(line), 0, -1) if cells(line[:i]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line] if line or not lines else lines
