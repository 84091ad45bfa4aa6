"""Who does what: every deed of the intruder and of the company, by name."""

from __future__ import annotations

import random
from collections.abc import Callable

from lab import server_life, world
from lab.contain.deeds import (
    Attempt,
    Deed,
    Requests,
    fetch,
    knock,
    look_up,
    read_mail_server,
)

ZERO, SECOND = world.PATIENT_ZERO, world.SECOND_VICTIM
PUBLIC, INTRANET = f"www.{world.DOMAIN}", f"intranet.{world.CORP}"
TUNNEL_END = ("10.99.0.1", 9000)
UPLOAD_BYTES = 65_536


def _always(attempt: Attempt) -> Callable[[], Attempt]:
    return lambda: attempt


def _letters() -> Attempt:
    rng = random.Random(11)
    return lambda: server_life.write_to_us(rng)


HOSTILE = (
    Deed(
        "beacon-042", ZERO.name, "beacon of pc-042, a connection each", 1.0,
        lambda: Requests(world.C2_SITE, path="/widget/poll"), hostile=True,
    ),
    Deed(
        "session-042", ZERO.name, "session of pc-042, open all the time", 1.0,
        lambda: Requests(world.C2_SITE, path="/widget/poll", open_once=True), hostile=True,
    ),
    Deed(
        "beacon-app", SECOND.name, "beacon of app-01, a connection each", 1.0,
        lambda: Requests(world.C2_SITE, path="/widget/poll"), hostile=True,
    ),
    Deed(
        "exfiltration", SECOND.name, f"upload of {UPLOAD_BYTES >> 10} kB by app-01", 1.5,
        lambda: Requests(world.DROP_SITE, path="/api/upload", body=UPLOAD_BYTES), hostile=True,
    ),
    Deed(
        "tunnel", ZERO.name, "DNS tunnel of pc-042, data inside", 1.5,
        _always(lambda: knock(*TUNNEL_END, says_first=False)), hostile=True,
    ),
    Deed(
        "download", ZERO.name, "download of the tool by pc-042", 2.0,
        lambda: Requests(world.TOOL_SITE, path=world.TOOL_PATH), hostile=True,
    ),
    Deed(
        "lateral", ZERO.name, "SSH from pc-042 to app-01", 1.0,
        _always(lambda: knock(SECOND.ip, 22, says_first=True)), hostile=True,
    ),
)  # fmt: skip
ORDINARY = (
    Deed(
        "backup", "bk-01", "off-site backup by bk-01", 1.0,
        _always(lambda: fetch(world.OFFSITE.name, path="/vault/x.bin", put=UPLOAD_BYTES)),
    ),
    Deed(
        "web", "pc-017", "web pages at pc-017", 1.0,
        _always(lambda: fetch("www.daily-harbour.example", path="/index.html")),
    ),
    Deed(
        "intranet", "pc-017", "intranet at pc-017", 1.0,
        _always(lambda: fetch(INTRANET, secure=False)),
    ),
    Deed("names", "pc-021", "DNS through the resolver", 0.5, _always(look_up)),
    Deed("mail-out", "pc-058", "mail program at pc-058", 1.0, _always(read_mail_server)),
    Deed("mail-in", "inet", "mail from the partner", 1.5, _letters),
    Deed(
        "visitors", "inet", "public web site, from outside", 1.0,
        _always(lambda: fetch(PUBLIC, path="/index.html", source=world.VISITOR_IPS[0])),
    ),
)  # fmt: skip
DEEDS = (*HOSTILE, *ORDINARY)
MACHINES = tuple(dict.fromkeys(deed.machine for deed in DEEDS))
