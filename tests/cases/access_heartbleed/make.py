"""Makes the evidence of these cases.

`python -m tests.cases.access_heartbleed.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

ASKER, SERVER = "203.0.113.9", "10.1.0.80"
Rows = list[dict[str, object]]


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    save(root / "memory_given_away", [
        beat(1, False, "request", 3, 16384), *[beat(2 + n, True, "response", 16384, 16384)
                                               for n in range(4)],
    ])  # fmt: skip
    save(root / "memory_given_away_encrypted",
         [beat(1, False, None, 61), beat(2, True, None, 16448)])  # fmt: skip
    save(root / "asked_in_vain", [beat(1, False, "request", 3, 16384)])
    save(root / "honest_echoes", [
        row
        for n in range(20)
        for row in (
            beat(10 * n, False, "request", 53, 34),
            beat(10 * n + 0.1, True, "response", 53, 34),
        )
    ])  # fmt: skip
    save(root / "honest_echoes_encrypted", [
        row
        for n in range(20)
        for row in (beat(10 * n, False, None, 96), beat(10 * n + 0.1, True, None, 112))
    ])  # fmt: skip


def beat(
    time: float, is_response: bool, kind: str | None, size: int, claimed: int | None = None
) -> dict[str, object]:
    """One heartbeat of one connection; ``kind`` is ``None`` when it is encrypted."""
    return {
        "time": time, "uid": "H1", "src_ip": ASKER, "dst_ip": SERVER, "dst_port": 443,
        "protocol": "tcp", "service": "tls", "is_response": is_response,
        "operation": f"heartbeat_{kind}" if kind else "heartbeat", "bytes": size,
        "detail": None if claimed is None else f'{{"claimed":{claimed}}}',
    }  # fmt: skip


def save(folder: Path, rows: Rows) -> None:
    """Write the heartbeats."""
    write(folder, "application_activity", rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
