"""What became of every line: read, comment, or refused with a reason."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from netcordon.model.evidence import IngestWarning
from netcordon.model.parser import RowSink

_MOST_REASONS = 32
_OTHER = "other reasons"


class Tally:
    """Counts lines. In the end ``lines == read + comments + sum(refused.values())``.

    Attributes:
        lines: of the log, blank ones and comments among them.
        read: lines that became rows.
        comments: lines that say nothing of traffic: blank ones, headers, remarks.
        refused: reason -> lines that could not be read.
    """

    SAMPLE_BYTES: ClassVar[int] = 512
    SAMPLES_A_REASON: ClassVar[int] = 5

    def __init__(self) -> None:
        self.lines = 0
        self.read = 0
        self.comments = 0
        self.refused: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._samples: dict[str, list[tuple[int, str]]] = {}

    def refuse_text(self, reason: str, number: int, text: bytes) -> None:
        """Refuse one line; the first few of each reason are kept.

        Args:
            reason: closed vocabulary of the parser, a few words.
            number: of the line.
            text: of the line, hostile; cut to ``SAMPLE_BYTES``.
        """
        if reason not in self.refused and len(self.refused) >= _MOST_REASONS:
            reason = _OTHER
        self.refused[reason] += 1
        self._first[reason] = min(number, self._first.get(reason, number))
        samples = self._samples.setdefault(reason, [])
        if len(samples) < self.SAMPLES_A_REASON:
            samples.append((number, text[: self.SAMPLE_BYTES].decode(errors="replace")))

    def wants_sample(self, reason: str) -> bool:
        """Whether the text of another line refused for this reason would be kept."""
        return len(self._samples.get(reason, ())) < self.SAMPLES_A_REASON

    def refuse_more(self, reason: str, count: int) -> None:
        """Refuse lines whose texts are not kept any more."""
        self.refused[reason if reason in self.refused else _OTHER] += count

    def take(self, part: Tally) -> None:
        """Add what became of the lines that follow."""
        self.lines += part.lines
        self.read += part.read
        self.comments += part.comments
        for reason, count in part.refused.items():
            is_kept = reason in self.refused or len(self.refused) < _MOST_REASONS
            name = reason if is_kept else _OTHER
            self.refused[name] += count
            first = part._first.get(reason)
            if first is not None:
                self._first[name] = min(first, self._first.get(name, first))
            samples = self._samples.setdefault(name, [])
            left = self.SAMPLES_A_REASON - len(samples)
            samples += part._samples.get(reason, [])[:left]

    def ingest_warnings(self) -> tuple[IngestWarning, ...]:
        """One sentence a reason."""
        return tuple(
            IngestWarning(
                code="NC-270",
                what=f"Lines were not read: {reason}.",
                count=count,
                frame=self._first.get(reason),
            )
            for reason, count in sorted(self.refused.items())
        )

    def keep_samples(self, sink: RowSink) -> None:
        """Put the kept lines beside the rows, into ``ingest_warning``."""
        kept = [
            (reason, number, text)
            for reason in sorted(self._samples)
            for number, text in self._samples[reason]
        ]
        sink.append(
            "ingest_warning",
            {
                "time": [None] * len(kept),
                "code": ["NC-270"] * len(kept),
                "what": [f"not read: {reason}" for reason, _, _ in kept],
                "count": [1] * len(kept),
                "first_frame": [number for _, number, _ in kept],
                "sample": [text for _, _, text in kept],
            },
        )
