from hypothesis import given
from hypothesis import strategies as st

from netcordon.casefile import chain


def _chain(count: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    previous = chain.GENESIS
    for seq in range(1, count + 1):
        row = chain.seal(
            {
                "seq": seq,
                "time": f"2026-01-01T00:00:0{seq}.000000Z",
                "author": "analyst",
                "kind": "evidence.registered",
                "subject": f"ev-{seq}",
                "payload": '{"path":"a.pcap"}',
                "prev_hash": previous,
            }
        )
        rows.append(row)
        previous = str(row["hash"])
    return rows


def test_an_untouched_chain_has_no_defects():
    assert list(chain.defects(_chain(5))) == []


@given(
    st.integers(0, 3),
    st.sampled_from([*chain.SEALED[1:], "leaves", "hash"]),
    st.integers(0, 10_000),
    st.integers(1, 255),
)
def test_one_changed_byte_is_named_with_entry_and_field(index, field, position, flip):
    rows = _chain(4)
    raw = bytearray(str(rows[index][field]).encode())
    raw[position % len(raw)] ^= flip
    rows[index][field] = raw.decode("utf-8", "surrogateescape")
    found = list(chain.defects(rows))
    assert (found[0].seq, found[0].field) == (index + 1, field)
    assert len(found) == 1, "one changed byte is one defect"


def test_a_changed_number_and_a_changed_type_are_named():
    for value in (7, "2", b"2", None, 2.0):
        rows = _chain(3)
        rows[1]["seq"] = value
        found = list(chain.defects(rows))
        assert (found[0].seq, found[0].field) == (2, "seq")


def test_removed_exchanged_and_repeated_entries_are_noticed():
    rows = _chain(5)
    (gap,) = chain.defects(rows[:2] + rows[3:])
    assert gap.seq == 3
    assert "missing" in gap.what
    assert list(chain.defects([rows[0], rows[2], rows[1], rows[3], rows[4]]))
    assert list(chain.defects([rows[0], rows[1], rows[1], rows[2], rows[3], rows[4]]))


def test_a_rewritten_entry_breaks_the_link_to_the_next():
    rows = _chain(3)
    forged = dict(rows[1], payload='{"path":"b.pcap"}')
    rows[1] = chain.seal({name: forged[name] for name in chain.SEALED})
    (found,) = chain.defects(rows)
    assert found.seq == 3
    assert "follow" in found.what
