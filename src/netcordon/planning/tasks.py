"""What people do: the steps in their order, how each is taken back, and what shows that it worked.

Names of hosts and accounts come from traffic; they are data here, and every renderer escapes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netcordon.model.command import Probe
from netcordon.model.measure_kind import KINDS
from netcordon.model.plan import Harm, Measure, Way
from netcordon.model.register import Register
from netcordon.planning.picks import Preference
from netcordon.planning.taken import Taken


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A measure without its id, and the address of the host it is about, empty for none."""

    measure: Measure
    host: str = ""


def task(
    kind: str,
    what: str,
    duration_s: int,
    steps: Sequence[str],
    undo: Sequence[str],
    **more: object,
) -> Measure:
    """A measure that a person carries out."""
    known = KINDS[kind]
    return Measure(
        id="", kind=kind, title=f"{known.verb} {what}", d3fend=known.d3fend, react=known.react,
        instructions=tuple(steps), undo_instructions=tuple(undo), duration_s=duration_s,
        reversibility=known.reversibility, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def copy_memory(host: Taken, duration_s: int) -> Draft:
    """Volatile memory first: isolation and restarts destroy it (RFC 3227 section 2.1)."""
    steps = (
        f"leave {host.label()} powered on and connected; nobody logs in to look around",
        "copy its memory to storage of yours: WinPmem or the endpoint agent's own acquisition on "
        "Windows, AVML or LiME on Linux, a snapshot with memory for a virtual machine",
        "write down who, with which tool and version, from when to when (UTC), and the SHA-256 of "
        "the copy",
        f'netcordon case note "memory copied, SHA-256 ..." --on {host.ip}; then netcordon contain '
        "done, with the number of this measure",
    )
    measure = task(
        "capture_memory", host.label(), duration_s, steps,
        ("nothing to take back: the copy is evidence and stays",),
        owner="incident response",
        expected_effect="a copy whose SHA-256 stands in the case, made before the host was touched",
    )  # fmt: skip
    return Draft(measure=measure, host=host.ip)


def isolate_by_hand(
    host: Taken,
    ways: Sequence[Way],
    harms: tuple[Harm, ...],
    register: Register,
    duration_s: int,
) -> Draft:
    """At its own switch port or by its own agent: the only place that sees its neighbours too."""
    spared = ", ".join(dict.fromkeys((*register.forensic, *register.resolvers)))
    where = f"its MAC address {host.mac}" if host.mac else f"its address {host.ip}"
    steps = (
        f"find the port: {where} in the table of the access switch or the wireless controller",
        "write down the port and its VLAN; then move it to the quarantine VLAN, or have the "
        "endpoint agent isolate it",
        f"let it reach {spared} only" if spared
        else "let it reach the forensic workstation only (declare it under [[isolation]])",
        f"check: {host.ip} reaches nothing else, by IPv4 and by IPv6",
    )  # fmt: skip
    measure = task(
        "isolate_host", f"{host.label()} by hand", duration_s, steps,
        ("once it was cleaned or replaced: put the port back into the VLAN that was written down",
         "end the isolation in the endpoint agent; check that its work goes on"),
        owner="network operations",
        covers=tuple(way.id for way in ways),
        # What others lose because it serves them no more is read first.
        harms=tuple(sorted(harms, key=lambda h: (not h.critical, not h.what.startswith(host.ip)))),
        expected_effect=f"nothing comes from {host.ip} any more, not even to its neighbours",
        negative_probes=tuple(_probe(way) for way in ways[:5]),
        approvals=_lines(harms),
    )  # fmt: skip
    return Draft(measure=measure, host=host.ip)


def isolate_zone_by_hand(
    zone: str, left: Sequence[str], register: Register, duration_s: int
) -> Draft:
    """Where no device can be told, somebody pulls the cable."""
    spared = ", ".join(dict.fromkeys((*register.forensic, *register.resolvers))) or "nothing"
    steps = (
        *(f"close by hand: {text}" for text in left),
        f"keep open: {spared}",
        "check from a host of the zone, by IPv4 and by IPv6, that nothing outside answers",
        "look for ways that nobody declared: out-of-band management, telephones, VPN clients",
    )
    measure = task(
        "isolate_area", f"{zone} where no device can be told", duration_s, steps,
        ("open again what was closed, in the opposite order; check that work goes on",),
        owner="network operations",
        expected_effect=f"nothing crosses from or to {zone} but what was kept open",
        approvals=tuple(z.business_line for z in register.zones if z.name == zone and
                        z.business_line),
    )  # fmt: skip
    return Draft(measure=measure)


def end_connections(ways: Sequence[tuple[Way, int]], duration_s: int) -> Draft:
    """What was still open when recording ended and goes on under the rules."""
    said = ", ".join(f"{way.id} ({count})" for way, count in ways)
    steps = (
        *(
            f"on {way.src}: Linux `ss -K dst {way.dst}"
            + (f" dport = {way.port}`" if way.port is not None else "`")
            + f"; Windows: end the program that holds the connection to {way.dst}"
            for way, _ in ways[:10]
        ),
        "on firewalls between them: clear the sessions of these pairs",
        "look again after ten minutes: what came back has a program behind it that was missed",
    )
    measure = task(
        "end_connections", said, duration_s, steps,
        ("nothing to take back: programs connect again where they may",),
        owner="system administrators",
        expected_effect="none of these connections is open any more, and none comes back",
    )  # fmt: skip
    return Draft(measure=measure)


def log_more(hosts: Sequence[Taken], zones: Sequence[str], duration_s: int) -> Draft:
    """Before anything is cut, so that the attacker's answer is on record."""
    steps = (
        f"send the logs of the devices around zone {', '.join(zones) or 'unknown'} to a server "
        "that the attacker cannot reach: allowed connections too, not only denied ones",
        "servers next to these hosts: logins, new services, new tasks (Windows: audit policy and "
        "Sysmon; Linux: auditd)",
        "resolvers and proxies: every question and request with its client",
        "netcordon logging plan writes what to turn on for each platform, and what turns it off",
    )
    what = ", ".join(host.label() for host in hosts[:5]) or "the hosts of the incident"
    measure = task(
        "verbose_logging", what, duration_s, steps,
        ("switch off what was switched on, from the list; keep the logs with the case",),
        owner="system administrators",
        expected_effect="records of these hosts arrive on the log server within a minute",
    )  # fmt: skip
    return Draft(measure=measure)


def lock_accounts(accounts: Sequence[str], duration_s: int) -> tuple[Draft, Draft]:
    """Accounts that the attacker has, and what he has drawn from them already."""
    named = ", ".join(accounts)
    disable = task(
        "disable_account", named, duration_s,
        ("for each account: write down its state, group memberships and last logins",
         "disable it (Active Directory: Disable-ADAccount; Linux: usermod -L -e 1; cloud: block "
         "sign-in); service accounts: tell the owner of the service first",
         "check: a login with it is refused"),
        ("new password from a clean machine, enable it again, give back what was taken away",),
        owner="identity administrators",
        expected_effect="every login with these accounts fails and is logged",
    )  # fmt: skip
    revoke = task(
        "revoke_sessions", named, duration_s,
        ("end their sessions everywhere: VPN, mail, cloud (revoke refresh tokens), remote desktop",
         "Kerberos: tickets live on for hours; change the password twice where a ticket was forged",
         "keys and tokens that these accounts may have read: replace them"),
        ("nothing to take back: people log in again",),
        owner="identity administrators",
        expected_effect="no session of these accounts that began before now goes on",
    )  # fmt: skip
    return Draft(measure=disable), Draft(measure=revoke)


def tell_people(lines: Sequence[str], hosts: Sequence[Taken], duration_s: int) -> Draft:
    """Who is cut off is told what for, for how long, and what not to do."""
    who = ", ".join(lines) or "the users of these hosts"
    steps = (
        f"tell {who} by telephone or in person, not by the mail that the attacker may read",
        "netcordon notice draft writes it for each audience; a person sends it",
        "say what does not work, until when, and whom to call; do not name indicators",
        "say what is forbidden: no restart, no repair, no message to the attacker",
        f"leave out whoever may be involved; hosts: {', '.join(h.ip for h in hosts[:5])}",
    )
    measure = task(
        "notice", who, duration_s, steps, ("tell them when it is over",),
        owner="incident lead",
        expected_effect="each of them has confirmed that the message arrived",
    )  # fmt: skip
    return Draft(measure=measure)


def instead(way: Way, choice: Preference, harms: tuple[Harm, ...], duration_s: int) -> Draft:
    """A milder measure at a service that must go on, for its owner to carry out (C5)."""
    service = f"{way.dst} {way.protocol}" + (f"/{way.port}" if way.port is not None else "")
    if choice is Preference.GEO:
        kind, what = "geo", f"{service} for {way.src}"
        steps: tuple[str, ...] = (
            "write down from which countries its clients come (recorded clients and their owners)",
            "at the gateway before it, allow these countries and refuse the others",
            "this is no barrier for somebody who chooses his exit: watch it all the same",
        )
        undo = ("remove the country filter; look once more at who comes then",)
    else:
        kind, what = "mfa", service
        steps = (
            "ask for a second factor at this service for every account, administrators first",
            "end sessions that began before it was asked for",
            "accounts that cannot have one (services): restrict them to their source addresses",
        )
        undo = ("take the second factor away only by decision of the service's owner",)
    measure = task(
        kind, what, duration_s, steps, undo,
        owner=next((harm.owner for harm in harms if harm.owner), "owner of the service"),
        covers=(way.id,),
        expected_effect=f"{service} goes on for those who may; {way.src} is refused",
        harms=harms,
        approvals=_lines(harms),
    )  # fmt: skip
    return Draft(measure=measure)


def _lines(harms: Sequence[Harm]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(harm.business_line for harm in harms if harm.business_line))


def _probe(way: Way) -> Probe:
    return Probe(
        src=way.src, dst=way.dst, port=way.port, protocol=way.protocol, must_work=False,
        why=f"{way.id}: {way.purpose}",
    )  # fmt: skip
