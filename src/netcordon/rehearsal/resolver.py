"""A real resolver's verdict on the zone: denied names and what is under them, and all the others.

Names are those that were recorded, a sample of them; beside each denied name its neighbours are
asked for (a child, its parent, a name that ends alike), all in mixed case.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netcordon.model.command import Command, Verb
from netcordon.model.rehearsal import EngineVerdict, Judged
from netcordon.rehearsal.dns_message import AAAA, NXDOMAIN, A
from netcordon.rehearsal.enclosed import asked, missing_of
from netcordon.rehearsal.name_prober import ADDRESSES
from netcordon.rehearsal.trial import Judge, Trial, compared

MOST_NAMES = 1_000
"""Of those that are denied, and of ordinary ones."""
_SERVERS = {"unbound": "Unbound", "named": "BIND"}

# Of each name that was looked up: whether the model denies it.
_NAMES = """
WITH asked AS (
    SELECT DISTINCT q.query AS raw FROM dns_activity q
    WHERE q.service = 'dns' AND q.query IS NOT NULL AND q.query <> '.'
), stopped AS (
    SELECT d.raw FROM denied d JOIN of_point p ON p.no = d.no GROUP BY d.raw
)
SELECT a.raw AS name, s.raw IS NOT NULL AS denied
FROM asked a LEFT JOIN stopped s ON s.raw = a.raw
QUALIFY row_number() OVER (PARTITION BY denied ORDER BY hash(a.raw), a.raw) <= $most
ORDER BY denied DESC, hash(a.raw), a.raw
"""


def _judged(trial: Trial) -> tuple[EngineVerdict, ...]:
    servers = [server for server in _SERVERS if not missing_of((server,))]
    absent = [server for server in _SERVERS if server not in servers]
    out = [
        trial.verdict(_SERVERS[server], of="name", why_not=f"{server} not installed")
        for server in absent
    ]
    names = list(_names(trial))
    begun = time.monotonic()
    zone = {
        "name": trial.register.point(trial.rules.point).options.get("zone", "netcordon.rpz"),
        "text": trial.rules.do,
    }
    answer = asked(
        "name_prober",
        {"servers": servers, "zone": zone, "names": [(n, kind) for n, kind, _ in names]},
    )
    if "error" in answer:
        why = {"why_not": str(answer["error"]), "what_to_try": str(answer.get("try", ""))}
        return (*out, *(trial.verdict(_SERVERS[s], of="name", **why) for s in servers))
    unreadable = set(answer["unreadable"])
    sent = [each for place, each in enumerate(names) if place not in unreadable]
    for server in servers:
        told = answer[server]
        if "error" in told:
            out.append(trial.verdict(_SERVERS[server], of="name", why_not=told["error"]))
            continue
        unjudged = Counter({"no message can carry the name": len(unreadable)} if unreadable else {})
        found = list(_compared(trial, sent, told, unjudged))
        out.append(
            trial.verdict(
                _SERVERS[server],
                of="name",
                **compared(found),
                unjudged=dict(sorted(unjudged.items())),
                seconds=(time.monotonic() - begun) / len(servers),
            )
        )
    return tuple(out)


def _names(trial: Trial) -> Iterator[tuple[str, int, Command | None]]:
    """Names with a record type, and the command that denies each."""
    denied = {c.target.domain: c for c in trial.commands if c.target.domain}
    if not denied:
        return
    seen: set[str] = set()
    for row in trial.tables.query(_NAMES, {"most": MOST_NAMES}):
        name = str(row["name"])
        command = _above(name.lower(), denied) if row["denied"] else None
        seen.add(name.lower())
        yield name, A, command
    for domain, command in denied.items():
        parent = domain.partition(".")[2]
        beside = (domain, f"x.{domain}", f"a.b.{domain}", f"not{domain}", parent)
        for name in beside:
            if name and name not in seen:
                seen.add(name)
                yield name, A, _above(name, denied)
        yield domain, AAAA, command


def _above(name: str, denied: Mapping[str, Command]) -> Command | None:
    """The command for the longest denied name that a name is or stands under."""
    labels = name.split(".")
    above = (".".join(labels[at:]) for at in range(len(labels)))
    return next((denied[each] for each in above if each in denied), None)


def _compared(
    trial: Trial,
    names: Sequence[tuple[str, int, Command | None]],
    told: Mapping[str, Any],
    unjudged: Counter[str],
) -> Iterator[Judged]:
    options = trial.register.point(trial.rules.point).options
    for (name, kind, command), bare, under in zip(
        names, told["without"], told["with"], strict=True
    ):
        if bare is None or ADDRESSES[kind] not in bare[1]:
            unjudged["does not get through even without the zone"] += 1
            continue
        lets_through = under is not None and ADDRESSES[kind] in under[1]
        if command is not None and not lets_through and not _as_meant(command, options, under):
            # Stopped, but not as the plan says: who is to be led to the sinkhole gets nothing.
            lets_through = True
        yield Judged(
            name=name,
            protocol="dns",
            is_way=command is not None,
            model_stops=command is not None,
            engine_stops=not lets_through,
        )


def _as_meant(command: Command, options: Mapping[str, str], answer: Sequence[Any] | None) -> bool:
    if answer is None:
        return False
    code, addresses = answer
    if command.verb is not Verb.REDIRECT:
        return bool(code == NXDOMAIN and not addresses)
    sinkhole = options.get("sinkhole", "")
    # A sinkhole of one family has no answer in the other.
    return addresses in ([sinkhole], [])


JUDGE = Judge(actuators=("dns_rpz",), judge=_judged)
"""The resolvers that read response policy zones."""
