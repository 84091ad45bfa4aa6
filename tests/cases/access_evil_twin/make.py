"""Makes the evidence of these cases.

`python -m tests.cases.access_evil_twin.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

REAL, TWIN, STATION = "00:00:5a:0a:00:01", "02:00:00:0a:00:99", "00:00:5a:0b:00:17"
ALL = "ff:ff:ff:ff:ff:ff"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "wifi_activity"
    write(root / "open_twin", table, [*networks("open"), *lured()])
    write(root / "answers_to_all", table, answers([f"home-{n}" for n in range(9)]))
    write(
        root / "damaged_names",
        table,
        [row | {"count": 1} for row in answers([f"Examp{chr(n)}e" for n in range(97, 106)])],
    )
    write(root / "second_access_point", table, networks("wpa2"))
    write(root / "three_names", table, answers(["office", "guests", "devices"]))


def frame(
    at: float, kind: str, sender: str, to: str, count: int, **more: object
) -> dict[str, object]:
    """Frames of one kind within a minute."""
    return {
        "time": at, "last_time": at + 50, "first_frame": int(at * 100) + 1, "kind": kind,
        "transmitter_mac": sender, "receiver_mac": to, "bssid": sender, "channel": 6,
        "is_protected": False, "count": count, **more,
    }  # fmt: skip


def networks(security: str) -> list[dict[str, object]]:
    """One name, two senders."""
    return [
        frame(0, "beacon", REAL, ALL, 580, ssid="Example", security="wpa2"),
        frame(5, "beacon", TWIN, ALL, 500, ssid="Example", security=security),
    ]


def lured() -> list[dict[str, object]]:
    """A station is thrown out of the one and joins the other."""
    return [
        frame(20, "deauthentication", REAL, STATION, 25),
        frame(24, "association_request", STATION, TWIN, 1, bssid=TWIN, ssid="Example"),
    ]


def answers(names: list[str]) -> list[dict[str, object]]:
    """A sender that is every network it is asked for."""
    return [
        frame(n, "probe_response", TWIN, STATION, 3, ssid=name, security="open")
        for n, name in enumerate(names)
    ]


if __name__ == "__main__":
    make(Path(__file__).parent)
