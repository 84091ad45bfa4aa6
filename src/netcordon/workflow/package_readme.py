"""The page in a package that says how to check it with ordinary tools."""

from __future__ import annotations

from netcordon.reporting.visible import visible

_OPENING = {
    "age": """\
The package was encrypted with age (https://age-encryption.org). The recipient opened it by

    age -d -i KEY -o package.zip PACKAGE.zip.age
    unzip package.zip
""",
    "cms": """\
The package was encrypted as CMS (RFC 5652). The recipient opened it by

    openssl cms -decrypt -inform DER -in PACKAGE.zip.p7m -recip CERTIFICATE.pem -inkey KEY.pem \\
        -out package.zip
    unzip package.zip
""",
    "": """\
The package was not encrypted; `unzip PACKAGE.zip` opens it.
""",
}

_TEXT = """\
EVIDENCE OUT OF NETCORDON: WHAT IS HERE, AND HOW TO PROVE IT WITHOUT NETCORDON

{about}
{opening}
All commands below are given in the folder that holds this file.

1. Every file is as it was packed

    sha256sum -c --quiet tagmanifest-sha256.txt
    sha256sum -c --quiet manifest-sha256.txt

The layout is BagIt (RFC 8493). data/evidence holds originals, data/slices what was made of them;
data/custody.json says who recorded them, where and how, and who had them when.

2. Who packed it
{signing}
3. The journal

data/journal/leaves.txt has one line for each entry of the journal of the case: its hash, and the
SHA-256 of each of its fields. data/journal/entries.txt has the fields of those entries that concern
you; the others are withheld, and cannot be left out unseen. This checks both (a minute for a
thousand entries) and prints the journal's head, or the number of the entry that is not as it was:

    sh data/journal/check.sh

Compare the head with one that was told to you before, or stamped.
{stamps}"""

_SIGNED = """
Signed by {who}. This proves it by the public key that lies beside the signature:

    openssl pkeyutl -verify -pubin -inkey signature/key.pem -rawin -in tagmanifest-sha256.txt \\
        -sigfile signature/tagmanifest-sha256.sig

Whose key it is they tell you by telephone. Its fingerprint, which must be {fingerprint}:

    openssl pkey -pubin -in signature/key.pem -outform DER | sha256sum
"""

_UNSIGNED = """
Nobody signed it. Ask who sent it for the SHA-256 of the package, by telephone.
"""

_STAMPED = """
4. When the journal stood so

Each file in data/stamps named *.txt is a head of the journal; *.tsr is what a time-stamping
authority said of it (RFC 3161). CA.pem is the certificate of that authority's root, from whom you
trust:

    for f in data/stamps/*.txt; do
        openssl ts -verify -data "$f" -in "${f%.txt}.tsr" -CAfile CA.pem
        grep -q "^$(cut -d: -f2 "$f") " data/journal/leaves.txt && echo "$f is in the journal"
    done
"""

CHECK_SH = """\
#!/bin/sh
# Checks the journal beside it with nothing but sha256sum: chain, order, and the fields given.
cd "$(dirname "$0")" || exit 2
sha() { printf '%s' "$1" | sha256sum | cut -c1-64; }
bad=0 n=0 prev=0000000000000000000000000000000000000000000000000000000000000000
while IFS= read -r line; do
    n=$((n + 1)); hash=${line%% *}; leaves=${line#* }
    [ "$(sha "$leaves")" = "$hash" ] || { echo "entry $n: changed"; bad=1; }
    before="\\"prev_hash\\":\\"$(sha "prev_hash:str:$prev")\\""
    place="\\"seq\\":\\"$(sha "seq:int:$n")\\""
    case $leaves in
        *"$before,$place"*) ;;
        *) echo "entry $n: out of order"; bad=1 ;;
    esac
    prev=$hash
done < leaves.txt
while IFS= read -r line; do
    seq=${line%% *}; text=${line#* }; name=${text%%:*}
    case $seq in ''|*[!0-9]*) echo "a line that is none"; bad=1; continue ;; esac
    case $(sed -n "${seq}p" leaves.txt) in
        *"\\"$name\\":\\"$(sha "$text")\\""*) ;;
        *) echo "entry $seq: $name was changed"; bad=1 ;;
    esac
done < entries.txt
echo "head $n:$prev"
exit $bad
"""


def readme(
    about: str, encryption: str, *, signer: str, fingerprint: str, has_stamps: bool
) -> bytes:
    """The page.

    Args:
        about: what the package is, in a few lines.
        encryption: ``age``, ``cms`` or empty.
        signer: name of who signed; empty for nobody.
        fingerprint: of their key.
        has_stamps: whether time stamps are in it.
    """
    signing = (
        _SIGNED.format(who=visible(signer, limit=200), fingerprint=fingerprint)
        if signer
        else _UNSIGNED
    )
    text = _TEXT.format(
        about=about, opening=_OPENING[encryption], signing=signing,
        stamps=_STAMPED if has_stamps else "",
    )  # fmt: skip
    return text.encode()
