"""A found document names its copy, whatever became of it, and a foreign one names nobody."""

from __future__ import annotations

import io
import random
import re
import unicodedata
from collections.abc import Callable

import docx
import openpyxl
import pypdf
import pytest

from netcordon.decoys.code import code_bits
from netcordon.decoys.words import LOOKALIKES
from netcordon.model.decoy import FALSE_NAMES, Trace, Verdict
from tests.unit.decoys.made import KEY, batch, traced

ALL = [("board-paper", f) for f in ("docx", "pdf", "txt")] + [
    ("salaries", f) for f in ("xlsx", "csv")
]
FOREIGN_TOKEN = re.compile(r"\S*(?:fs|desk)-\S+")


def _named(result: Trace, number: int) -> None:
    assert result.verdict is Verdict.NAMED
    assert [s.copy.number for s in result.suspects] == [number]
    assert result.suspects[0].p_value <= FALSE_NAMES


@pytest.mark.parametrize(("template", "format_"), ALL)
def test_a_copy_given_back_is_told_by_its_bytes_and_its_text_by_its_marks(
    template, format_
) -> None:
    made = batch(template, format_)
    assert len(set(made.files)) == 20
    same = traced(made.files[6], made.known)
    assert (same.verdict, same.suspects[0].copy.number) == (Verdict.SAME_FILE, 7)
    _named(traced(FOREIGN_TOKEN.sub("x", made.text(7)), made.known), 7)


