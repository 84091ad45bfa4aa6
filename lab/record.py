"""Make a recording: `python -m lab.record [--scenario demo] [--minutes 27] [--out lab/demo]`.

Needs root, sends nothing outside, leaves nothing behind.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from types import FrameType

from lab.cage import caged_argv
from lab.scenario import SCENARIOS, Scenario
from lab.truth import as_text

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
    "net": "samba-common-bin",
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


def record(
    scenario: Scenario, out: Path, seconds: float, seed: int, *, keep_logs: bool = False
) -> None:
    """Run one recording in its cage and put capture and truth into `out`.

    The result comes through a pipe, as a tar, so that not even a temporary file is left if we are
    killed. The cage has a session of its own: Ctrl-C reaches us first, and we end it; should we be
    killed, the kernel ends it (pdeathsig).
    """
    root = Path(__file__).resolve().parent.parent
    result, stream = os.pipe()
    options = ["--stream", str(stream), "--seconds", str(seconds), "--seed", str(seed)]
    options += ["--scenario", scenario.name]
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *caged_argv("lab.stage", *options)],
        start_new_session=True,
        pass_fds=(stream,),
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=root,
    )
    os.close(stream)
    try:
        with os.fdopen(result, "rb") as pipe:
            made = pipe.read()
        code = process.wait()
    finally:
        process.kill()
        process.wait()
    files = unpacked(made)
    if keep_logs:
        keep({name: data for name, data in files.items() if name.startswith("logs/")}, out)
    if code or "truth.json" not in files:
        raise SystemExit(f"the recording failed (exit {code}); --keep-logs keeps what was said")
    publish(files[f"{scenario.name}.pcapng"], files["truth.json"], out)


def unpacked(made: bytes) -> dict[str, bytes]:
    """The files of the cage's tar, by name; none when the cage had nothing to give."""
    if not made:
        return {}
    with tarfile.open(fileobj=io.BytesIO(made)) as tar:
        opened = ((member.name, tar.extractfile(member)) for member in tar if member.isfile())
        return {name: file.read() for name, file in opened if file is not None}


def keep(logs: dict[str, bytes], out: Path) -> None:
    """Write the programs' logs beside the result."""
    for name, data in logs.items():
        path = out / "logs" / Path(name).name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def publish(raw: bytes, told: bytes, out: Path) -> None:
    """Compress the capture and complete the truth with its hashes."""
    out.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(raw, compresslevel=9, mtime=0)
    document = json.loads(told)
    document["capture"] |= {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "sha256_uncompressed": hashlib.sha256(raw).hexdigest(),
        "bytes": len(packed),
    }
    capture = out / document["capture"]["file"]
    capture.write_bytes(packed)
    (out / "truth.json").write_text(as_text(document))
    print(f"{capture}: {len(packed):,} bytes ({len(raw):,} uncompressed); {out / 'truth.json'}")


def stop(number: int, _frame: FrameType | None) -> None:
    """A signal to end is an ordinary end: what was begun is taken down."""
    raise SystemExit(128 + number)


def main() -> None:
    """Check what is needed, then record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", choices=SCENARIOS, default="demo", help="what happens")
    parser.add_argument(
        "--minutes",
        type=float,
        help="real time to record (default 27, the full incident 40; below 20 is a rehearsal)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        help="where capture and truth go (default: lab/demo, or out/lab-full)",
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
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    scenario = SCENARIOS[asked.scenario]
    out = asked.out or _place(scenario)
    seconds = (asked.minutes or scenario.minutes) * 60
    record(scenario, out, seconds, asked.seed, keep_logs=asked.keep_logs)


def _place(scenario: Scenario) -> Path:
    """The demonstration goes where it ships from; the full one is cut before it does."""
    lab = Path(__file__).resolve().parent
    return lab / "demo" if scenario.name == "demo" else lab.parent / "out" / f"lab-{scenario.name}"


if __name__ == "__main__":
    main()
