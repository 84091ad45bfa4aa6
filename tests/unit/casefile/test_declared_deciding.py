"""``[crisis]`` and the tags of assets: read when right, refused by key when not."""

from __future__ import annotations

import re

import pytest

from netcordon.casefile.config import TEMPLATE, read_config
from netcordon.casefile.declared_deciding import TEMPLATE as SECTION
from netcordon.errors import WorkspaceError
from netcordon.model.crisis import STRATEGIC_TAGS, CrisisRules
from netcordon.model.plan import Posture
from netcordon.model.severity import Severity


def test_the_template_explains_keys_that_can_be_used(tmp_path):
    text = re.sub(r"^# (?=\[|\w+ = )", "", SECTION, flags=re.MULTILINE)
    (tmp_path / "t.toml").write_text(text)
    assert read_config(tmp_path / "t.toml").register.vouched_only
    assert read_config(tmp_path / "t.toml").register.crisis == CrisisRules(
        tags=STRATEGIC_TAGS, hosts=20, severity=Severity.CRITICAL, posture=Posture.FAST,
        sitrep_every_min=120,
    )  # fmt: skip


def test_nothing_declared_leaves_the_tags(tmp_path):
    (tmp_path / "t.toml").write_text(TEMPLATE)
    assert read_config(tmp_path / "t.toml").register.crisis == CrisisRules()
    (tmp_path / "t.toml").write_text("[crisis]\ntags = []\n")
    assert read_config(tmp_path / "t.toml").register.crisis.tags == ()


def test_assets_carry_tags(tmp_path):
    text = '[[asset]]\nname = "dc1.corp.example"\nvalue = 5\ntags = ["Directory"]\n'
    (tmp_path / "t.toml").write_text(text)
    assert read_config(tmp_path / "t.toml").business.assets[0].tags == ("directory",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[crisis]\nhosts = 0\n", "line 2: crisis 1, key hosts: 0 is none"),
        ('[crisis]\nseverity = "awful"\n', "'awful' is none of informational"),
        ('[crisis]\nposture = "loud"\n', "'loud' is none of fast, discreet"),
        ("[crisis]\nsitrep_every_min = 1\n", "a whole number from 5"),
        ("[approvals]\nvouched = 1\n", "line 2: approvals 1, key vouched: is neither true nor"),
        ("[crisis]\ncolour = 1\n", "unknown key crisis.colour"),
        ('[[asset]]\nname = "a"\nvalue = 1\ntags = "x"\n', "is not a list of texts"),
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, text, why):
    (tmp_path / "t.toml").write_text(text)
    with pytest.raises(WorkspaceError, match=re.escape(why)):
        read_config(tmp_path / "t.toml")
