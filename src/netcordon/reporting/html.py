"""The report as one HTML file: no script, no request, readable with everything switched off.

Text becomes harmless in one place: the template engine passes every value that is printed through
``visible`` and then escapes it. The content security policy allows one style sheet by its hash and
nothing else, so even mark-up that slipped through could neither run nor call home.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from netcordon.model.document import Document
from netcordon.model.handling import TLP
from netcordon.model.quantity import rfc3339, time_text
from netcordon.model.section import Contacts, Graph, Group, Plot, Timeline
from netcordon.reporting.charts import beacon_plot, graph, series, timeline
from netcordon.reporting.compose import Written, compose
from netcordon.reporting.visible import defanged, visible

_LONGEST_WHOLE = 20
_WORD = re.compile(r"\S*-\S*|\S{21,}")
_CHARACTER = re.compile(r"&[a-z0-9#]+;|.", re.DOTALL)
_PROSE_LIMIT, _LISTING_LIMIT = 1200, 12_000
_NO_FORMS = "base-uri 'none'; form-action 'none'"
_TLP_INK = {
    TLP.CLEAR: "#ffffff",
    TLP.GREEN: "#33ff00",
    TLP.AMBER: "#ffc000",
    TLP.AMBER_STRICT: "#ffc000",
    TLP.RED: "#ff2b2b",
}
"""Colours of the markings, on black (FIRST, TLP 2.0, table 3)."""
_MARKING_LOOK = (
    "font: bold 12pt sans-serif; color: {ink}; background: #000; padding: 1mm 2mm; margin: 5mm 0;"
)
_PAGE_MARKING = """@page {{
  @top-right {{ content: "{marking}"; {look} }}
  @bottom-right {{ content: "{marking}"; {look} }}
}}
.tlp {{ color: {ink}; }}
"""


def render(document: Document) -> str:
    """The whole file; the same document gives the same bytes."""
    style = _style() + _PAGE_MARKING.format(
        look=_MARKING_LOOK.format(ink=_TLP_INK[document.tlp]),
        marking=document.tlp.value,
        ink=_TLP_INK[document.tlp],
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    sections = compose(document)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            sections=sections,
            anchors={_anchor(name) for section in sections for name in _anchors(section)},
            style=Markup(style),  # noqa: S704 - our own file
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; {_NO_FORMS}",
            draw=_Pictures(),
            marking=document.tlp.value,
        )
    )


@cache
def _style() -> str:
    """The style sheet; its text between the tags must be what was hashed, to the byte."""
    path = resources.files("netcordon.reporting") / "templates" / "style.css"
    return path.read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("netcordon.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible_value,
    )
    environment.filters.update(
        kind=lambda block: type(block).__name__,
        prose=_prose,
        short=_short,
        listing=lambda text: escape(visible(text, limit=_LISTING_LIMIT, lines=True)),
        defanged=defanged,
        anchor=_anchor,
        utc=time_text,
        rfc3339=rfc3339,
    )
    return environment


def _visible_value(value: object) -> object:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str, limit: int = _PROSE_LIMIT) -> Markup:
    """Running text; long words get places to break, which copying the text leaves out."""
    shown = str(escape(visible(text, limit=limit)))
    return Markup(_WORD.sub(_word, shown))  # noqa: S704 - escaped above


def _short(text: str) -> bool:
    """Whether a name, such as an address or an id, is short enough to be kept on one line."""
    return len(visible(text)) <= _LONGEST_WHOLE


def _word(word: re.Match[str]) -> str:
    """Long words may break after every sixteenth character, short ones not even at a hyphen."""
    pieces = _CHARACTER.findall(word[0])
    if len(pieces) <= _LONGEST_WHOLE:
        return f'<span class="whole">{word[0]}</span>' if "-" in word[0] else word[0]
    return "<wbr>".join("".join(pieces[i : i + 16]) for i in range(0, len(pieces), 16))


def _anchors(section: Written) -> Iterator[str]:
    """Everything in a section that a link can lead to."""
    yield section.id
    groups = [block for block in section.blocks if isinstance(block, Group)]
    while groups:
        group = groups.pop()
        if group.anchor:
            yield group.anchor
        groups += [block for block in group.blocks if isinstance(block, Group)]


def _anchor(name: str) -> str:
    """A name as an id of the page: letters, digits, dash."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:64] or "none"


class _Pictures:
    """Draws the charts of one report, numbering them so that ids in it stay unique."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, chart: Timeline | Graph | Plot | Contacts) -> Markup:
        self._count += 1
        anchor = f"chart-{self._count}"
        match chart:
            case Timeline():
                picture = timeline.draw(chart, anchor)
            case Graph():
                picture = graph.draw(chart, anchor)
            case Plot():
                picture = series.draw(chart, anchor)
            case Contacts():
                picture = beacon_plot.draw(chart, anchor)
        return Markup(picture)  # noqa: S704 - reporting.svg escapes every string it is given
