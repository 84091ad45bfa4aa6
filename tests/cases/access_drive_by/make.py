"""Makes the evidence of these cases.

`python -m tests.cases.access_drive_by.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

HOST, NEWS, TRAP = "10.1.0.17", "198.51.100.20", "203.0.113.66"
NEWS_NAME, TRAP_NAME = "news.example.com", "cdn.stat-count.example.net"
BROWSER = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    embedded(root / "embedded_page_sends_a_program")
    followed(root / "download_page_that_was_gone_to")
    vendor(root / "installer_of_the_site_itself")
    shell(root / "page_opens_a_connection", 4.0)
    shell(root / "console_of_an_appliance", 40.0)


def get(
    t: float, address: str, host: str, uri: str, *, referrer: str | None = None,
    status: int = 200, type_: str = "text/html", magic: str | None = "html",
) -> dict[str, object]:  # fmt: skip
    """One request of the browser and its answer."""
    return {
        "time": t, "src_ip": HOST, "dst_ip": address, "dst_port": 80, "method": "GET",
        "host": host, "uri": uri, "referrer": referrer, "user_agent": BROWSER,
        "status_code": status, "response_content_type": type_, "response_magic": magic,
    }  # fmt: skip


def embedded(folder: Path) -> None:
    """A news page holds a frame of somebody else, which redirects and then sends a program."""
    page, trap = f"http://{NEWS_NAME}/today", f"http://{TRAP_NAME}/s?k=7"
    write(folder, "http_activity", [
        get(1.0, NEWS, NEWS_NAME, "/today"),
        get(1.3, TRAP, TRAP_NAME, "/c?k=7", referrer=page, status=302),
        get(1.5, TRAP, TRAP_NAME, "/s?k=7", referrer=page),
        get(1.6, NEWS, NEWS_NAME, "/a.png", referrer=page, type_="image/png", magic="png"),
        get(2.9, TRAP, TRAP_NAME, "/l?e=1", referrer=trap,
            type_="application/octet-stream", magic="pe"),
        get(3.1, TRAP, TRAP_NAME, "/l?e=1", referrer=trap,
            type_="application/octet-stream", magic="pe"),
    ])  # fmt: skip


def followed(folder: Path) -> None:
    """The reader goes from a forum to a page whose download begins by itself, six s later."""
    write(folder, "http_activity", [
        get(1.0, NEWS, NEWS_NAME, "/thread"),
        get(30.0, TRAP, TRAP_NAME, "/tool", referrer=f"http://{NEWS_NAME}/thread"),
        get(36.0, TRAP, TRAP_NAME, "/tool.exe", referrer=f"http://{TRAP_NAME}/tool",
            type_="application/octet-stream", magic="pe"),
    ])  # fmt: skip


def vendor(folder: Path) -> None:
    """A site gives its own program, on a page that was asked for."""
    write(folder, "http_activity", [
        get(1.0, NEWS, NEWS_NAME, "/download"),
        get(2.0, NEWS, NEWS_NAME, "/setup.exe", referrer=f"http://{NEWS_NAME}/download",
            type_="application/octet-stream", magic="pe"),
    ])  # fmt: skip


def shell(folder: Path, opened: float) -> None:
    """A page at a bare address, and a connection of an unknown kind to the same machine."""
    write(folder, "http_activity", [get(1.0, TRAP, TRAP, "/info")])
    write(folder, "network_activity", [
        *flows(HOST, TRAP, 80, [0.9], service="http", payload_bytes_out=300,
               payload_bytes_in=12_000),
        *flows(HOST, TRAP, 4321, [opened], payload_bytes_out=650, payload_bytes_in=250,
               duration_s=8.0),
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
