"""A complaint as a mail: what a provider must know to act, in plain words, and nothing of ours."""

from __future__ import annotations

import textwrap

from netcordon.model.abuse import AbuseMatter
from netcordon.model.quantity import count_text, rfc3339
from netcordon.notices.xarf import kind_of
from netcordon.reporting.visible import visible

_WORDS = {
    "ddos": "a flood of traffic",
    "login_attack": "attempts to log in",
    "port_scan": "a scan of ports and addresses",
    "vulnerability_scan": "attacks on web applications",
    "botnet": "command and control of malware",
    "compromised_server": "a server that receives stolen data",
    "malware": "malware that is offered for download",
}
_MOST_LINES = 60


def subject(matter: AbuseMatter) -> str:
    """One line."""
    return f"Abuse report: {_WORDS[kind_of(matter)[1]]}, {matter.source}"


def complaint(matter: AbuseMatter, *, org: str, reference: str, recorded: int) -> str:
    """The text of the mail.

    Args:
        matter: what the source did.
        org: who reports.
        reference: ours.
        recorded: connections that were recorded in all.
    """
    shown = matter.lines[:_MOST_LINES]
    name = f" ({visible(matter.name, limit=100)})" if matter.name else ""
    lines = [
        "Hello,",
        "",
        f"{visible(org, limit=100)} reports {_WORDS[kind_of(matter)[1]]} from your network:",
        "",
        f"  Address     {matter.source}{name}",
        f"  First seen  {rfc3339(matter.first_seen)}",
        f"  Last seen   {rfc3339(matter.last_seen)}",
        f"  Reference   {reference}",
        "",
        *textwrap.wrap(visible(matter.description, limit=600), 76),
        "",
        "Please stop it, keep your logs of that time, and tell us what you found. The",
        "host may have been broken into itself. This report is attached as XARF 4.",
        "",
        f"{count_text(recorded, 'connection')} recorded, {len(shown)} shown. All times are UTC.",
        "",
        f"  {matter.heading}",
        *(f"  {line}" for line in shown),
        "",
    ]
    return "\n".join(lines)
