#!/bin/sh
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Creates the user and starts the service. dpkg passes "configure" and the previous version, rpm the number of installed versions.
set -e

if ! getent passwd otelcol-vpcflow >/dev/null; then
	shell=/usr/sbin/nologin
	[ -x "$shell" ] || shell=/sbin/nologin
	useradd --system --user-group --no-create-home --home-dir /var/lib/otelcol-vpcflow --shell "$shell" otelcol-vpcflow
fi
if [ ! -d /var/log/vpcflow ]; then
	install -d -m 0750 -o root -g otelcol-vpcflow /var/log/vpcflow
fi

command -v systemctl >/dev/null || exit 0
previous=
case "$1" in
configure) previous=$2 ;;
[2-9]*) previous=$1 ;;
esac
[ ! -d /run/systemd/system ] || systemctl daemon-reload
if [ -z "$previous" ]; then
	systemctl enable --quiet otelcol-vpcflow.service
	[ ! -d /run/systemd/system ] || systemctl start otelcol-vpcflow.service
elif [ -d /run/systemd/system ]; then
	systemctl try-restart otelcol-vpcflow.service
fi
