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
          agent=None, declared="image/png", then="203.0.113.51", looked_up=True)  # fmt: skip
    fetch(root / "page_that_gives_a_program", "203.0.113.50", "203.0.113.50", "/solar.php",
          agent="qkwjhdYbzPo", declared="application/octet-stream")  # fmt: skip
    fetch(root / "tool_from_a_bare_address", "198.51.100.9", "198.51.100.9", "/setup.exe",
          agent=BROWSER, declared="application/octet-stream")  # fmt: skip
    fetch(root / "power_shell_at_a_bare_address", "203.0.113.50", "203.0.113.50", "/x.exe",
          agent="Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.19041.1",
          declared="application/octet-stream")  # fmt: skip
    fetch(root / "script_at_a_bare_address", "203.0.113.50", "203.0.113.50", "/install.sh",
          agent="curl/8.5.0", declared="text/x-sh", magic="script")  # fmt: skip
    fetch(root / "script_of_a_named_place", "198.51.100.10", "get.vendor.example", "/install.sh",
          agent="curl/8.5.0", declared="text/x-sh", magic="script")  # fmt: skip
    fetch(root / "tool_of_the_house", "10.1.0.9", "10.1.0.9", "/agent.exe",
          agent="curl/8.5.0", declared="application/octet-stream")  # fmt: skip
    builds(root / "programs_for_every_processor")
    fetch(root / "look_ups_out_of_sight", "198.51.100.9", "198.51.100.9", "/setup.exe",
          agent=BROWSER, declared="application/octet-stream", then="203.0.113.51")  # fmt: skip
    fetch(root / "installer_of_a_vendor", "198.51.100.10", "download.vendor.example", "/setup.exe",
          agent=BROWSER, declared="application/octet-stream")  # fmt: skip


def fetch(
    folder: Path, address: str, host: str, path: str, *, agent: str | None, declared: str,
    then: str | None = None, magic: str = "pe", looked_up: bool = False,
) -> None:  # fmt: skip
    """One download over HTTP, and the first call somewhere else half a minute later."""
    ends = {"uid": "C1", "src_ip": HOST, "dst_ip": address, "dst_port": 80}
    seen = flows(HOST, address, 80, [10.0], service="http", payload_bytes_out=300,
                 payload_bytes_in=600_000)  # fmt: skip
    if then is not None:
        seen += flows(HOST, then, 8443, [40.0], payload_bytes_out=900, payload_bytes_in=700)
    if looked_up:
        seen += named(folder)
    write(folder, "network_activity", seen)
    write(folder, "http_activity", [
        {"time": 10.1, "frame": 4, **ends, "method": "GET", "host": host, "uri": path,
         "user_agent": agent, "status_code": 200, "response_content_type": declared,
         "response_magic": magic, "response_body_bytes": 590_000}
    ])  # fmt: skip
    write(folder, "file_activity", [
        {"time": 10.2, "frame": 6, **ends, "service": "http", "is_upload": False,
         "file_name": path.rsplit("/", 1)[-1], "origin": f"http://{host}{path}",
         "declared_type": declared, "magic": magic, "file_bytes": 590_000, "is_complete": True}
    ])  # fmt: skip


def named(folder: Path) -> list[dict[str, object]]:
    """Pages of eight named places, so that the host's look-ups are known to be recorded."""
    places = [(f"site{n}.example", f"192.0.2.{n + 1}") for n in range(8)]
    write(folder, "dns_activity", [
        {"time": 0.5 * n, "src_ip": HOST, "dst_ip": "10.1.0.2", "query": name, "query_type": "A",
         "is_response": True, "rcode": "NOERROR", "answers": [address]}
        for n, (name, address) in enumerate(places)
    ])  # fmt: skip
    return [
        row for n, (_, address) in enumerate(places)
        for row in flows(HOST, address, 443, [0.5 * n + 0.1], payload_bytes_out=900,
                         payload_bytes_in=4_000)
    ]  # fmt: skip


def builds(folder: Path) -> None:
    """A device tries one program as built for four processors."""
    ends = {"src_ip": HOST, "dst_ip": "203.0.113.50", "dst_port": 80}
    names = ["bot.arm", "bot.mips", "bot.mpsl", "bot.x86"]
    write(folder, "network_activity", [
        row for n in range(4)
        for row in flows(HOST, "203.0.113.50", 80, [10.0 + n], uid=f"C{n}", service="http",
                         payload_bytes_out=150, payload_bytes_in=60_000)
    ])  # fmt: skip
    write(folder, "http_activity", [
        {"time": 10.1 + n, "frame": 10 * n + 1, "uid": f"C{n}", **ends, "method": "GET",
         "host": "203.0.113.50", "uri": f"/{name}", "user_agent": "Wget", "status_code": 200,
         "response_magic": "elf", "response_body_bytes": 60_000}
        for n, name in enumerate(names)
    ])  # fmt: skip
    write(folder, "file_activity", [
        {"time": 10.2 + n, "frame": 10 * n + 2, "uid": f"C{n}", **ends, "service": "http",
         "is_upload": False, "file_name": name, "origin": f"http://203.0.113.50/{name}",
         "magic": "elf", "file_bytes": 60_000, "is_complete": True}
        for n, name in enumerate(names)
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
