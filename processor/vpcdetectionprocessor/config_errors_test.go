// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mistake returns what is said about a configuration, without the two quotes that confmap puts before it.
func mistake(t *testing.T, yaml string) string {
	cfg := createDefaultConfig().(*Config)
	if err := parse(t, yaml).Unmarshal(cfg); err != nil {
		return strings.TrimPrefix(err.Error(), "'' ")
	}
	err := cfg.Validate()
	require.Error(t, err)
	return err.Error()
}

func TestMistakesAreNamedByKeyAndValue(t *testing.T) {
	for name, test := range map[string]struct{ yaml, want string }{
		"a setting that is none":            {"treat_lists: []", `treat_lists: there is no such setting`},
		"a scope that is none":              {"scope: planet", `scope: "planet" is not account, vpc or global`},
		"a number for a word":               {"scope: 3", `scope: 3 is not text`},
		"a word for a switch":               {"evaluate_hops: maybe", `evaluate_hops: "maybe" is not true or false`},
		"a word for a number":               {"max_pending_alerts: many", `max_pending_alerts: "many" is not a number`},
		"no room for alerts":                {"max_pending_alerts: 0", `max_pending_alerts: 0 is less than 1`},
		"a checkpoint too often":            {"checkpoint_interval: 999ms", `checkpoint_interval: 999ms is less than 1s`},
		"a checkpoint without a unit":       {"checkpoint_interval: 10", `checkpoint_interval: 10 needs a unit, as in 10s or 10m`},
		"a report too often":                {"tuning_report: {path: x, interval: 999ms}", `tuning_report::interval: 999ms is less than 1s`},
		"a report without a name":           {"tuning_report: {path: ' '}", `tuning_report::path: " " is not the path of a file`},
		"a report that is no map":           {"tuning_report: x.md", `tuning_report: x.md is not a map of settings`},
		"a report of nothing":               {"tuning_report: ", `tuning_report::path: "" is not the path of a file`},
		"a report without a path":           {"tuning_report: {interval: 5m}", `tuning_report::path: "" is not the path of a file`},
		"a report of an unknown form":       {"tuning_report: {pth: x}", `tuning_report::pth: there is no such setting`},
		"a storage of no type":              {"storage: /", `storage: `},
		"half an alert":                     {"max_pending_alerts: 1.5", `max_pending_alerts: 1.5 is not a whole number, or too large`},
		"a duration in words":               {"max_future: soon", `max_future: "soon" is not a duration such as 90s or 10m`},
		"a unit that is none":               {"max_future: 1x", `max_future: "1x" is not a duration such as 90s or 10m`},
		"a duration without a unit":         {"max_future: 10", `max_future: 10 needs a unit, as in 10s or 10m`},
		"a duration below zero":             {"allowed_lateness: -1m", `allowed_lateness: -1m0s is less than 0s`},
		"a fraction of a second":            {"allowed_lateness: 1500ms", `allowed_lateness: 1.5s is not a whole number of seconds`},
		"repeated at once":                  {"repeat_interval: 0s", `repeat_interval: 0s is less than 1s`},
		"nothing is internal":               {"internal_networks: []", `internal_networks: is empty`},
		"a network without a length":        {"internal_networks: [10.0.0.1]", `internal_networks[0]: "10.0.0.1" is not a CIDR such as 10.0.0.0/8`},
		"a network with too great a length": {"internal_networks: [10.0.0.0/8, 10.0.0.0/33]", `internal_networks[1]: "10.0.0.0/33" is not a CIDR`},
		"a network that is a number":        {"internal_networks: [10]", `internal_networks[0]: "10" is not a CIDR`},
		"a port that is a word":             {"service_ports: [ssh]", `service_ports[0]: "ssh" is not a number`},
		"a port that is too great":          {"service_ports: [80, 70000]", `service_ports[1]: 70000 is not a port from 1 to 65535`},
		"a port that is no list":            {"service_ports: 80", `service_ports: 80 is not a list`},
		"a country database in one word":    {"geoip: x.mmdb", `geoip: "x.mmdb" is not a map of settings`},
		"a misspelt key of a map":           {"geoip: {databse: x.mmdb}", `geoip::databse: there is no such setting`},
		"a format that is none":             {"format: parquet", `format: unknown value "parquet"; want default, tgw or a list of field names`},
		"a field twice in the format":       {"format: [srcaddr, srcaddr]", `format: field "srcaddr" is in the format twice`},

		"threat lists that are none":             {"threat_lists: own.txt", `threat_lists: "own.txt" is not a list`},
		"a threat list that is a word":           {"threat_lists: [own.txt]", `threat_lists[0]: "own.txt" is not a map of settings`},
		"a threat list without a name":           {"threat_lists: [{path: own.txt}]", `threat_lists[0]::name: is missing`},
		"a threat list without a path":           {"threat_lists: [{name: own}]", `threat_lists[0]::path: list "own" needs the path of a file, or a url`},
		"two threat lists of one name":           {"threat_lists: [{name: a, path: x}, {name: a, path: y}]", `threat_lists[1]::name: "a" is the name of another list, too`},
		"a threat list with a name of its own":   {"threat_lists: [{name: 3, path: x}]", `threat_lists[0]::name: 3 is not text`},
		"a threat list of unknown severity":      {"threat_lists: [{name: a, path: x, severity: bad}]", `threat_lists[0]::severity: unknown severity "bad": must be low, medium, high or critical`},
		"a threat list with a setting too many":  {"threat_lists: [{name: a, path: x, uri: y}]", `threat_lists[0]::uri: there is no such setting`},
		"a threat list with a path and a URL":    {"threat_lists: [{name: a, path: x, url: 'http://y'}]", `threat_lists[0]::url: list "a" has a path, too; it is one or the other`},
		"a threat list with a URL that is none":  {"threat_lists: [{name: a, url: 'ftp://key@host/'}]", `threat_lists[0]::url: that of list "a" is not an http or https URL`},
		"a threat list with a URL without host":  {"threat_lists: [{name: a, url: 'https:///x'}]", `threat_lists[0]::url: that of list "a" is not an http or https URL`},
		"a threat list with an endpoint":         {"threat_lists: [{name: a, url: 'http://y', endpoint: 'http://y'}]", `threat_lists[0]::endpoint: is called url here`},
		"a threat list fetched too often":        {"threat_lists: [{name: a, url: 'http://y', refresh_interval: 59m59s}]", `threat_lists[0]::refresh_interval: 59m59s is less than 1h0m0s`},
		"an interval without a unit":             {"threat_lists: [{name: a, url: 'http://y', refresh_interval: 6}]", `threat_lists[0]::refresh_interval: 6 needs a unit, as in 6s or 10m`},
		"an interval in words":                   {"threat_lists: [{name: a, url: 'http://y', refresh_interval: daily}]", `threat_lists[0]::refresh_interval: "daily" is not a duration such as 90s or 10m`},
		"an interval of a file":                  {"threat_lists: [{name: a, path: x, refresh_interval: 6h}]", `threat_lists[0]::refresh_interval: list "a" is a file, which is read again when it changes`},
		"a limit below zero":                     {"threat_lists: [{name: a, url: 'http://y', max_response_bytes: -1}]", `threat_lists[0]::max_response_bytes: -1 is less than 0`},
		"a threat list of a format that is none": {"threat_lists: [{name: a, path: x, format: yara}]", `threat_lists[0]::format: "yara" is not plain, drop, csv, abuseipdb, stix or taxii`},
		"a CSV without a column":                 {"threat_lists: [{name: a, path: x, format: csv}]", `threat_lists[0]::column: list "a" is a CSV and needs the name of the column that has the addresses`},
		"a column of what is no CSV":             {"threat_lists: [{name: a, path: x, format: stix, column: ip}]", `threat_lists[0]::column: format stix has no columns`},
		"a collection that is a file":            {"threat_lists: [{name: a, path: x, format: taxii}]", `threat_lists[0]::format: list "a" is a file, and taxii needs a url`},
		"a misspelt setting of TLS":              {"threat_lists: [{name: a, url: 'http://y', tls: {ca: x}}]", `threat_lists[0]::tls::ca: there is no such setting`},
		"a timeout without a unit":               {"threat_lists: [{name: a, url: 'http://y', timeout: 6}]", `threat_lists[0]::timeout: 6 needs a unit, as in 6s or 10m`},
		"an allowlist that is none":              {"ignore: 10.0.0.5", `ignore: "10.0.0.5" is not a list of entries`},
		"an allowlist file without a path":       {"ignore_files: [a.yaml, '']", `ignore_files[1]: is not the path of a file`},
		"an allowlist file that is a map":        {"ignore_files: [{path: a}]", `ignore_files[0]: map[path:a] is not text`},
		"an entry that is a word":                {"ignore: [10.0.0.5]", `ignore[0]: "10.0.0.5" is not a map of source, destination, port, ...`},
		"an entry without any part":              {"ignore: [{name: all, reason: peace}]", `ignore[0]: has none of source, destination`},
		"a part that is none":                    {"ignore: [{sauce: 10.0.0.5}]", `ignore[0]::sauce: there is no such setting`},
		"a part without a value":                 {"ignore: [{source: }]", `ignore[0]::source: is empty: leave it out, or the entry would match nothing`},
		"a source that is none":                  {"ignore: [{source: [10.0.0.5, host]}]", `ignore[0]::source[1]: "host" is neither an address nor a CIDR`},
		"a destination that is none":             {"ignore: [{destination: host}]", `ignore[0]::destination[0]: "host" is neither an address nor a CIDR`},
		"a port beyond the last":                 {"ignore: [{port: 70000}]", `ignore[0]::port[0]: "70000" is neither a port from 0 to 65535 nor a range`},
		"a range backwards":                      {"ignore: [{port: 9-8}]", `ignore[0]::port[0]: "9-8" is neither a port from 0 to 65535 nor a range`},
		"half a port":                            {"ignore: [{port: 1.5}]", `ignore[0]::port[0]: "1.5" is neither a port`},
		"a protocol that is none":                {"ignore: [{protocol: smtp}]", `ignore[0]::protocol[0]: "smtp" is neither an IANA protocol keyword nor a number from 0 to 255`},
		"a country in small letters":             {"ignore: [{country: se}]", `ignore[0]::country: "se" is not an ISO 3166-1 code of two capital letters`},
		"a day that is none":                     {"ignore: [{port: 1, expires: 2027-06-31}]", `ignore[0]::expires: "2027-06-31" is not a date such as 2027-06-30`},
		"an hour of a day":                       {"ignore: [{port: 1, expires: 2027-06-30T12:00:00Z}]", `ignore[0]::expires: "2027-06-30T12:00:00Z" is not a date such as 2027-06-30`},
		"an account that became a number":        {"ignore: [{account: 012345678901}]", `ignore[0]::account: 12345678901 does not have 12 digits; an account id that begins with 0 needs quotes`},
		"an account that became an octal number": {"ignore: [{account: [123456789012, 012345670123]}]", `ignore[0]::account: 1402433619 does not have 12 digits`},
		"the second entry":                       {"ignore: [{port: 1}, {port: x}]", `ignore[1]::port[0]: "x" is neither a port`},

		"rules that are a word":              {"rules: all", `rules: all is not a map from rule ids to settings`},
		"rules that are a list":              {"rules: [dns_not_over_udp]", `rules: [dns_not_over_udp] is not a map from rule ids to settings`},
		"a rule that is none":                {"rules: {port_scan: {}}", `rules::port_scan: there is no such rule; the rules are rejected_internal_scan, external_port_scan, `},
		"a rule that is a word":              {"rules: {dns_not_over_udp: off}", `rules::dns_not_over_udp: off is not a map of settings`},
		"a setting that the rule lacks":      {"rules: {external_port_scan: {ports: [1]}}", `rules::external_port_scan::ports: the rule has no such setting; it has enabled, severity, max_keys, ignore, threshold, window, quiet_period, group_by`},
		"a misspelt setting of a rule":       {"rules: {external_port_scan: {treshold: 1}}", `rules::external_port_scan::treshold: the rule has no such setting`},
		"a threshold that is a word":         {"rules: {external_port_scan: {threshold: few}}", `rules::external_port_scan::threshold: "few" is not a number`},
		"a threshold below one":              {"rules: {external_port_scan: {threshold: 0}}", `rules::external_port_scan::threshold: 0 is less than 1`},
		"half a threshold":                   {"rules: {external_port_scan: {threshold: 1.5}}", `rules::external_port_scan::threshold: 1.5 is not a whole number`},
		"no failures":                        {"rules: {remote_service_brute_force: {failures: 0}}", `rules::remote_service_brute_force::failures: 0 is less than 1`},
		"a window under a second":            {"rules: {external_port_scan: {window: 0s}}", `rules::external_port_scan::window: 0s is less than 1s`},
		"a window without a unit":            {"rules: {external_port_scan: {window: 600}}", `rules::external_port_scan::window: 600 needs a unit, as in 600s or 10m`},
		"a quiet period below zero":          {"rules: {external_port_scan: {quiet_period: -1s}}", `rules::external_port_scan::quiet_period: -1s is less than 0s`},
		"a retention of nothing":             {"rules: {unusual_country: {retention: 0s}}", `rules::unusual_country::retention: 0s is less than 1s`},
		"a learning period below zero":       {"rules: {unusual_country: {learning_period: -1h}}", `rules::unusual_country::learning_period: -1h0m0s is less than 0s`},
		"no keys":                            {"rules: {unusual_country: {max_keys: 0}}", `rules::unusual_country::max_keys: 0 is less than 1`},
		"no ports":                           {"rules: {remote_service_rejects: {ports: []}}", `rules::remote_service_rejects::ports: is empty: nothing would qualify`},
		"a port 0":                           {"rules: {remote_service_rejects: {ports: [22, 0]}}", `rules::remote_service_rejects::ports[1]: 0 is not a port from 1 to 65535`},
		"a grouping that is none":            {"rules: {external_port_scan: {group_by: port}}", `rules::external_port_scan::group_by: "port" is not source or source_destination`},
		"a severity that is none":            {"rules: {external_port_scan: {severity: awful}}", `rules::external_port_scan::severity: unknown severity "awful": must be low, medium, high or critical`},
		"a severity that is a number":        {"rules: {external_port_scan: {severity: 13}}", `rules::external_port_scan::severity: unknown severity "13": must be low, medium, high or critical`},
		"a mistake in a rule's allowlist":    {"rules: {external_port_scan: {ignore: [{source: host}]}}", `rules::external_port_scan::ignore[0]::source[0]: "host" is neither an address nor a CIDR`},
		"an empty entry of a rule":           {"rules: {external_port_scan: {ignore: [{}]}}", `rules::external_port_scan::ignore[0]: has none of source, destination`},
		"a misspelt part in a rule's list":   {"rules: {external_port_scan: {ignore: [{srce: 10.0.0.5}]}}", `rules::external_port_scan::ignore[0]::srce: there is no such setting`},
		"a rule's allowlist that is no list": {"rules: {external_port_scan: {ignore: {source: 10.0.0.5}}}", `rules::external_port_scan::ignore: map[source:10.0.0.5] is not a list of entries`},
	} {
		t.Run(name, func(t *testing.T) {
			got := mistake(t, test.yaml)
			assert.True(t, strings.HasPrefix(got, test.want), "want %s\n got %s", test.want, got)
			assert.NotContains(t, got, "\n", "one mistake, one line")
		})
	}
}

func TestMistakesAreToldAllAtOnce(t *testing.T) {
	assert.Equal(t, `max_future: 5 needs a unit, as in 5s or 10m; bar: there is no such setting; foo: there is no such setting; `+
		`rules::dns_not_over_udp::enabled: 3 is not true or false; `+
		`rules::dns_not_over_udp::quiet_period: "x" is not a duration such as 90s or 10m; `+
		`rules::new_internal_peer::ignore[0]::source[0]: "a" is neither an address nor a CIDR; `+
		`rules::new_internal_peer::ignore[0]::port[1]: "b" is neither a port from 0 to 65535 nor a range such as 8000-8999`,
		mistake(t, `
foo: 1
bar: 2
max_future: 5
rules:
  new_internal_peer:
    ignore: [{source: a, port: [1, b]}]
  dns_not_over_udp: {enabled: 3, quiet_period: x}
`))
	assert.Equal(t, "max_future: -1m0s is less than 0s\nscope: \"x\" is not account, vpc or global\nmax_pending_alerts: -1 is less than 1",
		mistake(t, "{scope: x, max_future: -1m, max_pending_alerts: -1}"))
}
