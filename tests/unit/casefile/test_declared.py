"""What the organisation declares: read when right, and refused by line and key when not."""

from __future__ import annotations

import re

import pytest

from netcordon.casefile import declared
from netcordon.casefile.config import TEMPLATE, read_config
from netcordon.errors import WorkspaceError


def test_the_template_explains_entries_that_can_be_used(tmp_path):
    keys = r"^# (?=\[\[|\w+ = )"
    text = re.sub(keys, "", declared.TEMPLATE, flags=re.MULTILINE)
    (tmp_path / "t.toml").write_text(text)
    business = read_config(tmp_path / "t.toml").business
    (asset,), (flow,) = business.assets, business.vital_flows
    assert (asset.network, asset.value, asset.business_line) == ("10.20.2.0/24", 5, "payments")
    assert (flow.name, flow.dst, flow.port) == ("card payments", "203.0.113.40/32", 443)


def test_the_template_declares_nothing(tmp_path):
    (tmp_path / "t.toml").write_text(TEMPLATE)
    assert read_config(tmp_path / "t.toml").business.assets == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[asset]\nvalue = 1\n", "line 1: asset 1: write [[asset]] with two brackets"),
        ("asset = [1]\n", "write [[asset]] and keys under it"),
        ("[[asset]]\nvalue = 1\n", "line 1: asset 1: needs exactly one of"),
        ('[[asset]]\naddress = "10.0.0.1"\nname = "a"\nvalue = 1\n', "it has address and name"),
        ('[[asset]]\naddress = "10.0.0.1"\n', "asset 1, key value: is missing"),
        ('[[asset]]\naddress = "10.0.0.1"\nvalue = 6\n', "line 3: asset 1, key value: 6 is none"),
        ('[[asset]]\naddress = "10.0.0.1"\nvalue = true\n', "True is none"),
        ('[[asset]]\naddress = "10.0.0.0/24"\nvalue = 1\n', "is a network; use prefix"),
        ('[[asset]]\nprefix = "10.0.0.1/24"\nvalue = 1\n', "has host bits set"),
        ('[[asset]]\nname = "a b"\nvalue = 1\n', "'a b' is no host or domain name"),
        ('[[asset]]\nname = "a"\nvalue = 1\nowner = 3\n', "line 4: asset 1, key owner: is not"),
        ('[[asset]]\nname = "a"\nvalue = 1\ncolour = "x"\n', "line 4: asset 1, key colour: unkn"),
        (
            '[[asset]]\nname = "a"\nvalue = 1\n# [[asset]]\n[[asset]]\nname = "b"\nvalue = 0\n',
            "line 7: asset 2, key value: 0 is none",
        ),
        (
            '[[vital_flow]]\nname = "x"\nsrc = "10.0.0.1"\n',
            "vital_flow 1: needs exactly one of dst, dst_name",
        ),
        (
            '[[vital_flow]]\nname = "x"\nsrc = "10.0.0.1"\ndst = "10.0.0.2"\nport = 70000\n',
            "line 5: vital_flow 1, key port: 70000 is none",
        ),
        (
            '[[vital_flow]]\nname = "x"\nsrc = "0.0.0.0/0"\ndst = "::1"\n',
            "line 4: vital_flow 1, key dst: no traffic goes from 0.0.0.0/0 to ::1/128",
        ),
        ("a = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
        ("a = " + "9" * 5000, "thousands of digits"),
    ],
)
def test_wrong_entries_are_named_by_line_and_key(tmp_path, text, why):
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        read_config(tmp_path / "t.toml")
    assert caught.value.code == "NC-506"
    assert why in caught.value.why


def test_a_mark_of_the_byte_order_is_no_error(tmp_path):
    (tmp_path / "t.toml").write_bytes(b'\xef\xbb\xbf[organisation]\r\nname = "Example"\r\n')
    assert read_config(tmp_path / "t.toml").name == "Example"
