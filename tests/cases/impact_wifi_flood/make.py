"""Makes the evidence of these cases.

`python -m tests.cases.impact_wifi_flood.make` from the root of the project writes it anew.
"""

from __future__ import annotations

from pathlib import Path

from tests.cases.evidence import write

NETWORK, STATION, ALL = "00:00:5a:0a:00:01", "00:00:5a:0b:00:17", "ff:ff:ff:ff:ff:ff"


def make(root: Path) -> None:
    """Write all evidence under ``root``."""
    table = "wifi_activity"
    write(root / "thrown_out_and_back", table, thrown_out_and_back())
    write(root / "invented_networks", table, networks(200, 3, -48))
    write(root / "restart", table, [beacon(0), frame(5, "deauthentication", NETWORK, ALL, 12)])
    write(
        root / "quiet_evening", table, [beacon(0), frame(9, "disassociation", STATION, NETWORK, 1)]
    )


def frame(
    at: float, kind: str, sender: str, to: str, count: int, **more: object
) -> dict[str, object]:
    """Frames of one kind within a minute."""
    return {
        "time": at, "last_time": at + 5, "first_frame": int(at * 100) + 1, "kind": kind,
        "transmitter_mac": sender, "receiver_mac": to, "bssid": NETWORK, "channel": 6,
        "is_protected": False, "count": count, **more,
    }  # fmt: skip


def beacon(at: float) -> dict[str, object]:
    """A minute of the network."""
    return frame(at, "beacon", NETWORK, ALL, 580, ssid="Example", security="wpa2")


def thrown_out_and_back() -> list[dict[str, object]]:
    """Both sides take leave 64 times, in each other's name; then the station logs in again."""
    return [
        beacon(0),
        frame(10, "deauthentication", NETWORK, STATION, 64, reason=7),
        frame(10.1, "deauthentication", STATION, NETWORK, 64, reason=7),
        frame(14, "authentication", STATION, NETWORK, 1),
        frame(14.1, "association_request", STATION, NETWORK, 1),
    ]


def networks(number: int, each: int, signal: int) -> list[dict[str, object]]:
    """Networks nobody has heard before, all from one place."""
    return [
        frame(
            n / 10, "beacon", f"02:00:00:00:01:{n:02x}", ALL, each, bssid=f"02:00:00:00:01:{n:02x}",
            ssid=f"net{n}", signal_min_dbm=signal - 2, signal_max_dbm=signal,
        )
        for n in range(number)
    ]  # fmt: skip


if __name__ == "__main__":
    make(Path(__file__).parent)
