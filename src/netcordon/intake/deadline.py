"""Until when an answer is expected: as the report says, else as the organisation has settled."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from netcordon.ingest.letters.moments import Setting, moment
from netcordon.model.intake import Channel, IntakeRules

_HOURS = "hours?|hrs?|stunden?|heures?|h"
_DAYS = "days?|tagen?|tage|jours?"
_WITHIN = re.compile(
    r"\b(?:within|innerhalb(?: von)?|binnen|sous|dans(?: les| un délai de)?|in the next)"
    rf"[ \t]{{1,3}}(?:the next )?(?P<n>\d{{1,3}})[ \t-]{{0,3}}(?:business |working |calendar )?"
    rf"(?P<unit>{_HOURS}|{_DAYS})\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:deadline|due(?: date| by)?|no later than|not later than|until|(?:reply|respond|answer)"
    r"[ \w]{0,30} by|spätestens|bis(?: zum| spätestens)?|frist(?: bis)?|avant le|au plus tard le"
    r"|jusqu'au)\b[ \t]{0,3}:?[ \t]{0,3}(?P<when>[^\n]{10,60})",
    re.IGNORECASE,
)
_LONGEST = timedelta(days=90)


def deadline(
    text: str, here: Setting, channel: Channel, rules: IntakeRules
) -> tuple[datetime, str]:
    """When an answer is due, and who says so.

    Args:
        text: of the report, bounded by the caller.
        here: when it was written, or put on record where it does not say.
        channel: by whom.
        rules: what the organisation declares.
    """
    written = here.written
    assert written is not None
    said: list[tuple[datetime, str]] = []
    for match in _WITHIN.finditer(text):
        unit = match["unit"].lower()
        number = int(match["n"])
        span = timedelta(hours=number) if unit[0] in "hs" else timedelta(days=number)
        said.append((written + span, f"the report: {match[0]!r}"))
    for match in _UNTIL.finditer(text):
        named = moment(match["when"], here)
        # A time further in is some other one, e.g. of a log line in the same sentence.
        if named is not None and named.time is not None and match["when"].find(named.text) < 12:
            said.append((named.time, f"the report: {match[0].strip()[:80]!r}"))
    fair = [one for one in said if written < one[0] <= written + _LONGEST]
    if fair:
        return min(fair)
    hours = rules.hours[channel]
    return written + timedelta(hours=hours), f"the rule for {channel.value}: {hours} hours"
