"""Flow logs in text: of clouds (AWS, Azure, Google) and of flow tools (Argus, SiLK, nfdump)."""
