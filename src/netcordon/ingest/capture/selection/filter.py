"""The language of ``carve --filter``: a small, strict part of what tcpdump understands.

.. code-block:: text

    filter  = all { "or" all }
    all     = part { "and" part }
    part    = "not" part | "(" filter ")" | term
    term    = [ "src" | "dst" ] ( "host" ADDRESS | "net" CIDR | "port" NUMBER[-NUMBER] )
            | "proto" NAME-OR-NUMBER | "tcp" | "udp" | "icmp" | "icmp6" | "ip" | "arp"
            | "since" TIME | "until" TIME | "frame" NUMBER[-NUMBER]

``arp`` is every frame that holds no IP. Times are RFC 3339, UTC when no zone is given; ``since``
takes in its own moment, ``until`` does not.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime, timedelta

from netcordon.errors import QueryError
from netcordon.ingest.capture.protocols import IP_PROTOCOL_NAMES
from netcordon.ingest.capture.selection.terms import (
    NOT_IP,
    And,
    FrameNumbers,
    Network,
    Not,
    Or,
    Ports,
    Protocols,
    Term,
    Times,
)

_LONGEST = 4096
_DEEPEST = 32
_TOKEN = re.compile(r"\s*([()]|[^\s()]+)")
_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?\Z")
_NAMES = {name: number for number, name in IP_PROTOCOL_NAMES.items()}
_ALONE = ("tcp", "udp", "icmp", "icmp6")
_IPV4 = 0xFFFF << 32
_EARLIEST, _LATEST = -(1 << 63), (1 << 63) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_filter(text: str) -> Term:
    """The filter that ``text`` writes.

    Raises:
        QueryError: NC-706, with the position in the text.
    """
    if len(text) > _LONGEST:
        raise _refuse(text[:60] + "…", _LONGEST, f"it is longer than {_LONGEST} characters")
    return _Reader(text).whole()


class _Reader:
    """Recursive descent over words."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [(m.start(1), m[1]) for m in _TOKEN.finditer(text.rstrip())]
        self._at = 0
        self._depth = 0

    def whole(self) -> Term:
        term = self._any()
        if self._at < len(self._words):
            raise self._error("'and' or 'or' is missing here")
        return term

    def _any(self) -> Term:
        terms = [self._all()]
        while self._take("or"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _all(self) -> Term:
        terms = [self._part()]
        while self._take("and"):
            terms.append(self._part())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _part(self) -> Term:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self._error(f"it is nested deeper than {_DEEPEST}")
        try:
            if self._take("not"):
                return Not(self._part())
            if self._take("("):
                term = self._any()
                if not self._take(")"):
                    raise self._error("a ')' is missing here")
                return term
            return self._term()
        finally:
            self._depth -= 1

    def _term(self) -> Term:
        word = self._next("a term is missing here").lower()
        if word in ("src", "dst"):
            return self._sided(self._next(f"'host', 'net' or 'port' is missing after {word}"), word)
        if word in ("host", "net", "port"):
            return self._sided(word, "either")
        if word in _ALONE:
            return Protocols((_NAMES[word],))
        if word == "ip":
            return Not(Protocols((NOT_IP,)))
        if word == "arp":
            return Protocols((NOT_IP,))
        if word == "proto":
            return Protocols((self._protocol(),))
        if word == "since":
            return Times(self._moment(), _LATEST)
        if word == "until":
            return Times(_EARLIEST, self._moment() - 1)
        if word == "frame":
            return FrameNumbers(*self._range("a frame number", _LATEST))
        raise self._error("this word is not known", back=1)

    def _sided(self, kind: str, side: str) -> Term:
        if kind == "host":
            return Network(side, *self._network(is_host=True))
        if kind == "net":
            return Network(side, *self._network(is_host=False))
        if kind == "port":
            return Ports(side, *self._range("a port", 65535))
        raise self._error("'host', 'net' or 'port' is needed here", back=1)

    def _network(self, *, is_host: bool) -> tuple[int, int]:
        word = self._next("an address is missing here")
        try:
            network = ipaddress.ip_network(word, strict=True)
        except ValueError as error:
            raise self._error(str(error), back=1) from None
        if is_host and network.num_addresses != 1:
            raise self._error("a single address is needed; write 'net' for networks", back=1)
        base = _IPV4 if network.version == 4 else 0
        low, high = int(network.network_address), int(network.broadcast_address)
        return base | low, base | high

    def _protocol(self) -> int:
        word = self._next("a protocol is missing here").lower()
        if word in _NAMES:
            return _NAMES[word]
        if word.isdecimal() and word.isascii() and len(word) <= 3 and int(word) <= 255:
            return int(word)
        raise self._error(f"no protocol; known are {', '.join(_NAMES)}, or 0 to 255", back=1)

    def _range(self, what: str, highest: int) -> tuple[int, int]:
        word = self._next(f"{what} is missing here")
        match = _RANGE.match(word)
        if match is None:
            raise self._error(f"{what} or a range such as 10-20 is needed", back=1)
        low = int(match[1])
        high = low if match[2] is None else int(match[2])
        if high > highest or low > high:
            raise self._error(f"the range goes from low to high, at most to {highest}", back=1)
        return low, high

    def _moment(self) -> int:
        word = self._next("a time is missing here")
        try:
            moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", word))
        except ValueError:
            raise self._error("no time; write 2026-11-21 or 2026-11-21T03:10:00Z", back=1) from None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return (moment - _EPOCH) // timedelta(microseconds=1) * 1000

    def _take(self, word: str) -> bool:
        if self._at < len(self._words) and self._words[self._at][1].lower() == word:
            self._at += 1
            return True
        return False

    def _next(self, missing: str) -> str:
        if self._at == len(self._words):
            raise self._error(missing)
        self._at += 1
        return self._words[self._at - 1][1]

    def _error(self, why: str, *, back: int = 0) -> QueryError:
        at = self._at - back
        place = self._words[at][0] if at < len(self._words) else len(self._text)
        return _refuse(self._text, place, why)


def _refuse(text: str, place: int, why: str) -> QueryError:
    near = text[place : place + 24]
    where = f"at character {place + 1}" + (f", {near!r}" if near else ", its end")
    return QueryError(
        "NC-706",
        f"The filter is not understood {where}.",
        why,
        "an example: host 10.0.0.5 and (port 443 or proto icmp) and since 2026-11-21T03:00:00Z",
    )
