"""What is read of every log of a corpus: format, sample, lines, rows, and what was refused and why.

    python -m benchmarks.formats CORPUS [--group GROUP] [--seconds]

Each file is read by itself, as evidence is read, and its rows are counted instead of stored. A line
is read, a comment, or refused with a reason; the program ends with 1 when a file does not add up or
when no parser knows it.
"""

from __future__ import annotations

import argparse
import gzip
import io
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.accuracy.truth import labelled_logs
from netcordon.evidence.recognise import reason, recognise
from netcordon.model.parser import WHOLE, ParseResult

_HEAD = 1 << 16
_MOST_REASONS = 3


class _Bytes:
    """A file in memory, given out as evidence is."""

    def __init__(self, data: bytes, modified: int | None) -> None:
        self._data = io.BytesIO(data)
        self.modified = modified

    def readinto(self, buffer: memoryview, /) -> int:
        return self._data.readinto(buffer)


@dataclass
class Told:
    """What was read of one file.

    Attributes:
        kind: parser and kind, or empty.
        why: it was not recognised.
        rows: table -> rows.
    """

    path: Path
    kind: str = ""
    why: str = ""
    result: ParseResult | None = None
    rows: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def append(self, table: str, columns: Mapping[str, object]) -> None:
        """Count rows."""
        some = next(iter(columns.values()), ())
        self.rows[table] += len(some)  # type: ignore[arg-type]

    @property
    def adds_up(self) -> bool:
        """Whether every line was read, or is a comment, or was refused."""
        if self.result is None:
            return False
        facts = self.result.facts
        if "lines" not in facts or "comment_lines" not in facts:
            return True  # records, not lines
        return facts["lines"] == self.result.records + int(str(facts["comment_lines"]))


def told(path: Path) -> Told:
    """Read one file."""
    data = path.read_bytes()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    found = recognise(data[:_HEAD])
    if found is None:
        return Told(path, why=reason(data[:_HEAD])[0])
    answer = Told(path, kind=f"{found.parser_id} {found.kind}")
    source = _Bytes(data, path.stat().st_mtime_ns // 1000)
    begun = time.perf_counter()
    answer.result = found.parser.parse(source, answer, lambda _: None, WHOLE)
    answer.seconds = time.perf_counter() - begun
    return answer


def row(each: Told, corpus: Path, with_seconds: bool) -> str:
    """One line of the table, in Markdown."""
    name = str(each.path.relative_to(corpus))
    if each.result is None:
        return f"| {name} | not recognised: {each.why} | | | | |"
    refused = Counter(each.result.refused)
    reasons = "; ".join(f"{count:,} {why}" for why, count in refused.most_common(_MOST_REASONS))
    tables = ", ".join(f"{table} {count:,}" for table, count in sorted(each.rows.items()))
    read = each.result.records - sum(refused.values())
    note = "" if each.adds_up else " (does not add up)"
    time_s = f" {each.seconds:.2f} s |" if with_seconds else ""
    comments = each.result.facts.get("comment_lines", 0)
    return (
        f"| {name} | {each.kind}{note} | {read:,} | {comments:,} | {reasons or 'none'} "
        f"| {tables or 'none'} |{time_s}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--group", action="append", help="only these groups")
    parser.add_argument("--seconds", action="store_true", help="how long each took")
    options = parser.parse_args(arguments)
    files = [
        file
        for log in labelled_logs(options.corpus)
        if not options.group or log.group in options.group
        for file in log.files
    ]
    print("| sample | format | read | comments | refused | rows |" + " time |" * options.seconds)
    print("|---|---|--:|--:|---|---|" + "--:|" * options.seconds)
    all_told = []
    for file in sorted(files):
        all_told.append(told(file))
        print(row(all_told[-1], options.corpus, options.seconds), flush=True)
    unknown = [each for each in all_told if each.result is None]
    wrong = [each for each in all_told if each.result is not None and not each.adds_up]
    lines = sum(each.result.records for each in all_told if each.result)
    refused = sum(sum(each.result.refused.values()) for each in all_told if each.result)
    print(
        f"\n{len(all_told)} files: {lines:,} records, {refused:,} of them refused with a reason; "
        f"{len(unknown)} files not recognised; {len(wrong)} do not add up."
    )
    return 1 if unknown or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
