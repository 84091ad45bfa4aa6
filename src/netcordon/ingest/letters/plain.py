"""HTML of a mail as plain text, and the targets of its links.

By libxml2: the parser of the standard library takes time with the square of broken tags.
"""

from __future__ import annotations

import re

from lxml import etree

_MOST_LINKS = 500
_LONGEST_LINK = 4096
_SILENT = frozenset(("script", "style", "head", "title", "template", "noscript"))
_BREAKS = frozenset(
    ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "pre", "table", "hr")
)
_SHOWN_LINKS = ("http:", "https:", "ftp:", "mailto:")


def plain_text(html: str) -> tuple[str, tuple[str, ...]]:
    """What a reader would see, and where links lead; nothing of it is fetched or run.

    Args:
        html: hostile and bounded by the caller.
    """
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(html.replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return "", ()
    text: list[str] = []
    links: dict[str, None] = {}
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = str(element.tag).lower()
        if tag in _BREAKS:
            text.append("\n")
        if event == "start":
            silent += tag in _SILENT
            _note_links(element, links)
            text.append(str(element.text or "") if not silent else "")
        else:
            silent -= tag in _SILENT
            text.append(str(element.tail or "") if not silent else "")
    lines = (re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in "".join(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), tuple(links)


def _note_links(element: etree._Element, links: dict[str, None]) -> None:
    for name in ("href", "src", "action"):
        link = str(element.get(name) or "").strip()[:_LONGEST_LINK]
        if link.lower().startswith(_SHOWN_LINKS) and len(links) < _MOST_LINKS:
            links[link] = None
