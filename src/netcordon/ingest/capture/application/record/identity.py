"""What addresses say of themselves, gathered over the capture into `host_identity`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netcordon.ingest.capture.addresses import address_text
from netcordon.ingest.capture.application.record.ends import Address
from netcordon.model.parser import RowSink

_MOST = 1 << 18


@dataclass(slots=True)
class _Seen:
    first_ns: int
    last_ns: int
    count: int
    frame: int


_Key = tuple[Address | None, str, str, str, str, str, str]


class Identities:
    """Distinct facts with first and last time; bounded, for floods forge facts.

    Attributes:
        refused: facts not kept because the bound was reached.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.refused = 0
        self._most = most
        self._seen: dict[_Key, _Seen] = {}

    def say(
        self,
        source: str,
        time_ns: int,
        frame: int,
        *,
        ip: Address | None = None,
        mac: str = "",
        host_name: str = "",
        user: str = "",
        domain: str = "",
        os_hint: str = "",
    ) -> None:
        """Note one statement; empty text means the fact is not known."""
        key = (ip, mac, host_name, user, domain, os_hint, source)
        seen = self._seen.get(key)
        if seen is None:
            if len(self._seen) >= self._most:
                self.refused += 1
                return
            self._seen[key] = _Seen(time_ns, time_ns, 1, frame)
            return
        seen.count += 1
        if time_ns > seen.last_ns:
            seen.last_ns = time_ns
        elif time_ns < seen.first_ns:
            seen.first_ns = time_ns
        if frame < seen.frame:
            seen.frame = frame

    def hand_on(self, sink: RowSink) -> None:
        """Give the facts to the sink in an order of their own, and forget them."""
        if not self._seen:
            return
        order = sorted(self._seen.items(), key=lambda item: (item[1].frame, _sortable(item[0])))
        keys = [key for key, _ in order]
        seen = [fact for _, fact in order]
        sink.append(
            "host_identity",
            {
                "ip": _addresses([key[0] for key in keys]),
                "mac": [key[1] or None for key in keys],
                "host_name": [key[2] or None for key in keys],
                "user": [key[3] or None for key in keys],
                "domain": [key[4] or None for key in keys],
                "os_hint": [key[5] or None for key in keys],
                "source": [key[6] for key in keys],
                "first_seen_time": [fact.first_ns // 1000 for fact in seen],
                "last_seen_time": [fact.last_ns // 1000 for fact in seen],
                "count": [fact.count for fact in seen],
                "first_frame": [fact.frame for fact in seen],
            },
        )
        self._seen.clear()


def _addresses(ips: list[Address | None]) -> list[str | None]:
    halves = np.array([ip or (0, 0) for ip in ips], dtype=np.uint64).reshape(-1, 2)
    texts = address_text(halves[:, 0], halves[:, 1]).to_pylist()
    return [text if ip is not None else None for ip, text in zip(ips, texts, strict=True)]


def _sortable(key: _Key) -> tuple[Address, tuple[str, ...]]:
    return key[0] or (0, 0), key[1:]
