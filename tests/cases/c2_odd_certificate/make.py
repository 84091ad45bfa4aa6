"""Makes the evidence of these cases.

`python -m tests.cases.c2_odd_certificate.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM = "10.1.0.17"
DAY = 86_400


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    company(root / "company_nobody_asked_for")
    tool(root / "default_name_of_a_tool")
    backup(root / "backup_program_with_a_trust_of_its_own")
    at_home(root / "storage_at_home_with_a_dynamic_name")
    appliances(root / "appliances_inside")
    loaded(root / "server_that_gave_the_program")
    managed(root / "program_of_long_ago")
    invented(root / "company_that_a_tool_invents")


def handshake(
    address: str, port: int, t: float, subject: str, *, days: tuple[float, float], **more: object
) -> dict[str, object]:
    """A handshake whose certificate its server signed itself; validity from ``t``, in days."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": address, "dst_port": port, "protocol": "tcp",
        "certificate": "seen", "certificate_subject": subject, "certificate_issuer": subject,
        "is_self_signed": True, "not_before": t + days[0] * DAY, "not_after": t + days[1] * DAY,
        "certificate_sha256": f"{port:064x}", **more,
    }  # fmt: skip


def look_ups() -> list[dict[str, object]]:
    """The answers that gave eight ordinary places their names."""
    return [
        {"time": 10.0 * n, "src_ip": VICTIM, "dst_ip": "10.1.0.2", "query": f"www.site{n}.example",
         "query_type": "A", "is_response": True, "answers": [f"198.51.100.{n + 1}"],
         "answer_types": ["A"]}
        for n in range(8)
    ]  # fmt: skip


def visits() -> list[dict[str, object]]:
    """Flows to those places."""
    return [
        flow
        for n in range(8)
        for flow in flows(VICTIM, f"198.51.100.{n + 1}", 443, [10.0 * n + 0.1], service="tls",
                          payload_bytes_out=900, payload_bytes_in=60_000)
    ]  # fmt: skip


def company(folder: Path) -> None:
    """An invented company at an address without a name, its certificate born this morning."""
    subject = "CN=tolvane.Merrowisq.fan,OU=Qerith,O=Bastenol Vurme SICAV,L=Port Louis,C=MU"
    write(folder, "dns_activity", look_ups())
    write(folder, "network_activity", visits() + flows(
        VICTIM, "203.0.113.60", 453, [100.0, 160.0], service="tls", payload_bytes_out=2_000,
        payload_bytes_in=400_000))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("203.0.113.60", 453, t, subject, days=(-0.5, 180)) for t in (100.1, 160.1)
    ])  # fmt: skip


def tool(folder: Path) -> None:
    """A remote-control tool whose operator left its default name in the certificate."""
    write(folder, "network_activity", flows(
        VICTIM, "203.0.113.61", 8808, [100.0], service="tls", payload_bytes_out=9_000,
        payload_bytes_in=4_000, duration_s=600.0))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("203.0.113.61", 8808, 100.1, "CN=AsyncRAT Server", days=(-90, 2_900_000))
    ])  # fmt: skip


def backup(folder: Path) -> None:
    """A backup program: own trust, port of its own, no server name; a numbered host, weeks old."""
    subject = "C=US,ST=MN,OU=STORE,O=Backup Maker,CN=718204457003339838"
    write(folder, "network_activity", flows(
        VICTIM, "203.0.113.62", 4287, [100.0], service="tls", payload_bytes_out=90_000,
        payload_bytes_in=4_000))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("203.0.113.62", 4287, 100.1, subject, days=(-30, 10))
    ])  # fmt: skip


