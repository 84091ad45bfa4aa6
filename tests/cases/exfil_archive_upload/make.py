"""Makes the evidence of these cases.

`python -m tests.cases.exfil_archive_upload.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST, PLACE = "10.1.0.17", "203.0.113.77"
CAMERAS = [f"10.1.5.{n}" for n in range(11, 21)]


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    mounted(root / "share_of_the_web_without_a_name")
    cameras(root / "cameras_that_deliver_to_a_number")
    named(root / "customer_with_a_name_and_an_appliance_inside")


def upload(
    src: str, dst: str, t: float, uri: str, *, host: str = "", magic: str = "zip", octets: int = 0
) -> dict[str, object]:
    """An object that went out."""
    return {
        "time": t, "uid": f"C{src}{t}", "src_ip": src, "dst_ip": dst, "dst_port": 80,
        "service": "http", "is_upload": True, "origin": f"http://{host or dst}{uri}",
        "magic": magic, "file_bytes": octets, "is_complete": True,
    }  # fmt: skip


def asked(src: str, dst: str, t: float, method: str, uri: str, agent: str) -> dict[str, object]:
    """The request that carried it."""
    return {
        "time": t, "uid": f"C{src}{t}", "src_ip": src, "dst_ip": dst, "dst_port": 80,
        "method": method, "host": dst, "uri": uri, "user_agent": agent, "status_code": 201,
    }  # fmt: skip


def mounted(folder: Path) -> None:
    """A megabyte of office papers, packed, put into a folder of the web that has no name."""
    agent, uri = "Microsoft-WebDAV-MiniRedir/10.0.18362", "/drop/papers.7z"
    write(folder, "network_activity", flows(HOST, PLACE, 80, [100.0], service="http",
          payload_bytes_out=1_090_000, payload_bytes_in=4_000)
          + flows("10.1.0.18", "198.51.100.9", 443, [50.0], service="tls"))  # fmt: skip
    write(folder, "http_activity", [asked(HOST, PLACE, 100.1, "PUT", uri, agent)])
    write(folder, "file_activity", [
        upload(HOST, PLACE, 100.1, uri, magic="7z", octets=1_082_089)
    ])  # fmt: skip


def cameras(folder: Path) -> None:
    """Ten cameras deliver an archive each to the numbered host of their maker."""
    write(folder, "network_activity", [
        flow for n, src in enumerate(CAMERAS)
        for flow in flows(src, PLACE, 80, [60.0 * n], service="http", payload_bytes_out=90_000)
    ])  # fmt: skip
    write(folder, "http_activity", [
        asked(src, PLACE, 60.0 * n + 0.1, "POST", "/in", "camera/2.1")
        for n, src in enumerate(CAMERAS)
    ])  # fmt: skip
    write(folder, "file_activity", [
        upload(src, PLACE, 60.0 * n + 0.1, "/in", octets=80_000) for n, src in enumerate(CAMERAS)
    ])  # fmt: skip


def named(folder: Path) -> None:
    """An archive for a customer whose place has a name, and firmware for an appliance inside."""
    write(folder, "network_activity", flows(HOST, PLACE, 80, [100.0], service="http")
          + flows(HOST, "10.1.0.9", 80, [300.0], service="http"))  # fmt: skip
    write(folder, "file_activity", [
        upload(HOST, PLACE, 100.1, "/in/plans.zip", host="in.customer.example", octets=4_000_000),
        upload(HOST, "10.1.0.9", 300.1, "/update", octets=9_000_000),
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
