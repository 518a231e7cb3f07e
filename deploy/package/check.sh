#!/usr/bin/env bash
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Checks the files of `make release` for real: checksums, the unit's sandbox, install, upgrade and purge in a Debian that boots in
# systemd-nspawn, and the image with a read-only root. Needs root, Debian, debootstrap, systemd-container and podman.
#
#   deploy/package/check.sh VERSION [FOLDER-OF-AN-EARLIER-RELEASE]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=$1
previous=${2:-}
release=$PWD/_build/release
work=$PWD/_build/release-check
root=$work/root
page=http://localhost:8765
architecture=$(dpkg --print-architecture)
package=$release/otelcol-vpcflow_${version}_${architecture}.deb

say() { echo "== $*"; }
fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# eventually COMMAND... repeats a command until it succeeds, for at most two minutes.
eventually() {
	for _ in $(seq 240); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.5
	done
	fail "$*"
}

# boot starts the Debian with a network of its own. leader is its first process.
boot() {
	systemd-nspawn --directory "$root" --boot --private-network --register=no --keep-unit --link-journal=no >"$work/boot.log" 2>&1 &
	nspawn=$!
	eventually pgrep --parent "$nspawn"
	leader=$(pgrep --parent "$nspawn" | head -1)
	eventually inside systemctl is-active multi-user.target
}

# power_off stops the Debian.
power_off() {
	inside systemctl poweroff || true
	wait "$nspawn" || true
	nspawn=
}

# inside COMMAND... runs a command in the Debian. on_its_network runs a command of this machine on its network.
inside() { nsenter --target "$leader" --all env PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }
on_its_network() { nsenter --target "$leader" --net "$@"; }

