"""Damage captures and decode them until time is up; keep what breaks."""

from __future__ import annotations

import hashlib
import random
import resource
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.capture import Capture, write_pcap, write_pcapng
from tests.fuzz.check import InvariantError, check
from tests.fuzz.mutate import damage, mutate

_MOST_FRAMES = 400
_SPLICES = 400


@dataclass
class Outcome:
    """What a campaign did.

    Attributes:
        executions: captures decoded.
        frames: frames in them.
        rows: rows by table.
        failures: one line for each distinct failure, with how often it came.
        grown_mib: resident memory gained after the first tenth of the time.
    """

    executions: int = 0
    frames: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    grown_mib: float = 0.0


def run(
    seeds: Sequence[tuple[str, Capture]], seconds: float, seed: int, keep: Path | None = None
) -> Outcome:
    """Decode damaged copies of ``seeds`` for ``seconds``.

    Args:
        seeds: name and frames.
        seconds: wall time.
        seed: of the chance that decides everything.
        keep: folder for the captures that broke something.
    """
    chance = random.Random(seed)
    others = [chance.choice(chance.choice(seeds)[1].frames).data for _ in range(_SPLICES)]
    for _, sound in seeds:  # what is compiled on first use is compiled before the clock starts
        check(write_pcap(Capture(sound.link_type, sound.frames[:_MOST_FRAMES])), hurry=False)
    outcome, begun, settled = Outcome(), time.monotonic(), 0.0
    while (passed := time.monotonic() - begun) < seconds:
        if not settled and passed > seconds / 10:
            settled = _resident_mib()
        name, capture = chance.choice(seeds)
        content, frames = _case(capture, others, chance)
        outcome.executions += 1
        outcome.frames += frames
        try:
            outcome.rows.update(check(content, chance.choice((1 << 12, 1 << 16, 1 << 20))))
        except Exception as error:  # noqa: BLE001 - whatever comes out is what is looked for
            _note(outcome, name, content, error, keep)
    outcome.grown_mib = _resident_mib() - settled if settled else 0.0
    return outcome


def _case(capture: Capture, others: list[bytes], chance: random.Random) -> tuple[bytes, int]:
    size = chance.choice((5, 40, _MOST_FRAMES))
    start = 0 if chance.random() < 0.5 else chance.randrange(len(capture.frames))
    window = Capture(capture.link_type, capture.frames[start : start + size])
    if chance.random() < 0.01:
        window.link_type = chance.choice((0, 1, 9, 12, 101, 105, 113, 127, 192, 228, 276, 65535))
    damaged = mutate(window, others, chance)
    is_ng = chance.random() < 0.3
    content = write_pcapng(damaged, chance) if is_ng else write_pcap(damaged)
    return (damage(content, chance) if chance.random() < 0.15 else content), len(damaged.frames)


def _note(outcome: Outcome, name: str, content: bytes, error: Exception, keep: Path | None) -> None:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "netcordon" in f.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    what = str(error) if isinstance(error, InvariantError) else type(error).__name__
    line = f"{what} {place}".strip()
    outcome.failures[line] += 1
    if keep is not None and outcome.failures[line] <= 3:
        keep.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(content).hexdigest()[:12]
        (keep / f"{digest}.pcap").write_bytes(content)
        told = f"{line}\n{name}\n{''.join(traceback.format_exception(error))}"
        (keep / f"{digest}.txt").write_text(told, encoding="utf-8")


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20
