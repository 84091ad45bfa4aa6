"""What an alert is about follows from its title first, then from the class it is filed under."""

from __future__ import annotations

import pytest

from netcordon.model.alert_class import alert_class

TROJAN = "A Network Trojan was detected"


@pytest.mark.parametrize(
    ("kind", "category", "title", "name"),
    [
        ("alert", TROJAN, "ET MALWARE Win32/Example CnC Checkin", "malware"),
        ("alert", TROJAN, "ET INFO Example Agent Update Check", "policy"),
        ("alert", "Potential Corporate Privacy Violation", "Site rule 7", "policy"),
        ("alert", "Generic Protocol Command Decode", "SURICATA TLS invalid record", "oddity of a"),
        ("alert", "Web Application Attack", "ET WEB_SERVER Possible SQL Injection", "exploit"),
        ("alert", "Attempted Information Leak", "ET SCAN Potential SSH Scan", "scan"),
        ("alert", "Misc Attack", "ET CINS Active Threat Intelligence group 7", "reputation"),
        ("alert", "Crypto Currency Mining Activity Detected", "ET COINMINER login", "mining"),
        ("alert", "spyware", "Example.Gen Command and Control Traffic", "malware"),
        ("alert", "vulnerability", "Example Server Remote Code Flaw", "exploit"),
        ("alert", "ransomware", "ransomware", "ransomware"),
        ("alert", "botnet_activity", "External Remote Access", "malware"),
        ("alert", "exfiltration", "Data Smuggler", "exfiltration"),
        ("notice", "Scan", "Scan::Port_Scan", "scan"),
        ("notice", "SSH", "SSH::Password_Guessing", "credentials"),
        ("notice", "SSL", "SSL::Invalid_Server_Cert", "policy"),
        ("weird", "", "exploit_in_the_name_of_an_oddity", "oddity of a"),
        ("intel", "Intel::ADDR", "Intelligence match", "reputation"),
        ("alert", "", "", "other"),
    ],
)
def test_classes(kind: str, category: str, title: str, name: str) -> None:
    assert alert_class(kind, category, title).name.startswith(name)
