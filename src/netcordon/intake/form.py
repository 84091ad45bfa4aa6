"""A form that somebody fills in for a caller, or for what network staff have seen themselves."""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from netcordon.casefile.canonical import canonical
from netcordon.ingest.letters.mail import part_of
from netcordon.ingest.letters.moments import Setting
from netcordon.intake.deadline import deadline
from netcordon.intake.observables import merged, observables
from netcordon.intake.reading import KEPT_TEXT, Circumstances
from netcordon.intake.styles import reference_in
from netcordon.model.form import Form
from netcordon.model.handling import TLP
from netcordon.model.hunt import WantedType
from netcordon.model.intake import (
    Attached,
    Moment,
    Observable,
    Report,
    Reporter,
    Support,
)  # fmt: skip
from netcordon.model.quantity import utc


def report_of(form: Form, around: Circumstances) -> Report:
    """The report that a form makes."""
    text = form.what.strip()
    due, due_why = deadline(text, Setting(written=around.now), form.channel, around.rules)
    if form.due is not None:
        due, due_why = form.due, "the form"
    parts = [part_of(name, "", content) for name, content in form.attachments]
    named = merged(
        (
            observables("\n".join((text, form.counter)), around.ours),
            observables(form.device, around.ours, "device"),
            [
                Observable(type=WantedType.SHA256.value, value=part.sha256, place="attachment")
                for part in parts
            ],
        )
    )
    return Report(
        format="form",
        channel=form.channel,
        reporter=Reporter(name=form.reporter, mail=form.mail, support=Support.TYPED),
        reference=form.reference or reference_in("", text),
        subject=text.splitlines()[0][:120] if text else "",
        text=text[:KEPT_TEXT],
        device=form.device,
        interface=form.interface,
        counter=form.counter,
        written=Moment(text="", time=around.now, zone="Z"),
        seen=_seen(form),
        due=due,
        due_why=due_why,
        tlp=form.tlp or TLP.AMBER,
        is_tlp_stated=form.tlp is not None,
        observables=named,
        attached=tuple(
            Attached(name=p.name, media="", kind=p.kind, bytes=len(p.content), sha256=p.sha256)
            for p in parts
        ),
        concerns_us=False,
        sha256=hashlib.sha256(canonical(_fields(form, around.now)).encode()).hexdigest(),
    )


def _seen(form: Form) -> tuple[Moment, ...]:
    if form.when is None:
        return ()
    text = form.when.isoformat(sep=" ")
    if form.when.tzinfo is not None:
        return (Moment(text=text, time=utc(form.when), zone=form.when.strftime("%z")),)
    local = form.when.replace(tzinfo=ZoneInfo(form.zone))
    return (Moment(text=text, time=utc(local), zone=form.zone),)


def _fields(form: Form, now: datetime) -> dict[str, object]:
    """What makes a form the one it is; two of the same words at different times are two."""
    return {
        "channel": form.channel, "reporter": form.reporter, "what": form.what, "time": now,
        "device": form.device, "interface": form.interface, "counter": form.counter,
        "attachments": [hashlib.sha256(content).hexdigest() for _, content in form.attachments],
    }  # fmt: skip
