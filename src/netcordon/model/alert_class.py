"""What an alert of another tool is about, told from the words its tool files it under.

Tools name classes in their own way: Suricata and Snort by ``classification.config``, rule sets by
the first words of a message (``ET MALWARE``), PAN-OS and FortiGate by a log's subtype, Zeek by the
module of a notice. The words are the vendors'; the classes are few, because only few matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AlertClass:
    """A class of alerts.

    Attributes:
        name: one word.
        contribution: log-odds that an alert of this class, without more, is what it says and
            matters; from how such rules are written: a malware family is named by few, a policy by
            many harmless connections.
        is_attack: whether it tells of an attack at all, not of a rule of the house or an oddity.
        calls_out: the initiator is who was hit.
        inside: ATT&CK technique where the initiator is ours, unless the tool names one.
        outside: the same where it is not.
        within: the same where both ends are ours, if that makes a difference.
    """

    name: str
    contribution: float
    is_attack: bool = True
    calls_out: bool = False
    inside: str = ""
    outside: str = ""
    within: str = ""


NOISE = AlertClass(name="oddity of a protocol", contribution=-3.0, is_attack=False)
POLICY = AlertClass(name="policy", contribution=-2.5, is_attack=False)
OTHER = AlertClass(name="other", contribution=-0.8, is_attack=False)
REPUTATION = AlertClass(name="reputation", contribution=-0.8, is_attack=False)
MALWARE = AlertClass(
    name="malware", contribution=1.8, calls_out=True, inside="T1071", outside="T1190",
    within="T1210",
)  # fmt: skip
RANSOMWARE = AlertClass(name="ransomware", contribution=1.8, inside="T1486", outside="T1486")
MINING = AlertClass(name="mining", contribution=1.5, calls_out=True, inside="T1496")
EXFILTRATION = AlertClass(name="exfiltration", contribution=1.2, calls_out=True, inside="T1048")
EXPLOIT = AlertClass(name="exploit", contribution=1.5, inside="T1210", outside="T1190")
CREDENTIALS = AlertClass(name="credentials", contribution=1.0, inside="T1110", outside="T1110")
LATERAL = AlertClass(name="lateral movement", contribution=1.2, inside="T1021", outside="T1021")
FLOOD = AlertClass(name="flood", contribution=0.5, inside="T1498", outside="T1498")
SCAN = AlertClass(name="scan", contribution=0.6, inside="T1046", outside="T1595")

_WORDS: tuple[tuple[str, AlertClass], ...] = (
    # What the sensor's own decoders and parsers stumble over.
    (r"^suricata |generic protocol command decode|protocol anomal|\bpreprocessor\b|\bdecode"
     r"|not suspicious|bad unknown|\bsnort_decoder", NOISE),
    (r"ransom", RANSOMWARE),
    (r"\bcoin ?miner|crypto ?currency|crypto.?min(?:er|ing)|\bminer\b|stratum", MINING),
    # A house's rules, and remarks: many are of the highest class of `classification.config`.
    (r"\bet (?:info|policy|games|chat|p2p|inappropriate|adware_pup|user_agents|hunting|deleted"
     r"|file_sharing|remote_access)\b|\bgpl (?:policy|chat|p2p|inappropriate|icmp_info|icmp)\b"
     r"|potential corporate privacy|policy[- ]violation|inappropriate|misc(?:ellaneous)? activity"
     r"|device retrieving external ip|possibly unwanted|\bpup\b|\badware\b|potentially bad"
     r"|not-suspicious|unknown traffic|^tcp connection|icmp event|url.?filter|web.?filter"
     r"|app(?:lication)?.?control|^url\b|\bssl::|certnotary|software::|captureloss::|packetfilter::"
     r"|weird::|known::|dns::external", POLICY),
    (r"\bet (?:malware|trojan|cnc|mobile_malware|worm|botcc|attack_response|current_events"
     r"|phishing|web_client|exploit_kit)\b|trojan|malware|command.and.control|\bc2\b|\bcnc\b|\bc&c\b"
     r"|\bbeacon|backdoor|botnet|\brat\b|spyware|wildfire|\bvirus\b|infected|cobalt|phish"
     r"|known malicious|successful credential theft|domain observed used for c2|dga\b"
     r"|domain generation|\bstealer|\bshellcode|powershell|suspicious.remote|hidden.*tunnel"
     r"|external remote access|exploit kit|malcore|codebreaker", MALWARE),
    (r"exfil|data loss|\bdlp\b|smash|data smuggler|data.*(?:theft|upload)|unusual.*upload"
     , EXFILTRATION),
    (r"denial.of.service|\bd?dos\b|\bflood|amplif", FLOOD),
    (r"brute|password|\blogin\b|\blog ?on\b|credential|kerberoast|as-rep|default account"
     r"|ssh::|account scan|privilege anomaly|pass the hash", CREDENTIALS),
    (r"lateral|psexec|\brpc recon|remote execution|suspicious admin|worm", LATERAL),
    (r"\bet (?:scan|dshield)|\bscan(?:ning|ner|s)?\b|sweep|reconn|\bprobe|information leak"
     r"|\bport.?scan|discovery|horizontal", SCAN),
    (r"\bet (?:exploit|web_server|web_specific_apps|sql|netbios|rpc|smtp|dns)\b|exploit|attack"
     r"|privilege gain|vulnerab|\bcve[-_ ]?\d|executable code|injection|traversal|overflow"
     r"|\brce\b|\bips\b|intrusion|system call detect|suspicious.filename|suspicious.string"
     , EXPLOIT),
    (r"\bet (?:drop|cins|compromised|tor|ciarmy|3coresec)\b|reputation|blac?k?list|blocklist"
     r"|\btor\b|intelligence|indicator|intel::|\bintel\b|threat.?intel|\bioc\b", REPUTATION),
)  # fmt: skip
_COMPILED = tuple((re.compile(words), found) for words, found in _WORDS)
_ODDITIES = frozenset(("weird", "anomaly"))
_LONGEST = 512


def alert_class(kind: str, category: str, title: str) -> AlertClass:
    """The class of an alert.

    Args:
        kind: ``detection_finding.kind``.
        category: what the tool files it under, or empty.
        title: the signature, or name.
    """
    if kind in _ODDITIES:
        return NOISE
    if kind == "intel":
        return REPUTATION
    # The title is the rule's own word; a category holds thousands of rules.
    for text in (title[:_LONGEST].lower(), category[:_LONGEST].lower()):
        for words, found in _COMPILED:
            if words.search(text):
                return found
    return OTHER
