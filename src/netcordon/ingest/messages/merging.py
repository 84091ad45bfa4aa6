"""What many messages say of one thing: who an address is, and a login told of step by step."""

from __future__ import annotations

from netcordon.ingest.messages.events import Event

MOST_IDENTITIES = 1 << 16
"""Different facts kept at a time; beyond them all are written and counting starts again."""
MOST_LOGINS = 1 << 16
STEPS_S = 60
"""Messages of one login: a tunnel's start, the address it was given, the session above it."""

_FACTS = ("ip", "mac", "host_name", "user", "domain", "os_hint", "source")


class Identities:
    """Facts about addresses, each once, with when and how often it was said."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], Event] = {}

    def take(self, event: Event) -> list[Event]:
        """Count a row of ``host_identity``; the rows that must be written now."""
        values = event.values
        key = tuple(values.get(name) for name in _FACTS)
        known = self._known.get(key)
        if known is not None:
            first, last = known.values["first_seen_time"], known.values["last_seen_time"]
            known.values["first_seen_time"] = min(_whole(first), _whole(values["first_seen_time"]))
            known.values["last_seen_time"] = max(_whole(last), _whole(values["last_seen_time"]))
            known.values["count"] = _whole(known.values["count"]) + 1
            return []
        self._known[key] = event
        return self.all() if len(self._known) > MOST_IDENTITIES else []

    def all(self) -> list[Event]:
        """All of them, which are then forgotten."""
        found, self._known = list(self._known.values()), {}
        return found


class Logins:
    """Tells a login that was already told of."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def is_repeated(self, event: Event) -> bool:
        """Whether the same account came from the same address within ``STEPS_S``."""
        time = _whole(event.values["time"])
        before = self._last.pop(event.session, None)
        if len(self._last) >= MOST_LOGINS:
            del self._last[next(iter(self._last))]
        self._last[event.session] = time
        return before is not None and abs(time - before) <= STEPS_S * 1_000_000


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
