"""A reply to somebody who reported: quotes the number, and tells nothing of what was found."""

from __future__ import annotations

import re

from netcordon.model.handling import TLP
from netcordon.model.intake import Filed, Observable, Report, Support
from netcordon.model.quantity import time_text
from netcordon.model.reply import Reply
from netcordon.notices.drafting import catalogue, environment
from netcordon.reporting.visible import defanged, visible

_MOST_NAMED = 12
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\Z")


def reply(filed: Filed, language: str, *, org: str) -> Reply:
    """The reply to a report; nothing of ours stands in it, not even our addresses.

    Args:
        filed: the report on record.
        language: of the texts.
        org: who answers; may be empty.

    Raises:
        KeyError: a language there is none of.
    """
    words, report = catalogue(language), filed.report
    say = words["reply"]
    tlp = max(report.tlp if report.is_tlp_stated else TLP.GREEN, TLP.GREEN, key=list(TLP).index)
    quoted = visible(report.reference, limit=60)
    when = report.written.time if report.written and report.written.time else filed.time
    opening = say["thanks"].format(
        reference=f"{quoted} " if quoted else "", time=time_text(when), id=filed.id
    )
    outcome = ""
    if filed.closed is None:
        opening = f"{opening} {say['open']}"
    else:
        outcome = f"{say['closed']} {visible(filed.outcome, limit=600)}"
    text = environment().get_template("reply").render(
        t=words, marking=tlp.value, opening=opening, outcome=outcome,
        named=_named(report, say), asked=[] if filed.closed else _asked(report, say),
        due="" if filed.closed or report.due is None
        else say["due"].format(due=time_text(report.due)),
        org=visible(org, limit=100),
    )  # fmt: skip
    to = report.reporter.mail if _MAILBOX.match(report.reporter.mail) else ""
    subject = f"{say['subject']}{f' {quoted}' if quoted else ''} [{filed.id}]"
    return Reply(
        intake_id=filed.id, to=to, subject=subject, text=text, tlp=tlp,
        in_reply_to=report.message_id, warnings=tuple(_warnings(report, to)),
    )  # fmt: skip


def _named(report: Report, say: dict[str, str]) -> list[str]:
    """What the reporter named himself: sources first; those of us only as he wrote them."""
    ordered = sorted(report.observables, key=lambda one: (one.role != "source",))
    shown = [_shown(one) for one in ordered if one.type in ("address", "domain", "url", "sha256")]
    more = len(shown) - _MOST_NAMED
    return [*shown[:_MOST_NAMED], *([say["more"].format(count=more)] if more > 0 else [])]


def _shown(one: Observable) -> str:
    return visible(defanged(one.value), limit=200)


def _asked(report: Report, say: dict[str, str]) -> list[str]:
    out = []
    if not report.seen:
        out.append(say["ask_time"])
    elif bare := [one for one in report.seen if not one.zone]:
        zone = visible(bare[0].assumed, limit=40) or "UTC"
        out.append(say["ask_zone"].format(zone=zone))
    if report.concerns_us and not any(one.type == "port" for one in report.observables):
        out.append(say["ask_port"])
    return out


def _warnings(report: Report, to: str) -> list[str]:
    out = []
    if not to:
        out.append("No mail address that can be used is known: say where it goes yourself.")
    if report.reporter.support in (Support.NOTHING, Support.CONTRADICTED, Support.CLAIMED):
        out.append(
            f"Who reported is not sure: {report.reporter.support.meaning}. Find the address "
            "elsewhere before you send."
        )
    out += [
        f"Careful: {visible(why, limit=200)}" for why in report.reporter.why if "differs" in why
    ]
    return out
