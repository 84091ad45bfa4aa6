"""The report in a real browser: nothing runs, nothing is asked for, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netcordon.reporting import html
from tests.unit.reporting import documents
from tests.unit.reporting.browser import Browser, executable

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(executable() is None, reason="needs Chromium"),
]

MEASURE = """(() => {
  const shown = [...document.querySelectorAll('svg.chart')];
  const crossing = [], outside = [];
  for (const picture of shown) {
    const frame = picture.viewBox.baseVal;
    const boxes = [...picture.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
    boxes.forEach(([text, box], i) => {
      if (box.x < -1 || box.x + box.width > frame.width + 1
          || box.y + box.height > frame.height + 1)
        outside.push(text);
      for (const [other, b] of boxes.slice(i + 1))
        if (box.x + 1 < b.x + b.width && b.x + 1 < box.x + box.width
            && box.y + 4 < b.y + b.height && b.y + 4 < box.y + box.height)
          crossing.push(text + ' / ' + other);
    });
  }
  return {width: document.documentElement.scrollWidth, room: innerWidth, pictures: shown.length,
          crossing, outside, scripts: document.scripts.length,
          font: getComputedStyle(document.body).fontSize};
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as running:
        yield running


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    directory = tmp_path_factory.mktemp("reports")
    for name, make in documents.ALL.items():
        (directory / f"{name}.html").write_text(html.render(make()), encoding="utf-8")
    return {name: directory / f"{name}.html" for name in documents.ALL}


@pytest.mark.parametrize("width", [390, 768, 1280])
@pytest.mark.parametrize("name", sorted(documents.ALL))
def test_report(browser: Browser, reports: dict[str, Path], name: str, width: int) -> None:
    page = browser.visit(reports[name], width=width, measure=MEASURE, open_all=name != "huge")
    assert page.requests == [reports[name].as_uri()]
    assert page.console == []
    assert page.dialogs == []
    assert page.value["scripts"] == 0
    assert page.value["width"] <= page.value["room"]
    assert page.value["font"] in ("15px", "16px")  # the style sheet passed the policy
    assert page.value["crossing"] == []
    assert page.value["outside"] == []
    if name == "incident":
        assert page.value["pictures"] == 4


def test_an_injected_script_would_be_blocked(browser: Browser, tmp_path: Path) -> None:
    """The policy is a second wall: it holds even where escaping had failed."""
    page = html.render(documents.bare_document())
    broken = tmp_path / "broken.html"
    hole = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    broken.write_text(page.replace("<h1>", f"<h1>{hole}"), encoding="utf-8")
    seen = browser.visit(broken, measure="({title: document.title})")
    assert "owned" not in seen.value["title"]
    assert any("Content Security Policy" in line for line in seen.console)


def test_dark_and_light_differ(browser: Browser, reports: dict[str, Path]) -> None:
    ask = (
        "({paper: getComputedStyle(document.querySelector('.section + .section')).backgroundColor})"
    )
    light = browser.visit(reports["incident"], measure=ask)
    dark = browser.visit(reports["incident"], measure=ask, dark=True)
    assert light.value["paper"] == "rgb(255, 255, 255)"
    assert dark.value["paper"] == "rgb(22, 25, 30)"


def test_the_report_prints(browser: Browser, reports: dict[str, Path], tmp_path: Path) -> None:
    browser.visit(reports["incident"], open_all=False)
    target = tmp_path / "report.pdf"
    browser.print(target)
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") >= 8  # folded findings are printed unfolded
