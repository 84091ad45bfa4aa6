"""Files of nfdump's collectors (nfcapd, sfcapd, nfpcapd): layouts 1 and 2, packed or not."""
