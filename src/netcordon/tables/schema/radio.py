"""Wireless networks."""

from __future__ import annotations

from netcordon.tables.schema.columns import Table, column

WIFI_ACTIVITY = Table(
    "wifi_activity",
    "802.11 management frames, counted: one row a minute, kind, sender, receiver and network.",
    "time",
    ("time", "first_frame"),
    (
        column("time", "TIMESTAMP", "time of the first of them"),
        column("last_time", "TIMESTAMP", "time of the last of them"),
        column("first_frame", "BIGINT", "frame of the first"),
        column("kind", "VARCHAR", "beacon, probe_request, authentication, deauthentication, ..."),
        column("transmitter_mac", "VARCHAR", "address 2"),
        column("receiver_mac", "VARCHAR", "address 1"),
        column("bssid", "VARCHAR", "address 3"),
        column("ssid", "VARCHAR", "name of the network, or NULL"),
        column("channel", "INTEGER", "channel, or NULL"),
        column("security", "VARCHAR", "open, wep, wpa, wpa2, wpa3, ..., or NULL"),
        column("reason", "INTEGER", "reason or status code of the last, or NULL"),
        column("signal_min_dbm", "INTEGER", "weakest signal, or NULL"),
        column("signal_max_dbm", "INTEGER", "strongest signal, or NULL"),
        column("is_protected", "BOOLEAN", "management frame protection was on"),
        column("count", "BIGINT", "how many"),
    ),
)
