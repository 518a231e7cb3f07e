#!/bin/sh
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Removes the state, the configuration folder and the user when dpkg purges the package. rpm keeps them.
set -e

if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
[ "$1" = purge ] || exit 0
rm -rf /var/lib/otelcol-vpcflow /etc/otelcol-vpcflow
rmdir /var/log/vpcflow 2>/dev/null || true
if getent passwd otelcol-vpcflow >/dev/null; then
	userdel otelcol-vpcflow 2>/dev/null || true
fi