shows() { on_its_network curl -fsS "$page/alerts" | grep -q "$1"; }
counts() { on_its_network curl -fsS http://localhost:8888/metrics | grep -q "^vpc_flow_receiver_records $1\$"; }
healthy() { on_its_network curl -fsS http://localhost:13133/; }
notified() { [ "$(grep -c '"status":"firing"' "$work/webhook.log")" = "$1" ]; }

# flows FIRST LAST FILE writes a flow from one external address to each port in a range.
flows() {
	local now port
	now=$(date +%s)
	for port in $(seq "$1" "$2"); do
		echo "2 123456789012 eni-1 203.0.113.7 10.0.0.5 40000 $port 6 1 40 $((now - 60)) $((now - 30)) REJECT OK"
	done >"$root/tmp/flows.log"
	chmod 644 "$root/tmp/flows.log"
	mv "$root/tmp/flows.log" "$root/var/log/vpcflow/$3"
}

# files lists all files of the Debian, except those that running systems change.
files() {
	find "$root" -xdev -printf '%P\n' | grep -vE '^(proc|sys|dev|run|tmp|var/tmp|var/log/journal|var/lib/systemd|var/cache|var/lib/dbus)(/|$)' |
		grep -vE '^(var/lib/dpkg/.*|var/log/(dpkg.log|lastlog|wtmp|btmp)|etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/\.pwd\.lock|etc/machine-id)$' | sort
}

cleanup() {
	[ -z "${hook:-}" ] || kill "$hook" 2>/dev/null || true
	[ -z "${nspawn:-}" ] || kill "$nspawn" 2>/dev/null || true
}
trap cleanup EXIT

say "checksums"
(cd "$release" && sha256sum --quiet --check SHA256SUMS)

say "sandbox of the unit"
systemd-analyze security --offline=yes --threshold=25 deploy/package/otelcol-vpcflow.service --no-pager | tail -1

say "a fresh Debian"
rm -rf "$root"
mkdir -p "$work"
[ -f "$work/root.tar" ] || {
	debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,passwd,ca-certificates bookworm "$work/fresh" >"$work/debootstrap.log"
	tar -C "$work" -cf "$work/root.tar" fresh
	rm -rf "$work/fresh"
}
tar -C "$work" -xf "$work/root.tar"
mv "$work/fresh" "$root"
printf "127.0.0.1 localhost\n::1 localhost\n" >"$root/etc/hosts"
boot
files >"$work/before.txt"

cat >"$work/webhook.py" <<'END'
import http.server, sys

log = open(sys.argv[1], "wb", buffering=0)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        log.write(self.rfile.read(int(self.headers["Content-Length"])) + b"\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", 8799), Hook).serve_forever()
END
nsenter --target "$leader" --net python3 "$work/webhook.py" "$work/webhook.log" &
hook=$!

first=${previous:+$(ls "$previous"/otelcol-vpcflow_*_"$architecture".deb)}
first=${first:-$package}
say "install $(basename "$first")"
cp "$first" "$root/opt/first.deb"
inside dpkg --install /opt/first.deb
inside otelcol-vpcflow --version
[ "$(stat -c %a "$root/etc/otelcol-vpcflow/otelcol-vpcflow.env")" = 600 ] || fail "the environment file is not private"
eventually healthy
eventually on_its_network curl -fsS "$page/"

say "drop a file, see the alert on the page and at a webhook"
sed -i 's|^    console: true$|    console: true\n    webhook_configs: [{url: "${env:WEBHOOK_URL}"}]|' "$root/etc/otelcol-vpcflow/config.yaml"
echo 'WEBHOOK_URL=http://localhost:8799/' >>"$root/etc/otelcol-vpcflow/otelcol-vpcflow.env"
inside systemctl restart otelcol-vpcflow
eventually healthy
flows 1 25 first.log
eventually shows 203.0.113.7
eventually notified 1
grep -q external_port_scan "$work/webhook.log" || fail "another alert: $(cat "$work/webhook.log")"

say "restart the machine: the service starts, and reads nothing again"
kill "$hook"
power_off
boot
nsenter --target "$leader" --net python3 "$work/webhook.py" "$work/webhook.log" &
hook=$!
eventually healthy
flows 26 30 second.log
eventually counts 5
resident=$(inside sh -c 'grep VmRSS "/proc/$(systemctl show --property MainPID --value otelcol-vpcflow)/status"')
echo "resident memory: $resident"

say "upgrade: the configuration and the state stay"
cp "$package" "$root/opt/new.deb"
inside dpkg --install /opt/new.deb
grep -q WEBHOOK_URL "$root/etc/otelcol-vpcflow/config.yaml" || fail "the configuration was replaced"
inside otelcol-vpcflow --version | grep -qF "$version" || fail "not upgraded"
eventually healthy
flows 31 33 third.log
eventually counts 3
notified 0 || fail "the open episode alerted again: $(cat "$work/webhook.log")"
inside systemctl status --no-pager otelcol-vpcflow | head -12

say "purge: nothing remains"
rm "$root"/var/log/vpcflow/*.log "$root"/opt/*.deb
inside dpkg --purge otelcol-vpcflow
power_off
files >"$work/after.txt"
remains=$(comm -13 "$work/before.txt" "$work/after.txt")
[ -z "$remains" ] || fail "these files remain:"$'\n'"$remains"
! grep -q otelcol "$root/etc/passwd" "$root/etc/group" || fail "the user remains"

say "image: not root, read-only root"
image=$(podman load --quiet --input "$release/otelcol-vpcflow_${version}_image.tar" | sed 's/.*: //')
mkdir -p "$work/image" "$work/state"
chown 10001:10001 "$work/state"
IMAGE=$(podman image mount "$image") ROOT=$work/image STATE=$work/state LOG=$work/image.log \
	unshare --mount --net --pid --fork bash -euo pipefail <<'END'
as_user() { /usr/sbin/chroot --userspec 10001:10001 "$ROOT" "$@"; }
ip link set lo up
mount --bind "$IMAGE" "$ROOT"
mount -o remount,bind,ro "$ROOT"
mount --bind "$STATE" "$ROOT/var/lib/otelcol-vpcflow"
mount -t proc proc "$ROOT/proc"
/usr/sbin/chroot --userspec 10001:10001 "$ROOT" /otelcol-vpcflow --feature-gates=+extension.healthcheck.useComponentStatus --config /etc/otelcol-vpcflow/config.yaml >"$LOG" 2>&1 &
for _ in $(seq 240); do as_user /healthcheck 2>/dev/null && break || sleep 0.5; done
as_user /healthcheck
! touch "$ROOT/new" 2>/dev/null
! as_user /bin/sh -c true 2>/dev/null
kill -TERM $!
wait $!
END
[ "$(stat -c %u "$work"/state/processor_vpc_detection_)" = 10001 ] || fail "the image does not run as its user"
podman image unmount "$image" >/dev/null

say "all checks passed"
