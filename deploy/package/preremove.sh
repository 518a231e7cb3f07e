#!/bin/sh
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Stops the service before its files are removed. An upgrade keeps it running: the new version restarts it.
set -e

case "$1" in
remove | 0) ;;
*) exit 0 ;;
esac
command -v systemctl >/dev/null || exit 0
[ ! -d /run/systemd/system ] || systemctl stop otelcol-vpcflow.service
systemctl disable --quiet otelcol-vpcflow.service
