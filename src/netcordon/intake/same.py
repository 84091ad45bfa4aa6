"""Whether two reports are about one matter: the same reference or letter by one reporter."""

from __future__ import annotations

from collections.abc import Iterable

from netcordon.model.intake import Filed, Report
from netcordon.tables.names import registered_domain


def same_matter(report: Report, known: Iterable[Filed]) -> Filed | None:
    """The report on record that this one repeats; ``None`` when it is new.

    A reference alone does not join, for everybody counts from one; and the name of the reporter
    alone does not either. Letters behind which other things stand do not: whoever writes in
    somebody's name would speak with the weight of that one's earlier letter.
    """
    for filed in known:
        other = filed.report
        if report.sha256 and report.sha256 == other.sha256:
            return filed
        if report.sha256 in {digest for digest, _ in filed.again}:
            return filed
        if _party(report) != _party(other) or not _party(report):
            continue
        if report.reporter.support is not other.reporter.support:
            continue
        if report.reference and report.reference.casefold() == other.reference.casefold():
            return filed
        if report.message_id and report.message_id == other.message_id:
            return filed
    return None


def _party(report: Report) -> str:
    who = report.reporter
    domain = who.mail.rpartition("@")[2]
    return (registered_domain(domain) or domain or who.organisation or who.name).casefold()
