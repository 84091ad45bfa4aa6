"""Objects, FTP commands and mails that tshark reads out of a capture."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

Values = dict[str, Counter[str]]
"""Kind -> how often each value occurs."""

_BETWEEN = "\x1f"
_LAST_LINE_END = b"\r\n"
"""tshark leaves it out; by RFC 5321, section 4.1.1.4, it belongs to the message."""
_STUFFED, _PLAIN = b"\r\n..", b"\r\n."
"""tshark exports lines with the dot that section 4.5.2 doubles."""
_EXPORTS = {"http": "http_object", "imf": "mail", "ftp-data": "ftp_object"}
_TELLING = frozenset(
    ("RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD", "CWD", "XCWD", "CDUP", "XCUP", "DELE",
     "MKD", "XMKD", "RMD", "XRMD", "RNFR", "RNTO", "SITE", "SIZE", "MDTM", "MLST")
)  # fmt: skip


def read(capture: Path, tshark: str) -> Values:
    """Run tshark over a capture: once for its fields, once for its objects."""
    base = [tshark, "-r", str(capture), "-n", "-o", "tcp.reassemble_out_of_order:TRUE"]
    values: Values = {kind: Counter() for kind in (*_EXPORTS.values(), "ftp_command", "subject")}
    done = subprocess.run(
        [*base, "-Y", "ftp.request.command or imf.subject", "-T", "fields",
         "-E", f"separator={_BETWEEN}", "-e", "ftp.request.command", "-e", "ftp.request.arg",
         "-e", "imf.subject"],
        capture_output=True, check=False,
    )  # fmt: skip
    for line in done.stdout.decode("utf-8", "backslashreplace").splitlines():
        command, argument, subject = line.split(_BETWEEN)
        if command.upper() in _TELLING:
            values["ftp_command"][f"{command.upper()} {argument}".strip()] += 1
        if subject:
            values["subject"][subject] += 1
    with tempfile.TemporaryDirectory() as folder:
        wanted = [
            part for kind in _EXPORTS for part in ("--export-objects", f"{kind},{folder}/{kind}")
        ]
        subprocess.run([*base, "-q", *wanted], capture_output=True, check=False)
        for kind, name in _EXPORTS.items():
            for path in (Path(folder) / kind).glob("*"):
                content = path.read_bytes()
                if kind == "imf":
                    content = content.replace(_STUFFED, _PLAIN) + _LAST_LINE_END
                values[name][hashlib.sha256(content).hexdigest()] += 1
    return values
