#!/usr/bin/env bash
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Checks the files of `make release` for real: checksums, the unit's sandbox, install, upgrade and purge in a fresh Debian, and the
# image with a read-only root. Needs root, Debian, debootstrap, systemd and podman. Where systemd-nspawn cannot boot, the service's
# command runs in a chroot as its user.
#
#   deploy/package/check.sh VERSION [FOLDER-OF-THE-PREVIOUS-RELEASE]
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

# eventually COMMAND... repeats a command until it succeeds, for at most a minute.
eventually() {
	for _ in $(seq 120); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.5
	done
	fail "$*"
}

shows() { curl -fsS "$page/alerts" | grep -q "$1"; }
in_root() { chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"; }

# start_service starts the command of the unit with its user, its environment file and an added webhook.
start_service() {
	install -d -m 0700 "$root/var/lib/otelcol-vpcflow"
	in_root chown otelcol-vpcflow: /var/lib/otelcol-vpcflow
	local command
	command=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/otelcol-vpcflow.service")
	in_root setpriv --reuid otelcol-vpcflow --regid otelcol-vpcflow --clear-groups --no-new-privs \
		sh -c "set -a; exec $command --config 'yaml:exporters::alert_notifier: {console: true, group_wait: 0s, storage: file_storage, webhook_configs: [{url: \"http://localhost:8799/\"}]}'" \
		>>"$work/service.log" 2>&1 &
	service=$!
	eventually grep -q 'Everything is ready' "$work/service.log"
}

stop_service() {
	pkill -INT --parent "$service" 2>/dev/null || kill -INT "$service"
	wait "$service" || fail "the service ended with an error: $(tail -3 "$work/service.log")"
	: >"$work/service.log"
}

# flows FIRST LAST prints a flow from one external address to each port in a range.
flows() {
	local now port
	now=$(date +%s)
	for port in $(seq "$1" "$2"); do
		echo "2 123456789012 eni-1 203.0.113.7 10.0.0.5 40000 $port 6 1 40 $((now - 60)) $((now - 30)) REJECT OK"
	done
}

cleanup() {
	[ -z "${hook:-}" ] || kill "$hook" 2>/dev/null || true
	[ -z "${service:-}" ] || kill -KILL "$service" 2>/dev/null || true
	umount "$root/proc" 2>/dev/null || true
}
trap cleanup EXIT

say "checksums"
(cd "$release" && sha256sum --quiet --check SHA256SUMS)

say "sandbox of the unit"
systemd-analyze security --offline=yes --threshold=25 deploy/package/otelcol-vpcflow.service --no-pager | tail -1

say "a fresh Debian"
rm -rf "$work/service.log" "$root"
mkdir -p "$work"
[ -f "$work/root.tar" ] || {
	debootstrap --variant=minbase --include=passwd,ca-certificates bookworm "$work/fresh" >"$work/debootstrap.log"
	tar -C "$work" -cf "$work/root.tar" fresh
	rm -rf "$work/fresh"
}
tar -C "$work" -xf "$work/root.tar"
mv "$work/fresh" "$root"
mount -t proc proc "$root/proc"
find "$root" -xdev -path "$root/proc" -prune -o -printf '%P\n' | sort >"$work/before.txt"

python3 - "$work/webhook.log" <<'END' &
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
hook=$!

first=${previous:+$(ls "$previous"/otelcol-vpcflow_*_"$architecture".deb)}
first=${first:-$package}
say "install $(basename "$first")"
cp "$first" "$root/tmp/first.deb"
in_root dpkg --install /tmp/first.deb
in_root otelcol-vpcflow --version
[ "$(stat -c %a "$root/etc/otelcol-vpcflow/otelcol-vpcflow.env")" = 600 ] || fail "the environment file is not private"

say "start, drop a file, see the alert on the page and at a webhook"
start_service
flows 1 25 >"$root/var/log/vpcflow/first.log"
chmod 644 "$root/var/log/vpcflow/first.log"
eventually shows 203.0.113.7
eventually grep -q external_port_scan "$work/webhook.log"

say "restart: the file is not read again"
stop_service
start_service
eventually curl -fsS http://localhost:13133/
sleep 2 # the receiver polls five times a second
! curl -fsS http://localhost:8888/metrics | grep -q '^vpc_flow_receiver_records [1-9]' || fail "records were read again"
[ "$(grep -c '"status":"firing"' "$work/webhook.log")" = 1 ] || fail "the alert was sent twice"

say "upgrade: configuration and state stay"
echo '# changed by the administrator' >>"$root/etc/otelcol-vpcflow/config.yaml"
stop_service
cp "$package" "$root/tmp/new.deb"
in_root dpkg --install --force-confold /tmp/new.deb
tail -1 "$root/etc/otelcol-vpcflow/config.yaml" | grep -q 'changed by the administrator' || fail "the configuration was replaced"
in_root otelcol-vpcflow --version | grep -qF "$version" || fail "not upgraded"
start_service
flows 26 30 >"$root/var/log/vpcflow/second.log"
chmod 644 "$root/var/log/vpcflow/second.log"
eventually sh -c 'curl -fsS http://localhost:8888/metrics | grep -q "^vpc_flow_receiver_records 5$"'
[ "$(grep -c '"status":"firing"' "$work/webhook.log")" = 1 ] || fail "the open episode alerted again"
resident=$(awk '/VmRSS/ { print int($2 / 1024) }' /proc/"$(pgrep --newest --full '^/usr/bin/otelcol-vpcflow')"/status)
echo "resident memory: $resident MiB"
stop_service

say "purge: nothing remains"
rm "$root"/var/log/vpcflow/*.log "$root"/tmp/*.deb
in_root dpkg --purge otelcol-vpcflow
umount "$root/proc"
find "$root" -xdev -path "$root/proc" -prune -o -printf '%P\n' | sort >"$work/after.txt"
# dpkg and passwd keep copies of their own files.
remains=$(comm -13 "$work/before.txt" "$work/after.txt" | grep -vE '^(var/lib/dpkg/|var/log/dpkg.log|var/cache/|etc/(passwd|group|shadow|gshadow|subuid|subgid)-$)' || true)
[ -z "$remains" ] || fail "these files remain:"$'\n'"$remains"
! grep -q otelcol "$root/etc/passwd" "$root/etc/group" || fail "the user remains"

if command -v podman >/dev/null; then
	say "image: not root, read-only root"
	image=$(podman load --quiet --input "$release/otelcol-vpcflow_${version}_image.tar" | sed 's/.*: //')
	podman run --detach --name vpcflow-check --replace --read-only --tmpfs /tmp --network host --cgroups disabled "$image" >/dev/null
	eventually podman exec vpcflow-check /healthcheck
	podman exec vpcflow-check /otelcol-vpcflow --version
	[ "$(podman top vpcflow-check user | tail -1)" != root ] || fail "the container runs as root"
	! podman exec vpcflow-check /bin/sh -c true 2>/dev/null || fail "the image has a shell"
	podman rm --force --time 10 vpcflow-check >/dev/null
fi
say "all checks passed"
