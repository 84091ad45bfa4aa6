"""Make the demonstration recording: `python -m lab.record [--minutes 27] [--out lab/demo]`.

Needs root, sends nothing outside, leaves nothing behind.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

from lab.cage import caged_argv

PROGRAMS = {
    "chronyd": "chrony",
    "curl": "curl",
    "dnsmasq": "dnsmasq-base",
    "dovecot": "dovecot-imapd",
    "ethtool": "ethtool",
    "ifconfig": "net-tools",
    "iodine": "iodine",
    "ip": "iproute2",
    "nft": "nftables",
    "nginx": "nginx-light",
    "nmap": "nmap",
    "openssl": "openssl",
    "ping": "iputils-ping",
    "rsync": "rsync",
    "setpriv": "util-linux",
    "smbclient": "smbclient",
    "smbd": "samba",
    "ssh": "openssh-client",
    "sshd": "openssh-server",
    "sshpass": "sshpass",
    "sysctl": "procps",
    "tcpdump": "tcpdump",
    "udhcpc": "udhcpc",
    "unshare": "util-linux",
}
MODULES = ("aiosmtpd", "paramiko")


def missing() -> str:
    """Everything that is missing, in one sentence; empty when the recording can begin."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    packages = sorted(
        {
            package
            for program, package in PROGRAMS.items()
            if shutil.which(program, path=path) is None
        }
    )
    modules = [module for module in MODULES if importlib.util.find_spec(module) is None]
    wants = []
    if os.geteuid() != 0:
        wants.append("root (it makes network namespaces and accounts that exist only inside them)")
    if packages:
        wants.append(f"the Debian packages {' '.join(packages)}")
    if modules:
        wants.append(f"the extra netcordon[lab] ({', '.join(modules)})")
    if not Path("/dev/net/tun").exists():
        wants.append("/dev/net/tun (the kernel's tun driver)")
    return "; ".join(wants)


def record(out: Path, seconds: float, seed: int, *, keep_logs: bool = False) -> None:
    """Run one recording in its cage and put capture and truth into `out`."""
    with tempfile.TemporaryDirectory(prefix="lab-recording-") as place:
        argv = caged_argv("lab.stage", place, "--seconds", str(seconds), "--seed", str(seed))
        root = Path(__file__).resolve().parent.parent
        environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
        # A session of its own: Ctrl-C reaches us first, and we end the cage.
        # Should we be killed, the kernel ends it (pdeathsig).
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *argv],
            start_new_session=True,
            env=environment,
            cwd=root,
        )
        try:
            code = process.wait()
        finally:
            process.kill()
            process.wait()
            if keep_logs and (Path(place) / "logs").exists():
                shutil.copytree(Path(place) / "logs", out / "logs", dirs_exist_ok=True)
        if code:
            raise SystemExit(f"the recording failed (exit {code}); --keep-logs keeps what was said")
        publish(Path(place), out)


def publish(place: Path, out: Path) -> None:
    """Compress the capture and complete the truth with its hashes."""
    out.mkdir(parents=True, exist_ok=True)
    raw = (place / "demo.pcapng").read_bytes()
    packed = gzip.compress(raw, compresslevel=9, mtime=0)
    (out / "demo.pcapng.gz").write_bytes(packed)
    text = (place / "truth.json").read_text()
    hashes = {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "sha256_uncompressed": hashlib.sha256(raw).hexdigest(),
        "bytes": len(packed),
    }
    inner = json.dumps(hashes)[1:-1]
    (out / "truth.json").write_text(text.replace('"capture": {', f'"capture": {{\n  {inner},', 1))
    print(
        f"{out}/demo.pcapng.gz: {len(packed):,} bytes ({len(raw):,} uncompressed); {out}/truth.json"
    )


def stop(number: int, _frame: FrameType | None) -> None:
    """A signal to end is an ordinary end: what was begun is taken down."""
    raise SystemExit(128 + number)


def main() -> None:
    """Check what is needed, then record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes",
        type=float,
        default=27.0,
        help="real time to record (default 27; below 20 it is a rehearsal)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).resolve().parent / "demo",
        help="where capture and truth go",
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=2026,
        help="chooses who does what when (packets still differ: they are real)",
    )
    parser.add_argument(
        "--keep-logs", action="store_true", help="keep the programs' logs beside the result"
    )
    asked = parser.parse_args()
    if wants := missing():
        sys.exit(f"lab: the recording needs {wants}.")
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    record(asked.out, asked.minutes * 60, asked.seed, keep_logs=asked.keep_logs)


if __name__ == "__main__":
    main()
