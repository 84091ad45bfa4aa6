"""DNS and its kin (mDNS, LLMNR, NBNS), in compiled passes over whole blocks."""
