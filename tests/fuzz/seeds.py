"""Where damage begins: sound captures, from the corpus and from the project's own."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.fuzz.capture import Capture, read_pcap

DEMO = Path("lab/demo/demo.pcapng.gz")
_LARGEST = 4 << 20
_MOST_FRAMES = 3000


def seeds(corpus: Path | None) -> list[tuple[str, Capture]]:
    """Name and frames of every seed, in a stable order."""
    paths = [DEMO]
    if corpus is not None:
        found = (p for p in corpus.rglob("*") if p.suffix in (".pcap", ".pcapng", ".cap"))
        paths += sorted(p for p in found if p.stat().st_size <= _LARGEST)
    made = []
    with tempfile.TemporaryDirectory(prefix="netcordon-fuzz-") as folder:
        for path in paths:
            capture = _read(path, Path(folder) / "seed.pcap")
            if capture is not None and capture.frames:
                made.append((path.name, capture))
    return made


def _read(path: Path, converted: Path) -> Capture | None:
    editcap = shutil.which("editcap")
    if editcap is None:
        return None
    source = path
    if path.suffix == ".gz":
        source = converted.with_suffix(".unpacked")
        source.write_bytes(gzip.decompress(path.read_bytes()))
    command = [editcap, "-F", "nsecpcap", str(source), str(converted)]
    done = subprocess.run(command, check=False, capture_output=True)
    return read_pcap(converted, _MOST_FRAMES) if done.returncode == 0 else None
