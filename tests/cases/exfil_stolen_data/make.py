"""Makes the evidence of these cases.

`python -m tests.cases.exfil_stolen_data.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import flows, write

VICTIM = "10.1.0.17"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    ftp(root / "file_named_after_its_host")
    mail(root / "mail_named_after_its_user")
    camera(root / "camera_that_mails_its_owner")
    inside(root / "backup_to_a_server_inside")
    storage(root / "storage_with_dynamic_dns")
    person(root / "person_writes_a_mail")


def identity(name: str, user: str | None = None) -> dict[str, object]:
    """What the victim said about itself."""
    return {"ip": VICTIM, "host_name": name, "user": user, "source": "nbns", "first_seen_time": 0.0,
            "last_seen_time": 0.0, "count": 1, "first_frame": 1}  # fmt: skip


def answer(name: str, address: str, t: float) -> dict[str, object]:
    """The answer that told the victim an address."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": "10.1.0.2", "query": name, "query_type": "A",
        "is_response": True, "answers": [address], "answer_types": ["A"],
    }  # fmt: skip


def stored(name: str, server: str, t: float) -> dict[str, object]:
    """A file that an FTP server took."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": server, "dst_port": 21, "protocol": "tcp",
        "service": "ftp", "operation": "STOR", "object": name, "account": "guest9",
        "status": "226", "bytes": 600, "is_response": False,
    }  # fmt: skip


def mailed(subject: str, server: str, t: float, port: int = 587) -> dict[str, object]:
    """A mail that a server took after a login."""
    return {
        "time": t, "src_ip": VICTIM, "dst_ip": server, "dst_port": port, "protocol": "tcp",
        "service": "smtp", "operation": "MESSAGE", "object": subject, "account": "a@shop.example",
        "status": "250", "bytes": 900, "is_response": False,
        "detail": '{"authenticated_as": "a@shop.example"}',
    }  # fmt: skip


def ftp(folder: Path) -> None:
    """Asks for its public address, then stores a file named after host and time."""
    write(folder, "host_identity", [identity("FRONTDESK-4")])
    write(folder, "dns_activity", [
        answer("api.ipify.org", "198.51.100.70", 90.0),
        answer("ftp.cosy-cakes.example", "203.0.113.21", 99.0),
    ])  # fmt: skip
    write(folder, "network_activity",
          flows(VICTIM, "198.51.100.70", 443, [90.1], payload_bytes_in=4_000)
          + flows(VICTIM, "203.0.113.21", 21, [99.1], service="ftp"))  # fmt: skip
    write(folder, "application_activity", [
        stored("PW_anna-FRONTDESK-4_2026_03_02_08_01_40.html", "203.0.113.21", 100.0)
    ])  # fmt: skip


def mail(folder: Path) -> None:
    """Logs in to a mail server outside and sends a mail named after user and host."""
    write(folder, "host_identity", [identity("FRONTDESK-4", "annabel")])
    write(folder, "network_activity", flows(VICTIM, "203.0.113.22", 587, [50.0], service="smtp"))
    write(
        folder, "application_activity", [mailed("KL_annabel 2026-03-02 08", "203.0.113.22", 51.0)]
    )


def camera(folder: Path) -> None:
    """A camera sends a picture every hour for a day, named after the time."""
    hours = [3_600.0 * n for n in range(24)]
    write(folder, "network_activity", flows(VICTIM, "203.0.113.23", 587, hours, service="smtp"))
    write(folder, "application_activity", [
        mailed(f"Motion 2026-03-02 {8 + n % 12:02}:00", "203.0.113.23", t + 1)
        for n, t in enumerate(hours)
    ])  # fmt: skip


def storage(folder: Path) -> None:
    """A storage box asks for its own address by the clock, and backs up by the hour."""
    looks, hours = [600.0 * n for n in range(24)], [3_600.0 * n + 120 for n in range(4)]
    write(folder, "host_identity", [identity("STORAGE-1")])
    write(folder, "dns_activity", [
        answer("api.ipify.org", "198.51.100.70", 0.0),
        answer("ftp.cosy-cakes.example", "203.0.113.21", 1.0),
    ])  # fmt: skip
    write(folder, "network_activity",
          flows(VICTIM, "198.51.100.70", 443, looks, payload_bytes_in=4_000)
          + flows(VICTIM, "203.0.113.21", 21, hours, service="ftp"))  # fmt: skip
    write(folder, "application_activity", [
        stored(f"STORAGE-1_2026_03_02_{8 + n:02}_02_00.tar", "203.0.113.21", t + 1)
        for n, t in enumerate(hours)
    ])  # fmt: skip


def inside(folder: Path) -> None:
    """A backup named after its host and the day, to a server inside."""
    write(folder, "host_identity", [identity("FRONTDESK-4")])
    write(folder, "network_activity", flows(VICTIM, "10.1.0.5", 21, [50.0], service="ftp"))
    write(folder, "application_activity", [stored("FRONTDESK-4_2026030208.zip", "10.1.0.5", 51.0)])


def person(folder: Path) -> None:
    """A person sends a mail with the mail program that also reads it."""
    write(folder, "host_identity", [identity("FRONTDESK-4", "annabel")])
    write(folder, "network_activity",
          flows(VICTIM, "203.0.113.24", 143, [40.0], service="imap")
          + flows(VICTIM, "203.0.113.24", 587, [50.0], service="smtp"))  # fmt: skip
    write(folder, "application_activity", [mailed("Lunch on Friday?", "203.0.113.24", 51.0)])


if __name__ == "__main__":
    make(Path(__file__).parent)
