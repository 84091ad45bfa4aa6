"""Alerts of Snort and Suricata, a line each: in a file of their own, or by syslog."""

from __future__ import annotations

import re

from netcordon.ingest.alerts.fast import ENDS, alert_of, class_of, title_of, written_time
from netcordon.ingest.messages.log import Found, Message, Reader

_LONGEST = 4096
_DATE = re.compile(r"\d\d/\d\d(?:/\d{2,4})?-\d\d$", re.ASCII)
_FOUR_DIGITS = re.compile(r"\d\d/\d\d/\d{4}-", re.ASCII)


def _read(message: Message) -> Found:
    text = message.text[:_LONGEST]
    if _DATE.match(message.envelope.tag):  # the colon of a time looks like that of a tag
        text = f"{message.envelope.tag}:{text}"
    if "[" not in text[:64] or "{" not in text:
        return None
    told = title_of(text)
    if told is None:
        return None
    ends = ENDS.search(text)
    if ends is None:
        return "an alert without two addresses"
    written = str(told["written"])
    is_suricata = "suricata" in message.envelope.tag or _FOUR_DIGITS.match(written)
    time = message.time(written_time(written)) if written else message.time()
    event = alert_of(
        told | class_of(text), "suricata" if is_suricata else "snort", time,
        (ends["src"], ends["dst"]), ends["proto"],
    )  # fmt: skip
    event.values["reporter"] = message.envelope.host
    return [event]


FAST_ALERTS = Reader("fast_alerts", _read)
