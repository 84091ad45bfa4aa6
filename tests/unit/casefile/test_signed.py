"""Signed statements: one changed bit, one swapped field, another order, and nothing is believed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from netcordon.casefile.canonical import canonical
from netcordon.casefile.keys import (
    NeedsPassphraseError,
    fingerprint,
    new_key,
    private_pem,
    public_key,
    public_pem,
    read_private_key,
)
from netcordon.casefile.signed import holds, said, sign
from netcordon.errors import UsageError
from netcordon.model.approval import Signed
from netcordon.model.statement import Consent, Dissent, Registration, Withdrawal

KEY = new_key()
PEM = public_pem(KEY)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
YES = Consent(
    plan_id="plan-0123456789", plan_hash="ab" * 32, plan_author="mallory", case_id="NC-2026-0001",
    person_id="person-0123456789", role="business", line="payments", time=NOON,
    expires_time=NOON + timedelta(hours=8), rehearsal="cd" * 32, rehearsal_passed=True,
    override="", note="Zoë said \u202e so",
)  # fmt: skip
SIGNED = sign(YES, KEY)


def test_what_was_signed_is_believed_and_read_back() -> None:
    assert holds(SIGNED, PEM)
    assert said(Consent, SIGNED) == YES


def test_any_flipped_bit_of_statement_or_signature_voids() -> None:
    for part in ("statement", "signature"):
        text = getattr(SIGNED, part).encode("ascii")
        for at in range(len(text)):
            for bit in range(8):
                flipped = bytearray(text)
                flipped[at] ^= 1 << bit
                changed = replace(SIGNED, **{part: flipped.decode("latin-1")})
                assert not holds(changed, PEM), (part, at, bit)


def test_any_flipped_bit_of_the_public_key_voids() -> None:
    text = PEM.encode("ascii")
    for at in range(len(text)):
        for bit in range(8):
            flipped = bytearray(text)
            flipped[at] ^= 1 << bit
            assert not holds(SIGNED, flipped.decode("latin-1")), (at, bit)


@given(st.permutations(list(json.loads(SIGNED.statement))))
def test_another_order_of_the_fields_is_no_statement_even_when_signed(order: list[str]) -> None:
    values = json.loads(SIGNED.statement)
    text = json.dumps({key: values[key] for key in order}, separators=(",", ":"))
    again = Signed(statement=text, signature=_signature(text))
    assert holds(again, PEM)
    assert (said(Consent, again) is not None) == (order == sorted(order))


@given(st.data())
def test_swapped_values_void(data: st.DataObject) -> None:
    values = json.loads(SIGNED.statement)
    one, other = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=2, max_size=2))
    if values[one] == values[other]:
        return
    values[one], values[other] = values[other], values[one]
    assert not holds(replace(SIGNED, statement=canonical(values)), PEM)


@pytest.mark.parametrize(
    ("key", "value"),
    [("role", 5), ("role", None), ("rehearsal_passed", 1), ("time", "2026-03-01T12:00:00Z"),
     ("time", "2026-03-01"), ("note", ["x"]), ("purpose", "refuse containment plan")],
)  # fmt: skip
def test_a_value_of_another_type_is_no_statement_even_when_signed(key: str, value: object) -> None:
    text = canonical({**json.loads(SIGNED.statement), key: value})
    assert said(Consent, Signed(statement=text, signature=_signature(text))) is None


def test_a_field_more_or_less_is_no_statement() -> None:
    values = json.loads(SIGNED.statement)
    for changed in ({**values, "more": 1}, {k: v for k, v in values.items() if k != "note"}):
        text = canonical(changed)
        assert said(Consent, Signed(statement=text, signature=_signature(text))) is None


def test_a_statement_is_of_one_purpose() -> None:
    for kind in (Dissent, Withdrawal, Registration):
        assert said(kind, SIGNED) is None


@given(st.text(max_size=300), st.text(max_size=100))
def test_nothing_raises_on_what_others_wrote(statement: str, signature: str) -> None:
    hostile = Signed(statement=statement, signature=signature)
    assert not holds(hostile, PEM)
    assert not holds(SIGNED, statement)
    assert said(Consent, hostile) is None


def test_deep_and_long_statements_are_no_statements() -> None:
    for text in ("[" * 100_000, '{"a":' * 50_000, "9" * 100_000):
        hostile = Signed(statement=text, signature=SIGNED.signature)
        assert said(Consent, hostile) is None
        assert not holds(hostile, PEM)


def test_a_key_file_is_for_its_owner_and_its_passphrase(tmp_path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem(KEY, b"open sesame"))
    path.chmod(0o640)
    with pytest.raises(UsageError, match="others may read it"):
        read_private_key(path, b"open sesame")
    path.chmod(0o600)
    with pytest.raises(NeedsPassphraseError):
        read_private_key(path, None)
    for wrong in (b"sesame", b""):
        with pytest.raises(UsageError, match="passphrase is"):
            read_private_key(path, wrong)
    assert fingerprint(read_private_key(path, b"open sesame")) == fingerprint(KEY)
    path.write_bytes(private_pem(KEY, b""))
    assert fingerprint(read_private_key(path, None)) == fingerprint(KEY)
    assert fingerprint(read_private_key(path, b"needless")) == fingerprint(KEY)
    path.write_bytes(b"\x00" * 20_000)
    with pytest.raises(UsageError, match="too long"):
        read_private_key(path, None)


def test_keys_of_another_kind_are_refused() -> None:
    other = generate_private_key(SECP256R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert public_key(pem) is None
    assert public_key(PEM) is not None


def _signature(text: str) -> str:
    return base64.b64encode(KEY.sign(text.encode("ascii"))).decode("ascii")