def _without_width(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Cf")


def _plain_letters(text: str) -> str:
    return text.translate(str.maketrans({v: k for k, v in LOOKALIKES.items()}))


HANDLINGS: dict[str, Callable[[str], str]] = {
    "lower case": str.lower,
    "invisible characters lost": _without_width,
    "one space": lambda t: re.sub(r"[ \u00a0]+", " ", t),
    "letters folded": _plain_letters,
    "compatibility forms": lambda t: unicodedata.normalize("NFKC", t),
    "ASCII in one line": lambda t: " ".join(
        _plain_letters(t).encode("ascii", "ignore").decode().lower().split()
    ),
    "third paragraph only": lambda t: t.split("\n\n")[3],
    "paragraphs turned round": lambda t: "\n\n".join(reversed(t.split("\n\n"))),
    "every ninth word gone": lambda t: " ".join(w for n, w in enumerate(t.split(" ")) if n % 9),
    "lines of sixty": lambda t: re.sub(r"(.{1,60})(?: +|$)", r"\1\n", t),
}


@pytest.mark.parametrize("handling", HANDLINGS)
def test_marks_of_text_survive(handling) -> None:
    made = batch("board-paper", "txt")
    handled = FOREIGN_TOKEN.sub("removed", HANDLINGS[handling](made.text(13)))
    _named(traced(handled, made.known), 13)


def test_a_document_saved_again_by_another_program_keeps_its_marks() -> None:
    made = batch("board-paper", "docx")
    source = docx.Document(io.BytesIO(made.files[2]))
    copied, out = docx.Document(), io.BytesIO()
    for paragraph in source.paragraphs:
        copied.add_paragraph(paragraph.text)
    copied.save(out)
    result = traced(out.getvalue(), made.known)
    _named(result, 3)
    lost = {layer.layer for layer in result.suspects[0].layers if layer.note}
    assert lost == {"properties"}


def test_a_sheet_saved_again_keeps_its_marks_sorted_or_not() -> None:
    made = batch("salaries", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(made.files[4]))
    rows = list(book.active.values)
    other, out = openpyxl.Workbook(), io.BytesIO()
    for row in [rows[0], *sorted(rows[1:], key=str)]:
        other.active.append(row)
    other.save(out)
    _named(traced(out.getvalue(), made.known), 5)


def test_a_pdf_written_again_keeps_its_marks() -> None:
    made = batch("board-paper", "pdf")
    writer, out = pypdf.PdfWriter(), io.BytesIO()
    for page in pypdf.PdfReader(io.BytesIO(made.files[9])).pages:
        writer.add_page(page)
    writer.write(out)
    _named(traced(out.getvalue(), made.known), 10)


def test_a_pdf_printed_to_text_keeps_its_marks(engine_program, tmp_path) -> None:
    import subprocess

    program = engine_program("pdftotext")
    made = batch("board-paper", "pdf")
    (tmp_path / "a.pdf").write_bytes(made.files[9])
    subprocess.run([program, "-layout", tmp_path / "a.pdf", tmp_path / "a.txt"], check=True)
    _named(traced(FOREIGN_TOKEN.sub("", (tmp_path / "a.txt").read_text()), made.known), 10)


@pytest.mark.parametrize("share", [0.5, 0.35])
def test_two_copies_mixed_word_by_word_name_both_and_say_so(share) -> None:
    made = batch("board-paper", "txt")
    rng = random.Random(1)
    ours, theirs = (
        re.split(r"(?<=\S)(?= )", FOREIGN_TOKEN.sub("x", made.text(n)).replace("  ", " "))
        for n in (4, 12)
    )
    assert len(ours) == len(theirs)
    mixed = "".join(b if rng.random() < share else a for a, b in zip(ours, theirs, strict=True))
    result = traced(mixed, made.known)
    assert result.verdict is Verdict.MIXED
    assert {s.copy.number for s in result.suspects} == {4, 12}
    assert "more than one copy" in result.notes[0]


@pytest.mark.parametrize(("count", "least"), [(3, 2), (16, 0)])
def test_of_many_who_mix_their_copies_no_innocent_one_is_named(count: int, least: int) -> None:
    made = batch("board-paper", "txt")
    rng = random.Random(2)
    texts = [
        re.split(r"(?<=\S)(?= )", FOREIGN_TOKEN.sub("x", made.text(n)).replace("  ", " "))
        for n in range(1, count + 1)
    ]
    mixed = "".join(rng.choice(words) for words in zip(*texts, strict=True))
    result = traced(mixed, made.known)
    named = {s.copy.number for s in result.suspects}
    assert named <= set(range(1, count + 1))
    assert len(named) >= least
    told = {0: Verdict.OURS_UNNAMED, 1: Verdict.NAMED}.get(len(named), Verdict.MIXED)
    assert result.verdict is told


def test_a_text_with_its_marks_worn_off_is_ours_and_names_nobody() -> None:
    made = batch("board-paper", "txt")
    # The template as it was: every place says what no copy was told to say.
    flat = "\n\n".join(made.known.script.blocks)
    result = traced(flat, made.known)
    assert result.verdict is Verdict.OURS_UNNAMED
    assert not result.suspects
    assert result.nearest is not None
    assert result.nearest.p_value > FALSE_NAMES


def test_a_string_alone_names_the_copy_and_warns_of_planting() -> None:
    made = batch("board-paper", "txt")
    host = made.known.batch.copies[7].host.upper()
    result = traced(f"see https://{host}/x", made.known)
    _named(result, 8)
    assert any("copied from one document into another" in note for note in result.notes)


def test_foreign_documents_name_nobody() -> None:
    """Texts of the same words, which is worse than any real foreign document."""
    known = [batch(t, "txt", 20, f"dec-000{n}").known for n, t in enumerate(
        ("board-paper", "network-access"), 1)]  # fmt: skip
    words = sorted({w.text for k in known for w in k.script.words})
    rng = random.Random(7)
    for _ in range(60):
        text = " ".join(rng.choice(words) for _ in range(400))
        result = traced(text, *known)
        assert result.verdict is Verdict.NOT_OURS, result.suspects


def test_an_innocent_copy_fits_as_a_coin_would() -> None:
    """The null hypothesis itself: of copies that a text was not made from, half the bits fit."""
    own = code_bits(KEY, "dec-0001", 1, "words", 188)
    fits = [
        sum(a == b for a, b in zip(own, code_bits(KEY, "dec-0001", n, "words", 188), strict=True))
        for n in range(2, 401)
    ]
    mean = sum(fits) / len(fits)
    variance = sum((f - mean) ** 2 for f in fits) / len(fits)
    assert abs(mean - 94) < 4 * (47 / 399) ** 0.5
    assert 0.7 < variance / 47 < 1.35


def test_the_same_inputs_give_the_same_bytes() -> None:
    for template, format_ in ALL:
        first = batch(template, format_, 2, "dec-0009").files
        batch.cache_clear()
        assert batch(template, format_, 2, "dec-0009").files == first, format_
