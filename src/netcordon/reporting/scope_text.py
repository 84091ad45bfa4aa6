"""A scope query on a terminal and as JSON."""

from __future__ import annotations

import json

import netcordon
from netcordon.model.quantity import count_text, rfc3339, time_text, window_text
from netcordon.model.scope import Reason, Scope, ScopedHost
from netcordon.reporting.page import Page
from netcordon.reporting.visible import visible

_HOSTS, _REASONS = 40, 4


def scope_text(scope: Scope, *, width: int = 100, detail: int = 0) -> str:
    """The whole result; ``detail`` 1 and more names every host and reason."""
    page = Page(width)
    page.say("Scope of", f"{scope.subject}  {visible(scope.title, limit=200)}")
    page.say("", f"first alert {time_text(scope.alert_time)} UTC")
    page.say("Looked for", *(_shape(scope, n) for n in range(len(scope.shapes))))
    if scope.left_out:
        page.say("Left out", *(visible(text, limit=160) for text in scope.left_out))
    page.say(
        "Searched",
        f"{count_text(len(scope.evidence_ids), 'piece')} of evidence, "
        f"{count_text(scope.active_hosts, 'host')} of ours that speak",
    )
    page.gap()
    new = scope.new_hosts
    said = f"{count_text(len(new), 'host')} that no finding names" if new else (
        "nobody: no host beyond those that the findings name shows any of these marks"
    )  # fmt: skip
    page.say("Who else", said)
    common = sum(shape.is_common for shape in scope.shapes)
    if common:
        page.say(
            "", f"{count_text(common, 'mark')} not counted, for most hosts bear them: look whether "
            "they are everyday ones, for a spread to most hosts would look the same.",
        )  # fmt: skip
    others = [host for host in scope.hosts if host not in new]
    for host in new if detail else new[:_HOSTS]:
        _host(page, host, detail)
    if len(new) > _HOSTS and not detail:
        page.row(f"and {len(new) - _HOSTS:,} more (-v, --json)")
    if others:
        page.gap()
        page.say("Known", "named by the findings, or a resolver that asks for others")
        for host in others:
            _host(page, host, detail)
    if scope.not_visible:
        page.gap()
        page.say("Not visible", *(visible(text, limit=None) for text in scope.not_visible))
    return page.text()


def _shape(scope: Scope, number: int) -> str:
    shape = scope.shapes[number]
    common = ": so common that it says nothing, not counted" if shape.is_common else ""
    hosts = count_text(shape.hosts, "host")
    return f"{shape.kind} {visible(shape.value, limit=120)} ({hosts}){common}"


def _host(page: Page, host: ScopedHost, detail: int) -> None:
    name = f" {visible(host.name, limit=60)}" if host.name else ""
    user = f" ({visible(host.user, limit=60)})" if host.user else ""
    page.row(f"{host.ip}{name}{user}{'  a resolver' if host.is_resolver else ''}")
    shown = host.reasons if detail else host.reasons[:_REASONS]
    for reason in shown:
        page.row("  " + _reason(reason))
    if len(host.reasons) > len(shown):
        page.row(f"  and {len(host.reasons) - len(shown)} more reasons")


def _reason(reason: Reason) -> str:
    early = ", ALREADY BEFORE the first alert" if reason.is_before_alert else ""
    span = window_text(reason.first_seen_time, reason.last_seen_time).partition(" UTC")[0]
    what = f"same {reason.kind} {visible(reason.value, limit=100)}"
    return f"{what}: {count_text(reason.rows, 'row')}, {span}{early}"


def scope_json(scope: Scope, not_recorded: str | None) -> str:
    """One object whose keys are stable; values are as observed."""
    shown = {
        "version": netcordon.__version__,
        "subject": scope.subject,
        "title": scope.title,
        "finding_ids": list(scope.finding_ids),
        "alert_time": rfc3339(scope.alert_time),
        "active_hosts": scope.active_hosts,
        "shapes": [
            {"kind": s.kind, "value": s.value, "hosts": s.hosts, "is_common": s.is_common}
            for s in scope.shapes
        ],
        "left_out": list(scope.left_out),
        "new_hosts": [host.ip for host in scope.new_hosts],
        "hosts": [
            {"ip": h.ip, "name": h.name, "user": h.user, "is_known": h.is_known,
             "is_resolver": h.is_resolver,
             "reasons": [
                 {"kind": r.kind, "value": r.value, "rows": r.rows,
                  "first_seen_time": rfc3339(r.first_seen_time),
                  "last_seen_time": rfc3339(r.last_seen_time),
                  "is_before_alert": r.is_before_alert}
                 for r in h.reasons
             ]}
            for h in scope.hosts
        ],
        "evidence_ids": list(scope.evidence_ids),
        "not_visible": list(scope.not_visible),
        "not_recorded": not_recorded,
        "error": None,
    }  # fmt: skip
    return json.dumps(shown, ensure_ascii=True, allow_nan=False, indent=1) + "\n"
