"""The intrusion sheets as child checklists: IRM-2 (Windows) and IRM-3 (Linux and Unix), as data.

A computer that is found compromised gets the sheet of its system. The order is that of volatility
(RFC 3227): what only memory holds comes before anything that would lose it.
"""

from __future__ import annotations

from dataclasses import dataclass

MEMORY = "memory"
"""The step that comes before isolation."""


@dataclass(frozen=True)
class SheetStep:
    """One thing to do on one computer.

    Attributes:
        id: a word, unique in its sheet.
        part: ``collect``, ``analyse``, ``remove`` or ``restore``.
        text: what is done.
        how: a command or place; empty when none is needed.
    """

    id: str
    part: str
    text: str
    how: str = ""


@dataclass(frozen=True)
class ChildSheet:
    """What is done with one compromised computer.

    Attributes:
        number: of the sheet in the series.
        system: ``windows`` or ``linux``.
    """

    number: str
    system: str
    title: str
    steps: tuple[SheetStep, ...]


WINDOWS = ChildSheet(
    "IRM-2", "windows", "A Windows computer was entered",
    (
        SheetStep(MEMORY, "collect", "Save the memory, before it is isolated or restarted",
                  "winpmem_mini_x64.exe MEMORY.raw to an own medium, and its SHA-256"),
        SheetStep("volatile", "collect", "Save what runs now: programs, connections, sessions, tickets",
                  "tasklist /v /m; netstat -anob; quser; klist sessions; net session; net file"),
        SheetStep("logs", "collect", "Save event logs, before they roll over",
                  "wevtutil epl Security, System, Application, PowerShell, TaskScheduler, TerminalServices"),
        SheetStep("disk", "collect", "Save file tables, registry and traces of execution",
                  "$MFT, $UsnJrnl, registry hives, Prefetch, Amcache, ShimCache, SRUM; or the whole disk"),
        SheetStep("accounts", "analyse", "Look at accounts and groups for what is new or raised",
                  "net user; net localgroup administrators; events 4720, 4728, 4732, 4672"),
        SheetStep("autostart", "analyse", "Look at everything that starts by itself",
                  "Autoruns: Run keys, services, tasks, WMI subscriptions, Winlogon, drivers, Office add-ins"),
        SheetStep("files", "analyse", "Look for files that came with the intruder",
                  "temporary and profile folders, unsigned programs, web roots, alternate streams"),
        SheetStep("network", "analyse", "Look at shares, firewall rules, proxy, hosts file, resolvers",
                  "net share; netsh advfirewall; netsh winhttp show proxy; ipconfig /displaydns"),
        SheetStep("secrets", "remove", "Renew every secret that was within reach of the computer",
                  "local and cached accounts, service accounts, certificates, tokens; krbtgt twice if a controller"),
        SheetStep("persistence", "remove", "Take every foothold away at one time, with all computers of the case"),
        SheetStep("remaster", "restore", "Install anew from a known medium; a cleaned system is not trusted"),
        SheetStep("patch", "restore", "Close the way in before it is connected: updates, settings, rights"),
        SheetStep("data", "restore", "Bring back data from before the intrusion, scanned"),
        SheetStep("prevent", "restore", "Set the endpoint protection to prevent, and verbose logging for weeks",
                  "netcordon logging plan sysmon:HOST windows-audit:HOST --receiver COLLECTOR"),
    ),
)  # fmt: skip
"""IRM-2."""

LINUX = ChildSheet(
    "IRM-3", "linux", "A Linux or Unix computer was entered",
    (
        SheetStep(MEMORY, "collect", "Save the memory, before it is isolated or restarted",
                  "avml MEMORY.lime to an own medium, and its SHA-256"),
        SheetStep("volatile", "collect", "Save what runs now, with tools of your own",
                  "ps auxwwf; ss -anp; lsof -n; w; last -F; ip neigh; mount; lsmod; /proc/PID/exe of what was deleted"),
        SheetStep("logs", "collect", "Save logs, before they rotate",
                  "journalctl -o export; /var/log; wtmp, btmp, lastlog; audit.log; shell histories"),
        SheetStep("disk", "collect", "Save times and contents of files, or the whole disk",
                  "find / -xdev -printf '%T@ %C@ %m %u %g %s %p\\n'; or an image"),
        SheetStep("accounts", "analyse", "Look at accounts, keys and rights",
                  "uid 0 in passwd; shadow; sudoers; authorized_keys of all; setuid files; capabilities"),
        SheetStep("autostart", "analyse", "Look at everything that starts by itself",
                  "systemd units and timers, cron, at, rc.local, profiles, ld.so.preload, PAM modules, udev rules"),
        SheetStep("files", "analyse", "Look for files that came with the intruder",
                  "/tmp, /var/tmp, /dev/shm, hidden and deleted files, web roots; compare packages: debsums, rpm -Va"),
        SheetStep("kernel", "analyse", "Look for hidden programs, modules and hooks",
                  "compare ps with /proc, ss with a scan from outside, lsmod with /sys/module; bpftool prog"),
        SheetStep("secrets", "remove", "Renew every secret that was within reach of the computer",
                  "passwords, SSH host and user keys, agents that were forwarded, tokens, certificates, database logins"),
        SheetStep("persistence", "remove", "Take every foothold away at one time, with all computers of the case"),
        SheetStep("remaster", "restore", "Install anew from a known medium; a cleaned system is not trusted"),
        SheetStep("patch", "restore", "Close the way in before it is connected: updates, settings, rights"),
        SheetStep("data", "restore", "Bring back data from before the intrusion, checked"),
        SheetStep("prevent", "restore", "Set the endpoint protection to prevent, and verbose logging for weeks",
                  "netcordon logging plan auditd:HOST rsyslog:HOST --receiver COLLECTOR"),
    ),
)  # fmt: skip
"""IRM-3."""

SHEETS = {sheet.system: sheet for sheet in (WINDOWS, LINUX)}
"""System -> sheet."""

_HINTS = {
    "windows": ("windows", "msft", "microsoft", "win32", "winnt"),
    "linux": ("linux", "ubuntu", "debian", "red hat", "centos", "fedora", "suse", "samba", "unix",
              "bsd", "dhcpcd", "udhcp", "openssh"),
}  # fmt: skip


def system_of(hint: str) -> str:
    """The system that a hint (as a host announces it) speaks of; empty when it speaks of none."""
    words = hint.lower()
    found = [system for system, marks in _HINTS.items() if any(mark in words for mark in marks)]
    return found[0] if len(found) == 1 else ""
