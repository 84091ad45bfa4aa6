#!/bin/sh
# udhcpc tells its script what the server granted.
case "$1" in bound | renew)
  echo "lease: $ip router $router resolver $dns from $serverid"
  ip addr replace "$ip/$mask" dev "$interface"
  ip route replace default via "$router" dev "$interface" ;;
esac
