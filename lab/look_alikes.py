"""Harmless traffic that a hasty judge would call an attack, written into the truth as such."""

from __future__ import annotations

from lab import world
from lab.truth import Claim, Diary, Entry

PCS = [pc.name for pc in world.PCS]
SERVERS = [machine.name for machine in world.SERVER_MACHINES]
BACKUP, MONITOR = world.BY_NAME["bk-01"], world.BY_NAME["mon-01"]


def note(diary: Diary) -> None:
    """Open the entries; they last as long as the recording."""
    for entry in _beacons() + _volumes() + _visits():
        diary.begin(entry)


def _entry(
    name: str,
    title: str,
    claims: list[Claim],
    src: str,
    dst: list[str],
    looks_like: str,
    **detail: object,
) -> Entry:
    return Entry(
        name,
        "look_alike",
        title,
        claims,
        src,
        dst,
        malicious=False,
        looks_like=looks_like,
        detail=detail,
    )


def _beacons() -> list[Entry]:
    return [
        _entry(
            "update-agents",
            "Every PC asks the update service once a minute",
            [Claim(dst=world.UPDATE_SITE.ip, port=80)],
            "office",
            [world.UPDATE_SITE.name],
            "beacon",
            machines=PCS,
            period_s=world.UPDATE_PERIOD_S,
        ),
        _entry(
            "task-board",
            "Two browser tabs refresh a task board twice a minute",
            [Claim(dst=world.TASKBOARD.ip, port=443)],
            "office",
            [world.TASKBOARD.name],
            "beacon",
            machines=list(world.TASKBOARD_USERS),
            period_s=world.TASKBOARD_PERIOD_S,
        ),
        _entry(
            "clocks",
            "Every machine asks for the time about once a minute",
            [Claim(dst=world.NTP_SERVER, port=123)],
            "all",
            ["ntp.timepool.example"],
            "beacon",
            machines=PCS + SERVERS,
            period_s=64,
        ),
    ]


def _volumes() -> list[Entry]:
    files = world.BY_NAME["fs-01"]
    return [
        _entry(
            "backup",
            "The backup server copies the file share",
            [Claim(src=BACKUP.ip, dst=files.ip, port=873)],
            BACKUP.name,
            [files.name],
            "collection",
        ),
        _entry(
            "offsite",
            "The backup server uploads to the backup provider",
            [Claim(src=BACKUP.ip, dst=world.OFFSITE.ip, port=443)],
            BACKUP.name,
            [world.OFFSITE.name],
            "exfiltration",
        ),
    ]


def _visits() -> list[Entry]:
    return [
        _entry(
            "monitoring",
            "The monitoring server asks every server whether it lives",
            [Claim(src=MONITOR.ip, dst=world.SERVERS.net4, protocol=p) for p in ("tcp", "icmp")],
            MONITOR.name,
            ["servers"],
            "network_scan",
            period_s=60,
        ),
        _entry(
            "administration",
            "The administrator logs in to servers, once with a mistyped password",
            [Claim(src=address, port=22) for address in (world.ADMIN.ip, world.ADMIN.ip6)],
            world.ADMIN.name,
            ["app-01", "fs-01", "bk-01"],
            "ssh_brute_force",
        ),
        _entry(
            "reputation",
            "Virus scanners and the mail server look things up as DNS names",
            [Claim(port=53, name="avcheck.example")],
            "all",
            ["ns-01"],
            "dns_tunnel",
            zones=["q.avcheck.example", "bl.avcheck.example"],
        ),
    ]
