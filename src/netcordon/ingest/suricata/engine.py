"""Runs Suricata on a capture in a private folder, with limits on time, memory and files."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from netcordon.errors import EvidenceError, UsageError
from netcordon.ingest.suricata.configuration import configuration
from netcordon.ingest.suricata.rules import Rules

MOST_SECONDS = 3 * 3600
MOST_MEMORY = 8 << 30
MOST_WRITTEN = 2 << 30
_CLASSES = Path("/etc/suricata/classification.config")
_VERSION = re.compile(r"version (\S{1,40})")
_COUNTED = re.compile(r"(\d+) rules? successfully loaded, (\d+) rules? failed")
ELSEWHERE = "/usr/sbin:/sbin"
"""Daemons are not always on a user's path."""
_REASON_LETTERS = 300


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What a run came to.

    Attributes:
        eve: what Suricata wrote; it need not exist.
        loaded: rules that it took.
        failed: rules that it refused.
    """

    eve: Path
    loaded: int
    failed: int


def program() -> str:
    """Where Suricata stands.

    Raises:
        UsageError: NC-236 it is not installed.
    """
    found = shutil.which("suricata") or shutil.which("suricata", path=ELSEWHERE)
    if found is None:
        raise UsageError(
            "NC-236",
            "Suricata is not installed.",
            "--suricata runs it on the captures, and no program of this name is there",
            "apt install suricata (or your system's package), or leave --suricata out",
        )
    return found


def version() -> str:
    """Its version, as it says itself.

    Raises:
        UsageError: NC-236 it is not installed, or does not say.
    """
    done = subprocess.run(
        [program(), "-V"], capture_output=True, text=True, timeout=60, check=False
    )
    found = _VERSION.search(done.stdout + done.stderr)
    if found is None:
        raise UsageError(
            "NC-236", "Suricata does not say its version.", f"exit status {done.returncode}",
            "suricata -V",
        )  # fmt: skip
    return found[1]


def classes() -> bytes:
    """What the machine says of classes of rules, for their names and priorities; may be empty."""
    return _CLASSES.read_bytes()[: 1 << 20] if _CLASSES.is_file() else b""


def run(
    capture: Path,
    rules: Rules,
    folder: Path,
    home_nets: Sequence[str],
    *,
    most_seconds: int = MOST_SECONDS,
) -> Ran:
    """Let Suricata read a capture.

    Args:
        capture: pcap or pcapng, unpacked.
        rules: gathered.
        folder: an empty one of ours alone.
        home_nets: the organisation's networks.
        most_seconds: after which it is ended.

    Raises:
        EvidenceError: NC-238 it failed, or came to no end.
        UsageError: NC-236 it is not installed.
    """
    (folder / "suricata.yaml").write_text(configuration(folder, home_nets), encoding="utf-8")
    (folder / "own.rules").write_bytes(rules.text)
    (folder / "classification.config").write_bytes(classes())
    for name in ("reference.config", "threshold.config"):
        (folder / name).write_bytes(b"")
    argv = [
        *_limits(most_seconds), program(), "-c", str(folder / "suricata.yaml"),
        "-r", str(capture), "-S", str(folder / "own.rules"), "-l", str(folder), "-k", "none",
        "--runmode", "single",
        "--set", f"classification-file={folder / 'classification.config'}",
        "--set", f"reference-config-file={folder / 'reference.config'}",
        "--set", f"threshold-file={folder / 'threshold.config'}",
    ]  # fmt: skip
    try:
        done = subprocess.run(
            argv, capture_output=True, timeout=most_seconds, check=False, cwd=folder,
            stdin=subprocess.DEVNULL,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TZ": "UTC", "LC_ALL": "C"},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it came to no end within {most_seconds} s") from error
    said = (done.stderr + done.stdout)[-(8 << 20) :].decode(errors="replace")
    if done.returncode:
        faults = [line for line in said.splitlines() if "rror:" in line or line.startswith("E: ")]
        told = faults or said.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise _failed(told[-1][:_REASON_LETTERS])
    counted = _COUNTED.search(said)
    loaded, failed = (int(counted[1]), int(counted[2])) if counted else (0, rules.count)
    return Ran(eve=folder / "eve.json", loaded=loaded, failed=failed)


def _limits(most_seconds: int) -> list[str]:
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        return []
    return [
        prlimit, f"--as={MOST_MEMORY}", f"--fsize={MOST_WRITTEN}", f"--cpu={most_seconds}",
        "--core=0", "--",
    ]  # fmt: skip


def _failed(why: str) -> EvidenceError:
    return EvidenceError(
        "NC-238",
        "Suricata did not read the capture to its end.",
        why,
        "suricata -r CAPTURE -S RULES by hand says more",
    )
