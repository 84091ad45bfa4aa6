"""The network as declared: zones, boundaries, devices; refused by line and key when wrong."""

from __future__ import annotations

import re

import pytest

from netcordon.casefile import declared_network
from netcordon.casefile.config import TEMPLATE, read_config
from netcordon.errors import WorkspaceError
from netcordon.model.handling import PAP
from netcordon.model.register import INTERNET

OFFICE = '[[zone]]\nname = "office"\nnetworks = ["10.1.0.0/16", "fd00:1::/64"]\n'
SERVERS = '[[zone]]\nname = "servers"\nnetworks = ["10.1.2.0/24"]\n'
DEVICE = '[[device]]\nname = "fw"\nactuator = "nftables"\n'
BORDER = '[[boundary]]\nname = "border"\nzones = ["office", "internet"]\ndevices = ["fw"]\n'


def read(tmp_path, text):
    (tmp_path / "t.toml").write_text(text)
    return read_config(tmp_path / "t.toml").register


def test_the_template_explains_entries_that_can_be_used(tmp_path):
    register = read(
        tmp_path, re.sub(r"^# (?=\[\[|\w+ = )", "", declared_network.TEMPLATE, flags=re.M)
    )
    (boundary,) = register.boundaries
    assert boundary.zones == ("office", INTERNET)
    assert boundary.families == (4, 6)
    assert register.point(boundary.points[0]).actuator == "nftables"
    assert register.never_block[0].label() == "10.20.2.2 (our own resolver)"
    assert register.points[0].guards == ("10.20.1.0/24",)
    assert (register.forensic, register.resolvers) == (("10.20.9.0/28",), ("10.20.2.10/32",))
    assert (register.markings[0].name, register.markings[0].pap) == ("bad.example", PAP.AMBER)


def test_the_template_declares_nothing(tmp_path):
    register = read(tmp_path, TEMPLATE)
    assert register.zones == register.boundaries == register.points == register.never_block == ()


def test_an_address_is_in_the_smallest_network_that_holds_it(tmp_path):
    register = read(tmp_path, OFFICE + SERVERS)
    where = {
        ip: register.zone_of(ip)
        for ip in ("10.1.9.9", "10.1.2.3", "fd00:1::5", "203.0.113.1", "no")
    }
    assert where == {
        "10.1.9.9": "office", "10.1.2.3": "servers", "fd00:1::5": "office",
        "203.0.113.1": INTERNET, "no": INTERNET,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[zone]]\nname = "internet"\nnetworks = ["10.0.0.0/8"]\n', "what no zone holds"),
        ('[[zone]]\nname = "a"\n', "zone 1, key networks: is missing"),
        ('[[zone]]\nname = "a"\nnetworks = "10.0.0.0/8"\n', "is not a list of texts"),
        ('[[zone]]\nname = "a"\nnetworks = ["10.0.0.1/8"]\n', "line 3: zone 1, key networks"),
        (OFFICE + OFFICE, "line 5: zone 2, key name: 'office' stands twice"),
        (OFFICE + OFFICE.replace("office", "lab"), "10.1.0.0/16 belongs to zone 'office' already"),
        (OFFICE + BORDER, "no device is called 'fw'; known: none"),
        (DEVICE + BORDER, "no zone is called 'office'; known: internet"),
        (OFFICE + DEVICE + BORDER.replace('"internet"', '"office"'), "exactly two zones"),
        (OFFICE + DEVICE + BORDER + "ipv4 = false\nipv6 = false\n", "is none"),
        (OFFICE + DEVICE + BORDER + "ipv6 = 1\n", "key ipv6: is neither true nor false"),
        (DEVICE + 'transport = "telnet://x"\n', "begins with none of local, ssh://"),
        (DEVICE + "capacity = -1\n", "key capacity: -1 is none"),
        (DEVICE + "capacity = 0\n", "key capacity: 0 is none"),
        (DEVICE + 'guards = ["::/0"]\n', "::/0 is every address there is"),
        ('[[zone]]\nname = "a"\nnetworks = ["0.0.0.0/0"]\n', "is every address there is"),
        ('[[isolation]]\nforensic = ["0.0.0.0/0"]\n', "is every address there is"),
        ('[[never_block]]\nprefix = "::/0"\nreason = "x"\n', "nothing could be blocked"),
        (DEVICE + "options = { list = 3 }\n", "is not a table of texts"),
        ('[[never_block]]\naddress = "10.0.0.1"\n', "never_block 1, key reason: is missing"),
        ('[[never_block]]\naddress = "10.0.0.0/8"\nreason = "x"\n', "use prefix"),
        ('[[isolation]]\nresolvers = ["10.0.0.0/8"]\n', "name the resolver itself"),
        ('[[marking]]\nname = "bad.example"\npap = "pink"\n', "'PINK' is none of clear, green"),
    ],
)
def test_wrong_entries_are_named_by_line_and_key(tmp_path, text, why):
    with pytest.raises(WorkspaceError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "NC-506"
    assert why in caught.value.why
