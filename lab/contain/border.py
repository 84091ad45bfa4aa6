"""What really stands at the devices, asked without netcordon."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lab import topology
from lab.contain import inline, resolver
from lab.crew import inside, run

TABLE = re.compile(r"^table inet (netcordon_\S+) \{", re.MULTILINE)
_COUNTED = re.compile(r"\bpackets \d+ bytes \d+")
_LEFT = re.compile(r" expires \w+")
_SERIAL = re.compile(r"hostmaster\.localhost\. \d+ ")


@dataclass(frozen=True)
class Configuration:
    """Of all three devices; counters, time left, and the zone's serial number apart."""

    ruleset: str
    rules: str
    zone: str

    @property
    def is_bare(self) -> bool:
        """Whether nothing of netcordon's stands anywhere."""
        return not TABLE.search(self.ruleset) and "netcordon" not in f"{self.rules}{self.zone}"


def ruleset() -> str:
    """`nft list ruleset` on the border, as it is."""
    return run(*inside(topology.BORDER, ["nft", "list", "ruleset"]))


def configuration() -> Configuration:
    """As it is now."""
    return Configuration(
        ruleset=_LEFT.sub("", _COUNTED.sub("packets # bytes #", ruleset())),
        rules=inline.RULES.read_text(),
        zone=_SERIAL.sub("hostmaster.localhost. # ", resolver.POLICY.read_text()),
    )


def timed() -> int:
    """How many elements of sets stand there that the kernel will let expire."""
    return ruleset().count(" expires ")


def nft(*words: str) -> str:
    """A command of nft, typed at the border by hand."""
    return run(*inside(topology.BORDER, ["nft", *words]))


def elements(listed: str, address: str) -> Iterator[tuple[str, str, str, str]]:
    """Family, table, set and key of each element of netcordon's for a far end with this address.

    Args:
        listed: what `nft -j list ruleset` says.
        address: of the far end.
    """
    for each in json.loads(listed)["nftables"]:
        told = each.get("set")
        if told and told["table"].startswith("netcordon_"):
            for element in told.get("elem", ()):
                near, far = (_network(end) for end in element["elem"]["val"]["concat"])
                if ipaddress.ip_address(address) in ipaddress.ip_network(far):
                    yield told["family"], told["table"], told["name"], f"{near} . {far}"


def _network(end: Any) -> str:
    return end if isinstance(end, str) else f"{end['prefix']['addr']}/{end['prefix']['len']}"
