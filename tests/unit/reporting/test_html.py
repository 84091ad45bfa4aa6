from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from netcordon.reporting import html
from tests.unit.reporting import documents

TAGS = """
    html head meta title style body a header span strong div nav p ol ul li br main section small
    h1 h2 h3 h4 h5 h6 table caption thead tbody tr th td dl dt dd figure figcaption pre code details
    summary footer wbr svg desc rect line path circle text defs marker
"""
ATTRIBUTES = """
    lang charset http-equiv content name class href id aria-label aria-labelledby aria-hidden role
    tabindex scope data-label viewbox xmlns width height x y x1 y1 x2 y2 cx cy r rx d text-anchor
    marker-end refx refy markerwidth markerheight orient
"""


class Seen(HTMLParser):
    """Every tag, attribute and piece of text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.comments: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("meta", "br", "wbr"):
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


@pytest.fixture(scope="module", params=sorted(documents.ALL))
def page(request: pytest.FixtureRequest) -> str:
    return html.render(documents.ALL[request.param]())


def test_only_our_own_markup_is_in_the_page(page: str) -> None:
    seen = Seen(page)
    assert seen.open == []
    assert set(seen.tags) <= set(TAGS.split())
    assert {name for _, name, _ in seen.attributes} <= set(ATTRIBUTES.split())
    assert seen.comments == []


def test_nothing_leads_out_of_the_page(page: str) -> None:
    for tag, name, value in Seen(page).attributes:
        if name == "href":
            assert (tag, value[:1]) == ("a", "#")
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    assert "url(" not in style[1].replace("url(#", "")
    assert "@import" not in style[1]


def test_links_lead_somewhere_and_ids_of_pictures_are_unique(page: str) -> None:
    seen = Seen(page)
    ids = [value for _, name, value in seen.attributes if name == "id"]
    targets = {value[1:] for _, name, value in seen.attributes if name == "href"}
    assert targets <= set(ids)
    pictures = [i for i in ids if i.startswith("chart-")]
    assert len(pictures) == len(set(pictures))


def test_the_policy_allows_one_style_sheet_and_nothing_else(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert policy
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    directives = [part.strip() for part in policy[1].replace("&#39;", "'").split(";")]
    assert directives == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]


def test_nobody_can_hide_text(page: str) -> None:
    text = "".join(Seen(page).text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\x00\x1b]", text)


def test_the_same_document_gives_the_same_bytes() -> None:
    for make in documents.ALL.values():
        assert html.render(make()) == html.render(make())


def test_hostile_text_is_shown_not_run() -> None:
    text = "".join(Seen(html.render(documents.hostile_document())).text)
    for shown in (
        "<script>alert(1)</script>",
        "{{7*7}}{% raw %}${7*7}",
        "⟨U+202E⟩gnp.exe",
        "(65,5",
    ):
        assert shown in text


def test_the_first_screen_answers() -> None:
    page = html.render(documents.incident_document())
    first = page[page.index("<main") : page.index("</section>")]
    for answer in (
        "remote-controlled",
        "FILES-01 (backup)",
        "Isolate FILES-01",
        "limited",
        "CRITICAL",
    ):
        assert answer.lower() in re.sub(r"<[^>]+>", "", first).lower()


def test_every_page_carries_the_marking() -> None:
    page = html.render(documents.bare_document())
    assert page.count('<strong class="tlp">TLP:RED</strong>') == 2
    assert (
        page.count(
            'content: "TLP:RED"; font: bold 12pt sans-serif; color: #ff2b2b; background: #000'
        )
        == 2
    )


def test_silence_has_to_be_earned() -> None:
    from dataclasses import replace

    from netcordon.model.evidence import Grade

    silent = documents.silent_document()
    assert silent.headline() == ("nothing found, with reservations", "limited")
    checks = tuple(replace(c, skipped=None) for c in silent.checks)
    good = tuple(replace(q, grade=Grade.GOOD, defects=()) for q in silent.capture_quality)
    assert replace(silent, checks=checks, capture_quality=good).headline() == (
        "nothing found",
        "good",
    )
    assert replace(silent, checks=checks).headline()[1] == "limited"
    assert documents.bare_document().headline() == ("nothing could be judged", "poor")


def test_too_much_is_bounded_and_counted() -> None:
    page = html.render(documents.huge_document())
    assert len(page) < 2_000_000
    text = " ".join("".join(Seen(page).text).split())
    for said in (
        "and 2,900 more",
        "and 1,850 more",
        "20 more incidents",
        "+122 more steps not drawn",
    ):
        assert said in text
