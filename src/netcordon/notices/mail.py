"""A draft as a mail file (RFC 5322): for a person to look at and send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from netcordon.model.handling import TLP

_MESSAGE_ID = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,120}@[A-Za-z0-9.-]{1,120}\Z")


def draft_mail(
    *,
    subject: str,
    text: str,
    tlp: TLP,
    time: datetime,
    to: Sequence[str] = (),
    bcc: Sequence[str] = (),
    attachments: Sequence[tuple[str, str, bytes]] = (),
    in_reply_to: str = "",
) -> bytes:
    """The bytes of an ``.eml``; nothing is sent.

    Args:
        subject: TLP 2.0 asks for the marking in it.
        text: of the mail.
        tlp: its marking.
        time: of the draft.
        to: addresses that all may see.
        bcc: addresses that must not see each other.
        attachments: name, media type and content of each.
        in_reply_to: id of the message it answers; one that is not well formed is left out.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"[{tlp.value}] {subject}"
    message["Date"] = format_datetime(time)
    # Programs for mail open it for editing: a draft, which a person sends.
    message["X-Unsent"] = "1"
    message["To"] = ", ".join(to) if to else "undisclosed-recipients:;"
    if bcc:
        message["Bcc"] = ", ".join(bcc)
    if _MESSAGE_ID.match(in_reply_to):
        message["In-Reply-To"] = f"<{in_reply_to}>"
        message["References"] = f"<{in_reply_to}>"
    message.set_content(text, cte="quoted-printable")
    for name, media, content in attachments:
        main, _, sub = media.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    # The library draws its boundary at random; the same draft must give the same bytes.
    if message.is_multipart():
        message.set_boundary(f"=_netcordon_{len(text)}_{len(attachments)}")
    return message.as_bytes()
