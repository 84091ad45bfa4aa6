"""What is read from cells, and by several threads, is what the slow way reads from texts."""

from __future__ import annotations

import random
from functools import partial
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from netcordon.evidence.recognise import Recognised, recognise
from netcordon.ingest.eve import log as eve_log
from netcordon.ingest.text import blocks, delimited, reading, times, values
from netcordon.ingest.text.cells import Cells
from netcordon.model.parser import WHOLE, ParseResult, Share
from tests.unit.ingest.text.damage import damaged, seeds
from tests.unit.ingest.text.logs import Read, Source
from tests.unit.ingest.zeek.test_text_log import CONN, FLOW, log

_ODD = (
    "", "-", "+", ".", "+1.5", "0", "-0", "+5", "007", "-007", "9" * 18, "9" * 19, "-" + "9" * 18,
    "0x1f", "1e5", "1.5e3", ".5", "5.", "1.", "0.1", "-0.1", "0.30000000000000004",
    "123456789.012345",
    "1234567890123456", "1700000000", "1700000000.1", "1700000000.123456", "1700000000.1234567",
    "4294967295.999999", "4294967296.5", "7258118399.999999", "7258118400", "-1.5", " 1", "1 ",
    "nan", "inf", "é", "2024-05-01T10:00:00Z", "1_000", "1,5", "99999999999",
)  # fmt: skip
_PLAIN = ("1", "42", "0.5", "1700000000.5", "-7")


def _cells(texts: list[str | None]) -> Cells:
    data, starts, ends = b"", [], []
    for text in texts:
        starts.append(len(data))
        data += (text or "").encode()
        ends.append(-1 if text is None else len(data))
        data += b"\n"
    places = (np.array(found, dtype=np.int32) for found in (starts, ends))
    return Cells(np.frombuffer(data, dtype=np.uint8), *places)


def _columns() -> list[list[str | None]]:
    chance = random.Random(1)
    plain: list[list[str | None]] = [
        [None, *chance.choices(_PLAIN, k=3), odd, None] for odd in _ODD
    ]
    numbers: list[str | None] = [
        f"{chance.randrange(10 ** chance.randint(1, 10))}.{chance.randrange(10**6):06d}"
        for _ in range(2000)
    ]
    return [*plain, numbers, [None], []]


@pytest.mark.parametrize("texts", _columns(), ids=lambda texts: str(texts[4:5])[:24])
def test_cells_are_the_values_of_their_texts(texts: list[str | None]) -> None:
    cells, column = _cells(texts), pa.array(texts, pa.string())
    assert cells.text.to_pylist() == texts
    assert cells.words.to_pylist() == texts
    assert cells.whole().to_pylist() == values.whole(column).to_pylist()
    assert cells.number().to_pylist() == values.number(column).to_pylist()
    assert cells.time().to_pylist() == times.microseconds(column).to_pylist()
    for found in (cells.text, cells.words, cells.whole(), cells.number(), cells.time()):
        found.validate(full=True)


def test_words_that_are_too_many_or_collide_are_still_words() -> None:
    texts: list[str | None] = [f"w{i}" for i in range(70_000)]
    assert _cells(texts).words.to_pylist() == texts


def _read(data: bytes, share: Share = WHOLE) -> Read:
    recognised = recognise(data[: 64 << 10])
    assert isinstance(recognised, Recognised)
    found = Read(recognised.kind, ParseResult(records=0))
    found.result = recognised.parser.parse(Source(data), found, lambda _: None, share)
    return found


@pytest.mark.parametrize(("name", "fast_way"), [("zeek text", delimited), ("eve", eve_log)])
def test_damaged_lines_are_read_alike_by_both_ways(
    name: str, fast_way: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, chance = seeds()[name], random.Random(name)
    for _ in range(30):
        data = damaged(sound, chance)
        if recognise(data) is None:
            continue
        slow = _read(data)
        with monkeypatch.context() as patch:
            patch.setattr(fast_way, "MANY_BYTES", 1)
            fast = _read(data)
        assert fast.tables == slow.tables
        assert fast.result == slow.result


def test_threads_make_the_same_rows_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "blocks", partial(blocks.blocks, block_bytes=1 << 20))
    flows = [FLOW.replace(" 62771 ", f" {i} ").replace("192.0.2.167", f"192.0.2.{i % 250}")
             for i in range(20_000)]  # fmt: skip
    flows[9_000], flows[19_000] = "broken", FLOW.replace("192.0.2.167", "nowhere")
    data = log("conn", CONN, *flows) + log("conn", CONN, "also broken", FLOW)
    one, three = _read(data), _read(data, Share(count=3))
    assert len(one.tables["network_activity"]) == 19_999
    assert one.result.refused == {"another number of fields": 2, "id.orig_h is no address": 1}
    assert three.tables == one.tables
    assert three.result == one.result
    assert _read(data, Share(index=1, count=3)).tables == {}
