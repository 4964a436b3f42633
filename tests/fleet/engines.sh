#!/bin/sh
# Fetches the engines that the tests of the export talk to, and unpacks them into a directory: nothing is installed,
# no service started, and no root needed. What is installed already is left out.
set -eu
mkdir -p "$1"
cd "$1"
export PATH="$PATH:$PWD/usr/bin"
fetch() {
  command -v "$1" >/dev/null && return
  apt-get -qq download "$2" && dpkg -x "$2"_*.deb . && rm -f "$2"_*.deb
}
fetch prometheus-node-exporter prometheus-node-exporter
fetch prometheus-pushgateway prometheus-pushgateway
fetch promtool prometheus
fetch victoria-metrics victoria-metrics
