"""Makes the evidence of these cases.

`python -m tests.cases.c2_program_download.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST = "10.1.0.17"
BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    fetch(root / "picture_that_is_a_program", "203.0.113.50", "203.0.113.50", "/img/logo.png",
          agent=None, declared="image/png", then="203.0.113.51")  # fmt: skip
    fetch(root / "page_that_gives_a_program", "203.0.113.50", "203.0.113.50", "/solar.php",
          agent="qkwjhdYbzPo", declared="application/octet-stream")  # fmt: skip
    fetch(root / "tool_from_a_bare_address", "198.51.100.9", "198.51.100.9", "/setup.exe",
          agent=BROWSER, declared="application/octet-stream")  # fmt: skip
    fetch(root / "installer_of_a_vendor", "198.51.100.10", "download.vendor.example", "/setup.exe",
          agent=BROWSER, declared="application/octet-stream")  # fmt: skip


def fetch(
    folder: Path, address: str, host: str, path: str, *, agent: str | None, declared: str,
    then: str | None = None,
) -> None:  # fmt: skip
    """One download over HTTP, and the first call somewhere else half a minute later."""
    ends = {"uid": "C1", "src_ip": HOST, "dst_ip": address, "dst_port": 80}
    seen = flows(HOST, address, 80, [10.0], service="http", payload_bytes_out=300,
                 payload_bytes_in=600_000)  # fmt: skip
    if then is not None:
        seen += flows(HOST, then, 8443, [40.0], payload_bytes_out=900, payload_bytes_in=700)
    write(folder, "network_activity", seen)
    write(folder, "http_activity", [
        {"time": 10.1, "frame": 4, **ends, "method": "GET", "host": host, "uri": path,
         "user_agent": agent, "status_code": 200, "response_content_type": declared,
         "response_magic": "pe", "response_body_bytes": 590_000}
    ])  # fmt: skip
    write(folder, "file_activity", [
        {"time": 10.2, "frame": 6, **ends, "service": "http", "is_upload": False,
         "file_name": path.rsplit("/", 1)[-1], "origin": f"http://{host}{path}",
         "declared_type": declared, "magic": "pe", "file_bytes": 590_000, "is_complete": True}
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