def at_home(folder: Path) -> None:
    """Somebody's own storage at home: a dynamic name, a certificate of the maker for 20 years."""
    write(folder, "dns_activity", [*look_ups(), {
        "time": 99.0, "src_ip": VICTIM, "dst_ip": "10.1.0.2", "query": "annas-box.duckdns.org",
        "query_type": "A", "is_response": True, "answers": ["203.0.113.63"], "answer_types": ["A"],
    }])  # fmt: skip
    write(folder, "network_activity", visits() + flows(
        VICTIM, "203.0.113.63", 5001, [100.0], service="tls", payload_bytes_out=9_000,
        payload_bytes_in=900_000))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("203.0.113.63", 5001, 100.1, "CN=storage", days=(-900, 7_300),
                  server_name="annas-box.duckdns.org")
    ])  # fmt: skip


def appliances(folder: Path) -> None:
    """The pages of a printer and a switch, and a desktop, all inside."""
    write(folder, "network_activity", flows(VICTIM, "10.1.0.9", 443, [50.0], service="tls")
          + flows(VICTIM, "10.1.0.10", 8006, [60.0], service="tls")
          + flows(VICTIM, "10.1.0.11", 3389, [70.0], service="rdp"))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("10.1.0.9", 443, 50.1, "CN=printer.office.example,O=Printer Maker,L=Graz,C=AT",
                  days=(-700, 3_650), server_name="printer.office.example"),
        handshake("10.1.0.10", 8006, 60.1, "CN=switch,O=Maker,L=Wien,C=AT", days=(-400, 3_650)),
        handshake("10.1.0.11", 3389, 70.1, "CN=DESKTOP-17", days=(-1, 182)),
    ])  # fmt: skip


def program(t: float) -> dict[str, object]:
    """A program that the victim loads by HTTP from a server inside."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": "10.7.0.13", "dst_port": 80, "service": "http",
        "is_upload": False, "file_name": "viewer.exe", "magic": "pe", "file_bytes": 7_168,
        "is_complete": True,
    }  # fmt: skip


def loaded(folder: Path) -> None:
    """A server inside gives a small program, which half a minute later calls it by TLS."""
    subject = "CN=varnholt.sons.example,OU=Hosting,O=Varnholt and Sons,L=Reno,C=US"
    write(folder, "network_activity", flows(VICTIM, "10.7.0.13", 80, [70.0], service="http")
          + flows(VICTIM, "10.7.0.13", 8080, [100.0, 130.0], service="tls",
                  payload_bytes_out=90_000, payload_bytes_in=600_000))  # fmt: skip
    write(folder, "file_activity", [program(70.2)])
    write(folder, "tls_activity", [
        handshake("10.7.0.13", 8080, t, subject, days=(-300, 900)) for t in (100.1, 130.1)
    ])  # fmt: skip


def managed(folder: Path) -> None:
    """A management server inside that gave its agent away hours before it is spoken to."""
    subject = "CN=management,O=Maker,L=Wien,C=AT"
    write(folder, "network_activity", flows(VICTIM, "10.7.0.13", 80, [0.0], service="http")
          + flows(VICTIM, "10.7.0.13", 8140, [9_000.0], service="tls"))  # fmt: skip
    write(folder, "file_activity", [program(0.2)])
    write(folder, "tls_activity", [
        handshake("10.7.0.13", 8140, 9_000.1, subject, days=(-300, 3_000))
    ])  # fmt: skip


def invented(folder: Path) -> None:
    """A tool's listener at an address that stands where a name should: unit and mail agree."""
    subject = ("emailAddress=harvest@brekkmoor.example,CN=brekkmoor.example,OU=harvest,"
               "O=Brekkmoor LLC,ST=OH,C=US")  # fmt: skip
    write(folder, "network_activity", flows(
        VICTIM, "203.0.113.64", 8443, [100.0, 101.0, 102.0], service="tls",
        payload_bytes_out=1_000, payload_bytes_in=4_500))  # fmt: skip
    write(folder, "tls_activity", [
        handshake("203.0.113.64", 8443, t + 0.1, subject, days=(-1_350, 1_900),
                  server_name="203.0.113.64")
        for t in (100.0, 101.0, 102.0)
    ])  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
