#!/bin/sh
# udhcpc tells its script what the server granted.
case "$1" in bound | renew)
  ip addr replace "$ip/$mask" dev "$interface"
  ip route replace default via "$router" dev "$interface" ;;
esac
