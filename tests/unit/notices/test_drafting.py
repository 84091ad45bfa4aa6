"""Each audience reads what it may, in its language, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.policy import default

import pytest

from netcordon.model.handling import TLP
from netcordon.model.notice import CLEARANCE, LANGUAGES, Audience, permits
from netcordon.notices.classes import CLASSES, classes_of
from netcordon.notices.drafting import Matter, catalogue, draft
from netcordon.notices.mail import draft_mail
from netcordon.notices.recipients import DirectoryError, choose, read_directory
from netcordon.workflow.notices import outside_ends, suspects_in
from tests.unit.notices.matters import FIRST, SERVER, VICTIM, incident, insider

SECRETS = ("198[.]51", "198.51", "evil", VICTIM.ip, "PC-17", "j.doe", "2026-03-02", "08:11")


def _matter(marking: TLP, **more: object) -> Matter:
    one = incident()
    return Matter(
        incident=one, indicators=outside_ends(one), reference="notice-0001", marking=marking,
        business_lines=("payments",), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _shape(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _shape(item) for key, item in value.items()}
    return ["text"] * len(value) if isinstance(value, list) else "text"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_and_knows_every_kind(language) -> None:
    words = catalogue(language)
    assert _shape(words) == _shape(catalogue("en"))
    assert set(words["what"]) == {*CLASSES, "other"}
    for audience in Audience:
        for lists in (words["do"], words["dont"]):
            assert set(lists[audience]) - {"all"} <= set(CLASSES)
            assert lists[audience]["all"]


@pytest.mark.parametrize("marking", list(TLP))
@pytest.mark.parametrize("audience", list(Audience))
def test_what_is_marked_above_an_audience_is_not_in_its_text(audience, marking) -> None:
    made = draft(audience, "en", _matter(marking))
    told = [secret for secret in SECRETS if secret in made.subject + made.text]
    if not permits(CLEARANCE[audience], marking):
        assert not told
        assert made.held_back
        assert permits(CLEARANCE[audience], made.tlp)
    else:
        assert permits(CLEARANCE[audience], made.tlp)
        assert not made.held_back
    if audience in (Audience.USERS, Audience.PARTNER, Audience.MANAGEMENT):
        assert not [s for s in told if s not in ("2026-03-02", "08:11")]
    if audience is Audience.ADMINS and marking is TLP.AMBER:
        assert "198[.]51[.]100[.]20" in made.text
        assert f"{VICTIM.ip} PC-17" in made.text
        assert made.tlp is TLP.AMBER


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_names_are_shown_and_do_nothing(language) -> None:
    made = draft(Audience.ADMINS, language, _matter(TLP.AMBER))
    assert "⟨U+001B⟩" in made.text
    assert not [
        c for c in made.text if c != "\n" and not c.isprintable() and c not in "\u00a0\u202f"
    ]
    assert not any(line.startswith("Bcc:") for line in made.text.splitlines())
    assert max(len(line) for line in made.text.splitlines()) <= 110


def test_a_discreet_notice_gives_nothing_away_in_its_subject_and_is_kept_close() -> None:
    made = draft(Audience.MANAGEMENT, "en", _matter(TLP.GREEN, discreet=True))
    assert made.subject == "Reference [notice-0001]"
    assert made.tlp is TLP.AMBER_STRICT
    assert "known to few" in made.text


def test_kinds_are_told_by_techniques_gravest_first() -> None:
    assert classes_of(("T1071.001", "T1486", "T1048")) == ("destruction", "theft", "control")
    assert classes_of(("T9999",)) == ()


def test_suspects_and_other_lines_are_left_out() -> None:
    people = read_directory(
        b"name,mail,account,business_line\nM. Ole,m.ole@x.example,,payments\n"
        b"A. Diaz,a@x.example,CORP\\adiaz,payments\nC. Ode,c@x.example,,sales\n"
        b"J. Doe,jd@x.example,j.doe,payments\n"
    )
    assert suspects_in(insider()) == ("m.ole",)
    assert suspects_in(incident()) == ()
    chosen = choose(people, ["Payments"], suspects_in(insider()), ["CORP\\J.Doe"])
    assert [p.name for p in chosen.told] == ["A. Diaz"]
    assert [text.partition(":")[0] for text in chosen.left_out] == [
        "M. Ole", "J. Doe", "1 of business lines that are not affected"
    ]  # fmt: skip
    assert "by telephone" in chosen.left_out[1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff", "UTF-8"),
        (b"mail\nx@y.example\n", "name the columns"),
        (b"name,mail\nA,x@y.example\\nBcc: z@z.example\n", "no mail address"),
        (b'name,mail\nA,"x@y.example\r\nBcc: z"\n', "no mail address"),
        (b"name\n" + b"a" * 300 + b"\n", "over 200"),
    ],
)
def test_a_directory_that_cannot_be_used_says_why(content, why) -> None:
    with pytest.raises(DirectoryError, match=why):
        read_directory(content)


def test_a_draft_is_a_mail_that_hides_recipients_from_each_other() -> None:
    content = draft_mail(
        subject="Sécurité", text="Grüße\n", tlp=TLP.GREEN, time=FIRST,
        bcc=["a@x.example", "b@x.example"], attachments=[("r.json", "application/json", b"{}")],
    )  # fmt: skip
    again = draft_mail(
        subject="Sécurité", text="Grüße\n", tlp=TLP.GREEN, time=FIRST,
        bcc=["a@x.example", "b@x.example"], attachments=[("r.json", "application/json", b"{}")],
    )  # fmt: skip
    assert content == again
    read = message_from_bytes(content, policy=default)
    assert read["Subject"] == "[TLP:GREEN] Sécurité"
    assert read["To"] == "undisclosed-recipients:;"
    assert read["Bcc"] == "a@x.example, b@x.example"
    assert read["X-Unsent"] == "1"
    body, attached = read.iter_parts()
    assert body.get_content().split() == ["Grüße"]
    assert attached.get_filename() == "r.json"
    assert SERVER.ip not in content.decode()
