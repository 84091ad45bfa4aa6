"""Text out of a found file, whatever became of it: hostile bytes, bounded in every way."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

MOST_BYTES = 64 << 20
_MOST_UNPACKED = 128 << 20
_MOST_MEMBERS = 4_000
_MOST_PAGES = 1_000
MOST_TEXT = 4 << 20
"""Characters of a file that are compared."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
_BLOCK_TAGS = frozenset({"p", "h", "tr", "row", "br", "si", "line-break", "table-cell"})
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]{0,4096}>", re.DOTALL | re.IGNORECASE)


class UnreadableError(ValueError):
    """The file says it is of a format and is not, or is too large."""


@dataclass(frozen=True)
class Opened:
    """What a file says: its format, its text, its properties."""

    format: str
    text: str
    properties: str


def opened(content: bytes) -> Opened:
    """Read a file by what it is, not by its name.

    Raises:
        UnreadableError: with the reason.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableError(f"it has more than {MOST_BYTES >> 20} MiB")
    if content.startswith(b"%PDF"):
        return _pdf(content)
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    text = _decoded(content)
    if re.match(r"\s*<(!doctype html|html|\?xml)", text[:400], re.IGNORECASE):
        return Opened("html", html.unescape(_TAG.sub(" ", text))[:MOST_TEXT], "")
    if text.startswith("{\\rtf"):
        return Opened("rtf", _rtf(text)[:MOST_TEXT], "")
    return Opened("text", text[:MOST_TEXT], "")


def _decoded(content: bytes) -> str:
    for bom, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"", "utf-8-sig")):
        if content.startswith(bom):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    return content.decode("cp1252", "replace")


def _package(content: bytes) -> Opened:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise UnreadableError(f"it has more than {_MOST_MEMBERS:,} parts")
            if sum(member.file_size for member in members) > _MOST_UNPACKED:
                raise UnreadableError(f"it unpacks to more than {_MOST_UNPACKED >> 20} MiB")
            return _members(archive, {member.filename: member for member in members})
    # RuntimeError is what an encrypted part, or one packed in an unknown way, is answered with.
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"it is a damaged package: {error}") from error


def _members(archive: zipfile.ZipFile, names: dict[str, zipfile.ZipInfo]) -> Opened:
    def read(name: str) -> bytes:
        # The size that stands in the archive is a claim; what is read is bounded all the same.
        with archive.open(names[name]) as file:
            return file.read(_MOST_UNPACKED)

    properties = " ".join(
        _text_of(read(name)) for name in sorted(names)
        if (name.startswith("docProps/") and name.endswith(".xml")) or name == "meta.xml"
    )  # fmt: skip
    if "word/document.xml" in names:
        parts = [
            n
            for n in sorted(names)
            if re.match(r"word/(document|header\d*|footer\d*|footnotes|comments)\.xml\Z", n)
        ]
        parts.sort(key=lambda name: name != "word/document.xml")
        return Opened("docx", "\n".join(_text_of(read(n)) for n in parts)[:MOST_TEXT], properties)
    if "xl/workbook.xml" in names:
        return Opened("xlsx", _sheets(read, sorted(names))[:MOST_TEXT], properties)
    if "content.xml" in names:
        return Opened("odf", _text_of(read("content.xml"))[:MOST_TEXT], properties)
    raise UnreadableError("it is an archive; unpack it and hand in what is in it")


def _text_of(xml: bytes) -> str:
    """All text of an XML part, with a line end after what stands in a line of its own."""
    out: list[str] = []
    for event, node in etree.iterwalk(_root(xml), events=("start", "end")):
        if not isinstance(node.tag, str):
            continue
        name = etree.QName(node).localname
        if event == "start":
            if name == "tab":
                out.append("\t")
            elif name == "s" and node.text is None:
                out.append(" " * _count(node))
            out.append(node.text or "")
        else:
            if name in _BLOCK_TAGS:
                out.append("\n")
            out.append(node.tail or "")
    return "".join(out)


def _count(node: etree._Element) -> int:
    """How many spaces OpenDocument's ``text:s`` stands for."""
    for name, value in node.attrib.items():
        if str(name).endswith("}c") and str(value).isdecimal():
            return min(int(value), 16)
    return 1


def _sheets(read: Callable[[str], bytes], names: list[str]) -> str:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in names:
        shared = [
            "".join(t.text or "" for t in si.iter() if _local(t) == "t")
            for si in _root(read("xl/sharedStrings.xml")).iter()
            if _local(si) == "si"
        ]
    rows: list[str] = []
    for name in names:
        if re.match(r"xl/worksheets/[^/]+\.xml\Z", name):
            for row in _root(read(name)).iter():
                if _local(row) == "row":
                    rows.append("\t".join(_cell(c, shared) for c in row if _local(c) == "c"))
    return "\n".join(rows)


def _cell(cell: etree._Element, shared: list[str]) -> str:
    texts = [node.text or "" for node in cell.iter() if _local(node) in ("v", "t")]
    text = "".join(texts)
    if cell.get("t") == "s":
        return shared[int(text)] if text.isdecimal() and int(text) < len(shared) else ""
    if cell.get("t") in (None, "n"):
        try:
            return repr(round(float(text), 6)).removesuffix(".0") if text else ""
        except (ValueError, OverflowError):
            return text
    return text


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _root(xml: bytes) -> etree._Element:
    try:
        root = etree.fromstring(xml, _PARSER)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"a part of it is no XML: {error}") from error
    if root is None:
        raise UnreadableError("a part of it is no XML")
    return root


def _rtf(text: str) -> str:
    """The words of RTF; formatting and what it hides are dropped."""
    plain = re.sub(r"\\u(-?\d{1,5}) ?\??", lambda m: chr(int(m[1]) % 65_536), text)
    plain = re.sub(
        r"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1]).decode("cp1252", "replace"), plain
    )
    plain = re.sub(r"\\(par|line|cell|row)\b ?", "\n", plain)
    plain = re.sub(r"\\[a-zA-Z]{1,32}-?\d{0,9} ?|\\[^a-zA-Z]|[{}]", "", plain)
    return plain.encode("utf-8", "replace").decode()


def _pdf(content: bytes) -> Opened:
    import logging

    import pypdf

    # The library tells its troubles to the log; what matters is whether there is text.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        properties = " ".join(str(value) for value in (reader.metadata or {}).values())
        pages: list[str] = []
        room = MOST_TEXT
        for number, page in enumerate(reader.pages):
            if number >= _MOST_PAGES or room <= 0:
                break
            pages.append(page.extract_text()[:room])
            room -= len(pages[-1])
    except Exception as error:
        raise UnreadableError(f"it is a damaged PDF: {type(error).__name__}") from error
    return Opened("pdf", "\n".join(pages), properties)
