"""Lists of indicators as people hand them round: plain text, CSV, STIX 2.1, MISP."""
