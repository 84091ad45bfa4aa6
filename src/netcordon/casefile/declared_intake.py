"""The part of ``netcordon.toml`` about reports of people: ``[intake]``."""

from __future__ import annotations

from collections.abc import Mapping

from netcordon.casefile.entries import Entry
from netcordon.model.intake import HOURS, Channel, IntakeRules

TEMPLATE = """\

# Reports of users, staff, outsiders and authorities (netcordon intake).
# [intake]
# domains = ["corp.example"]            # names of ours
# mail_servers = ["mx.corp.example"]    # ours, as they sign Authentication-Results (RFC 8601)
# outsider_hours = 48                   # an answer is due then, where the report names no time;
# authority_hours = 24                  # likewise user_hours, helpdesk_hours, staff_hours
"""

KEYS = ("domains", "mail_servers", *(f"{channel.value}_hours" for channel in Channel))
_MOST_HOURS = 24 * 90


def read_intake(values: Mapping[str, object]) -> IntakeRules:
    """The rules as declared.

    Raises:
        WrongKeyError: at the first key that cannot be used.
    """
    section = values.get("intake", {})
    entry = Entry("intake", 1, section if isinstance(section, dict) else {})
    entry.check_keys(KEYS)
    hours = {
        channel: entry.whole(f"{channel.value}_hours", 1, _MOST_HOURS)
        if entry.has(f"{channel.value}_hours")
        else default
        for channel, default in HOURS.items()
    }
    return IntakeRules(
        domains=tuple(name.lower().rstrip(".") for name in entry.texts("domains")),
        mail_servers=tuple(name.lower().rstrip(".") for name in entry.texts("mail_servers")),
        hours=hours,
    )
