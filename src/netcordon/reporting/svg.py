"""A small builder of SVG: every string made visible and escaped, no style attributes, no scripts.

Looks come from the classes of the report's one style sheet, so pictures follow dark mode and print,
and the content security policy needs no exception for them.
"""

from __future__ import annotations

import unicodedata
from html import escape

from netcordon.reporting.visible import visible

TEXT_PX = 12
"""Size of text in pictures, in the picture's own pixels."""


_SIZES = {"muted": 11, "tick": 11, "chip-text": 11}
"""Looks that the style sheet sets smaller."""


def text_width(text: str, size: float = TEXT_PX) -> float:
    """Pixels a text needs at most in a common sans-serif; wide characters count double."""
    width = sum(2.0 if unicodedata.east_asian_width(c) in "WF" else _narrow(c) for c in text)
    return width * size * 0.62


def _narrow(char: str) -> float:
    if char in "il.,:;|'!()[] jtfr1":
        return 0.68 if char == "1" or char == " " else 0.6
    return 1.45 if char in "MWmw@%" else 1.08 if char.isupper() else 1.0


def fit(text: str, width: float, size: float = TEXT_PX) -> str:
    """The visible text cut to ``width`` pixels, with an ellipsis when something is missing."""
    shown = visible(text, limit=120)
    if text_width(shown, size) <= width:
        return shown
    room = width - text_width("…", size)
    out = ""
    for char in shown:
        room -= text_width(char, size)
        if room < 0:
            break
        out += char
    return out.rstrip() + "…"


class Svg:
    """A picture under construction.

    Args:
        width: of the view box in pixels; the picture scales with the page.
        height: of the view box.
        title: accessible name.
        description: what the picture shows, in words.
        anchor: unique within the page; ids of the picture begin with it.
    """

    def __init__(
        self, width: float, height: float, title: str, description: str, anchor: str
    ) -> None:
        self._anchor = anchor
        self._parts = [
            f'<svg viewBox="0 0 {width:g} {height:g}" role="img" class="chart" '
            f'aria-labelledby="{anchor}-t {anchor}-d" xmlns="http://www.w3.org/2000/svg">'
            f'<title id="{anchor}-t">{escape(visible(title))}</title>'
            f'<desc id="{anchor}-d">{escape(visible(description))}</desc>'
        ]

    def text(
        self,
        x: float,
        y: float,
        text: str,
        look: str = "",
        *,
        anchor: str = "start",
        width: float = 300,
    ) -> None:
        """Text with its baseline at ``y``, cut to ``width``; ``anchor`` is start, middle or end."""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{_look(look)}>'
            f"{escape(fit(text, width, _SIZES.get(look, TEXT_PX)))}</text>"
        )

    def rect(
        self, x: float, y: float, w: float, h: float, look: str, *, tip: str = "", round_: float = 0
    ) -> None:
        """A rectangle, with a tooltip when ``tip`` says something."""
        corner = f' rx="{round_:g}"' if round_ else ""
        self._shape(f'rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"{corner}', look, tip)

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        """A straight line."""
        self._shape(f'line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"', look, "")

    def path(self, d: str, look: str, *, tip: str = "", marker: str = "") -> None:
        """A path; ``marker`` names a marker defined by ``arrow_head``."""
        end = f' marker-end="url(#{self._anchor}-{marker})"' if marker else ""
        self._shape(f'path d="{d}"{end}', look, tip)

    def circle(self, x: float, y: float, r: float, look: str, *, tip: str = "") -> None:
        """A circle."""
        self._shape(f'circle cx="{x:g}" cy="{y:g}" r="{r:g}"', look, tip)

    def arrow_head(self, name: str, look: str) -> None:
        """Define an arrow head that paths can end in."""
        self._parts.append(
            f'<defs><marker id="{self._anchor}-{name}" viewBox="0 0 8 8" refX="7" refY="4" '
            f'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"'
            f"{_look(look)}/></marker></defs>"
        )

    def _shape(self, shape: str, look: str, tip: str) -> None:
        inner = f"><title>{escape(visible(tip))}</title></{shape.split()[0]}>" if tip else "/>"
        self._parts.append(f"<{shape}{_look(look)}{inner}")

    def markup(self) -> str:
        """The finished picture."""
        return "".join(self._parts) + "</svg>"


def _look(classes: str) -> str:
    return f' class="{classes}"' if classes else ""
