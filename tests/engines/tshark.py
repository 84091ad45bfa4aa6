"""Fields that tshark reads out of a capture, a row a frame."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

Row = dict[str, list[str]]
"""Field -> its values in the frame."""

_BETWEEN, _WITHIN = "\x1f", "\x1e"


def rows(
    capture: Path, tshark: str, wanted: str, fields: Sequence[str], *, must_end_well: bool = False
) -> Iterator[Row]:
    """Run tshark once over a capture, with streams put in order.

    Args:
        capture: to be read.
        tshark: the program.
        wanted: display filter of the frames.
        fields: to be read of them; all occurrences count.
        must_end_well: whether a status of failure is an error (damaged captures have one).
    """
    command = [tshark, "-r", str(capture), "-n", "-T", "fields", "-Y", wanted]
    command += ["-o", "tcp.reassemble_out_of_order:TRUE"]
    command += ["-E", f"separator={_BETWEEN}", "-E", "occurrence=a", "-E", f"aggregator={_WITHIN}"]
    for field in fields:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, check=must_end_well)
    for line in done.stdout.decode("utf-8", "backslashreplace").split("\n"):
        values = line.split(_BETWEEN)
        if len(values) == len(fields):
            yield {
                field: value.split(_WITHIN) if value else []
                for field, value in zip(fields, values, strict=True)
            }
