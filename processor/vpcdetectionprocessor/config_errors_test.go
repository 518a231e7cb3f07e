// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// configError returns the error of a configuration, without the two quotes that confmap puts before it.
func configError(t *testing.T, yaml string) string {
	cfg := createDefaultConfig().(*Config)
	if err := parse(t, yaml).Unmarshal(cfg); err != nil {
		return strings.TrimPrefix(err.Error(), "'' ")
	}
	err := cfg.Validate()
	require.Error(t, err)
	return err.Error()
}

func TestConfigErrorsNameKeyAndValue(t *testing.T) {
	for name, test := range map[string]struct{ yaml, want string }{
		"unknown setting":                       {"treat_lists: []", `treat_lists: there is no such setting`},
		"unknown scope":                         {"scope: planet", `scope: "planet" is not account, vpc or global`},
		"number instead of text":                {"scope: 3", `scope: 3 is not text`},
		"text instead of a boolean":             {"evaluate_hops: maybe", `evaluate_hops: "maybe" is not true or false`},
		"text instead of dry_run":               {"rules: {dns_not_over_udp: {dry_run: maybe}}", `rules::dns_not_over_udp::dry_run: "maybe" is not true or false`},
		"number instead of emit_dry_run":        {"emit_dry_run: 3", `emit_dry_run: 3 is not true or false`},
		"text instead of a number":              {"max_pending_alerts: many", `max_pending_alerts: "many" is not a number`},
		"max_pending_alerts of zero":            {"max_pending_alerts: 0", `max_pending_alerts: 0 is less than 1`},
		"checkpoint interval below the minimum": {"checkpoint_interval: 999ms", `checkpoint_interval: 999ms is less than 1s`},
		"checkpoint interval without a unit":    {"checkpoint_interval: 10", `checkpoint_interval: 10 needs a unit, as in 10s or 10m`},
		"report interval below the minimum":     {"tuning_report: {path: x, interval: 999ms}", `tuning_report::interval: 999ms is less than 1s`},
		"blank report path":                     {"tuning_report: {path: ' '}", `tuning_report::path: " " is not the path of a file`},
		"text instead of a report":              {"tuning_report: x.md", `tuning_report: "x.md" is not a map of settings`},
		"empty report":                          {"tuning_report: ", `tuning_report::path: "" is not the path of a file`},
		"report without a path":                 {"tuning_report: {interval: 5m}", `tuning_report::path: "" is not the path of a file`},
		"unknown report setting":                {"tuning_report: {pth: x}", `tuning_report::pth: there is no such setting`},
		"invalid storage id":                    {"storage: /", `storage: `},
		"import without storage":                {"import_state: {storage: file_storage, topic: x, partitions: 1}", `import_state: needs storage`},
		"import without a source":               {"{storage: kafka_storage, import_state: {topic: x, partitions: 1}}", `import_state::storage: is missing`},
		"import from the own storage":           {"{storage: file_storage, import_state: {storage: file_storage, topic: x, partitions: 1}}", `import_state::storage: is "file_storage", which is also storage`},
		"import without a topic":                {"{storage: kafka_storage, import_state: {storage: file_storage, partitions: 1}}", `import_state::topic: is missing`},
		"import into no partition":              {"{storage: kafka_storage, import_state: {storage: file_storage, topic: x}}", `import_state::partitions: 0 is not from 1 to 10000`},
		"import into too many partitions":       {"{storage: kafka_storage, import_state: {storage: file_storage, topic: x, partitions: 10001}}", `import_state::partitions: 10001 is not from 1 to 10000`},
		"import of another scope":               {"{storage: kafka_storage, scope: vpc, import_state: {storage: file_storage, topic: x, partitions: 1}}", `import_state: needs scope: account`},
		"fraction instead of a whole number":    {"max_pending_alerts: 1.5", `max_pending_alerts: 1.5 is not a whole number`},
		"text instead of a duration":            {"max_future: soon", `max_future: "soon" is not a duration such as 90s or 10m`},
		"unknown unit":                          {"max_future: 1x", `max_future: "1x" is not a duration such as 90s or 10m`},
		"duration without a unit":               {"max_future: 10", `max_future: 10 needs a unit, as in 10s or 10m`},
		"negative duration":                     {"allowed_lateness: -1m", `allowed_lateness: -1m0s is less than 0s`},
		"duration with a fraction of a second":  {"allowed_lateness: 1500ms", `allowed_lateness: 1.5s is not a whole number of seconds`},
		"repeat interval of zero":               {"repeat_interval: 0s", `repeat_interval: 0s is less than 1s`},
		"no internal networks":                  {"internal_networks: []", `internal_networks: is empty`},
		"network without a prefix length":       {"internal_networks: [10.0.0.1]", `internal_networks[0]: "10.0.0.1" is not a CIDR such as 10.0.0.0/8`},
		"network with an invalid prefix length": {"internal_networks: [10.0.0.0/8, 10.0.0.0/33]", `internal_networks[1]: "10.0.0.0/33" is not a CIDR`},
		"number instead of a network":           {"internal_networks: [10]", `internal_networks[0]: "10" is not a CIDR`},
		"text instead of a port":                {"service_ports: [ssh]", `service_ports[0]: "ssh" is not a number`},
		"port above the maximum":                {"service_ports: [80, 70000]", `service_ports[1]: 70000 is not a port from 1 to 65535`},
		"port instead of a list":                {"service_ports: 80", `service_ports: 80 is not a list`},
		"text instead of geoip settings":        {"geoip: x.mmdb", `geoip: "x.mmdb" is not a map of settings`},
		"unknown geoip setting":                 {"geoip: {databse: x.mmdb}", `geoip::databse: there is no such setting`},
		"unknown format":                        {"format: parquet", `format: unknown value "parquet"; want default, tgw or a list of field names`},
		"duplicate field in the format":         {"format: [srcaddr, srcaddr]", `format: field "srcaddr" is in the format twice`},

		"text instead of threat lists":               {"threat_lists: own.txt", `threat_lists: "own.txt" is not a list`},
		"text instead of a threat list":              {"threat_lists: [own.txt]", `threat_lists[0]: "own.txt" is not a map of settings`},
		"threat list without a name":                 {"threat_lists: [{path: own.txt}]", `threat_lists[0]::name: is missing`},
		"threat list without a path":                 {"threat_lists: [{name: own}]", `threat_lists[0]::path: list "own" needs the path of a file, or a url`},
		"duplicate name of a threat list":            {"threat_lists: [{name: a, path: x}, {name: a, path: y}]", `threat_lists[1]::name: "a" is already the name of another list`},
		"number as the name of a threat list":        {"threat_lists: [{name: 3, path: x}]", `threat_lists[0]::name: 3 is not text`},
		"unknown severity of a threat list":          {"threat_lists: [{name: a, path: x, severity: bad}]", `threat_lists[0]::severity: unknown severity "bad": must be low, medium, high or critical`},
		"unknown setting of a threat list":           {"threat_lists: [{name: a, path: x, uri: y}]", `threat_lists[0]::uri: there is no such setting`},
		"threat list with a path and a URL":          {"threat_lists: [{name: a, path: x, url: 'http://y'}]", `threat_lists[0]::url: list "a" has both a path and a url; remove one of them`},
		"URL with another scheme":                    {"threat_lists: [{name: a, url: 'ftp://key@host/'}]", `threat_lists[0]::url: the URL of list "a" is not an http or https URL`},
		"URL without a host":                         {"threat_lists: [{name: a, url: 'https:///x'}]", `threat_lists[0]::url: the URL of list "a" is not an http or https URL`},
		"endpoint instead of url":                    {"threat_lists: [{name: a, url: 'http://y', endpoint: 'http://y'}]", `threat_lists[0]::endpoint: use url instead`},
		"refresh interval below the minimum":         {"threat_lists: [{name: a, url: 'http://y', refresh_interval: 59m59s}]", `threat_lists[0]::refresh_interval: 59m59s is less than 1h0m0s`},
		"refresh interval without a unit":            {"threat_lists: [{name: a, url: 'http://y', refresh_interval: 6}]", `threat_lists[0]::refresh_interval: 6 needs a unit, as in 6s or 10m`},
		"text instead of a refresh interval":         {"threat_lists: [{name: a, url: 'http://y', refresh_interval: daily}]", `threat_lists[0]::refresh_interval: "daily" is not a duration such as 90s or 10m`},
		"refresh interval of a file":                 {"threat_lists: [{name: a, path: x, refresh_interval: 6h}]", `threat_lists[0]::refresh_interval: list "a" is a file; files are read again when they change`},
		"negative size limit":                        {"threat_lists: [{name: a, url: 'http://y', max_response_bytes: -1}]", `threat_lists[0]::max_response_bytes: -1 is less than 0`},
		"unknown format of a threat list":            {"threat_lists: [{name: a, path: x, format: yara}]", `threat_lists[0]::format: "yara" is not plain, drop, csv, abuseipdb, stix or taxii`},
		"CSV without a column":                       {"threat_lists: [{name: a, path: x, format: csv}]", `threat_lists[0]::column: list "a" is in CSV format and needs the header of the column with the addresses`},
		"column without CSV":                         {"threat_lists: [{name: a, path: x, format: stix, column: ip}]", `threat_lists[0]::column: the format stix has no columns`},
		"TAXII without a URL":                        {"threat_lists: [{name: a, path: x, format: taxii}]", `threat_lists[0]::format: list "a" is a file, but taxii needs a url`},
		"unknown TLS setting":                        {"threat_lists: [{name: a, url: 'http://y', tls: {ca: x}}]", `threat_lists[0]::tls::ca: there is no such setting`},
		"timeout without a unit":                     {"threat_lists: [{name: a, url: 'http://y', timeout: 6}]", `threat_lists[0]::timeout: 6 needs a unit, as in 6s or 10m`},
		"text instead of an allowlist":               {"ignore: 10.0.0.5", `ignore: "10.0.0.5" is not a list`},
		"allowlist file without a path":              {"ignore_files: [a.yaml, '']", `ignore_files[1]: is not the path of a file`},
		"list instead of an allowlist path":          {"ignore_files: [a.yaml, [b.yaml]]", `ignore_files[1]: a list is not text`},
		"map instead of allowlist files":             {"ignore_files: {url: 'http://y'}", `ignore_files: a map is not a list`},
		"nothing instead of an allowlist path":       {"ignore_files: [a.yaml, null]", `ignore_files[1]: is empty`},
		"unknown setting of an allowlist URL":        {"ignore_files: [a.yaml, {uri: 'http://y'}]", `ignore_files[1]::uri: there is no such setting; the settings are auth, `},
		"allowlist map without a URL":                {"ignore_files: [{timeout: 5s}]", `ignore_files[0]: is not the path of a file or a URL`},
		"allowlist URL without a host":               {"ignore_files: ['HTTPS:///key']", `ignore_files[0]: the URL is not an http or https URL`},
		"allowlist URL with another scheme":          {"ignore_files: [{url: 'ftp://key@host/'}]", `ignore_files[0]: the URL is not an http or https URL`},
		"allowlist with an endpoint":                 {"ignore_files: [{url: 'http://y', endpoint: 'http://y'}]", `ignore_files[0]::endpoint: use url instead`},
		"allowlist with a path and a URL":            {"ignore_files: [{url: 'http://y', path: a}]", `ignore_files[0]::url: there is both a path and a url; remove one of them`},
		"refresh interval of an allowlist path":      {"ignore_files: [{path: a, refresh_interval: 1m}]", `ignore_files[0]::refresh_interval: files are read again when they change`},
		"allowlist refresh below the minimum":        {"ignore_files: [{url: 'http://y', refresh_interval: 9s}]", `ignore_files[0]::refresh_interval: 9s is less than 10s`},
		"allowlist refresh without a unit":           {"ignore_files: [a.yaml, {url: 'http://y', refresh_interval: 60}]", `ignore_files[1]::refresh_interval: 60 needs a unit, as in 60s or 10m`},
		"negative size limit of an allowlist":        {"ignore_files: [{url: 'http://y', max_response_bytes: -1}]", `ignore_files[0]::max_response_bytes: -1 is less than 0`},
		"text instead of an entry":                   {"ignore: [10.0.0.5]", `ignore[0]: "10.0.0.5" is not a map of settings`},
		"entry without a condition":                  {"ignore: [{name: all, reason: peace}]", `ignore[0]: has none of source, destination`},
		"unknown key of an entry":                    {"ignore: [{sauce: 10.0.0.5}]", `ignore[0]::sauce: there is no such setting`},
		"empty key of an entry":                      {"ignore: [{source: }]", `ignore[0]::source: is empty: give a value or leave it out`},
		"invalid source":                             {"ignore: [{source: [10.0.0.5, host]}]", `ignore[0]::source[1]: "host" is neither an address nor a CIDR`},
		"invalid destination":                        {"ignore: [{destination: host}]", `ignore[0]::destination[0]: "host" is neither an address nor a CIDR`},
		"port of an entry above the maximum":         {"ignore: [{port: 70000}]", `ignore[0]::port[0]: "70000" is neither a port from 0 to 65535 nor a range`},
		"reversed port range":                        {"ignore: [{port: 9-8}]", `ignore[0]::port[0]: "9-8" is neither a port from 0 to 65535 nor a range`},
		"fraction instead of a port":                 {"ignore: [{port: 1.5}]", `ignore[0]::port[0]: "1.5" is neither a port`},
		"unknown protocol":                           {"ignore: [{protocol: smtp}]", `ignore[0]::protocol[0]: "smtp" is neither an IANA protocol keyword nor a number from 0 to 255`},
		"country in lower case":                      {"ignore: [{country: se}]", `ignore[0]::country: "se" is not an ISO 3166-1 code of two capital letters`},
		"date that does not exist":                   {"ignore: [{port: 1, expires: 2027-06-31}]", `ignore[0]::expires: "2027-06-31" is neither a date such as 2027-06-30 nor a time such as 2027-06-30T12:00:00Z`},
		"time that is not in RFC 3339 form":          {"ignore: [{port: 1, expires: 2027-06-30 noon}]", `ignore[0]::expires: "2027-06-30 noon" is neither a date`},
		"unknown rule of an entry":                   {"ignore: [{rule: [dns_not_over_udp, port_scan]}]", `ignore[0]::rule: "port_scan" is not a rule; the rules are rejected_internal_scan, `},
		"empty rule of an entry":                     {"ignore: [{rule: []}]", `ignore[0]::rule: is empty: give a value or leave it out`},
		"account that YAML reads as a number":        {"ignore: [{account: 012345678901}]", `ignore[0]::account[0]: "12345678901" does not have 12 digits; put an account ID that begins with 0 in quotes`},
		"account that YAML reads as an octal number": {"ignore: [{account: [123456789012, 012345670123]}]", `ignore[0]::account[1]: "1402433619" does not have 12 digits`},
		"error in the second entry":                  {"ignore: [{port: 1}, {port: x}]", `ignore[1]::port[0]: "x" is neither a port`},

		"text instead of rules":                {"rules: all", `rules: all is not a map from rule ids to settings`},
		"list instead of rules":                {"rules: [dns_not_over_udp]", `rules: [dns_not_over_udp] is not a map from rule ids to settings`},
		"unknown rule":                         {"rules: {port_scan: {}}", `rules::port_scan: there is no such rule; the rules are rejected_internal_scan, external_port_scan, `},
		"text instead of a rule":               {"rules: {dns_not_over_udp: off}", `rules::dns_not_over_udp: "off" is not a map of settings`},
		"setting of another rule":              {"rules: {external_port_scan: {ports: [1]}}", `rules::external_port_scan::ports: there is no such setting; the settings are enabled, severity, max_keys, ignore, dry_run, threshold, window, quiet_period, group_by`},
		"unknown setting of a rule":            {"rules: {external_port_scan: {treshold: 1}}", `rules::external_port_scan::treshold: there is no such setting; the settings are enabled, severity, max_keys, `},
		"text instead of a threshold":          {"rules: {external_port_scan: {threshold: few}}", `rules::external_port_scan::threshold: "few" is not a number`},
		"threshold of zero":                    {"rules: {external_port_scan: {threshold: 0}}", `rules::external_port_scan::threshold: 0 is less than 1`},
		"fraction instead of a threshold":      {"rules: {external_port_scan: {threshold: 1.5}}", `rules::external_port_scan::threshold: 1.5 is not a whole number`},
		"zero failures":                        {"rules: {remote_service_brute_force: {failures: 0}}", `rules::remote_service_brute_force::failures: 0 is less than 1`},
		"window of zero":                       {"rules: {external_port_scan: {window: 0s}}", `rules::external_port_scan::window: 0s is less than 1s`},
		"window without a unit":                {"rules: {external_port_scan: {window: 600}}", `rules::external_port_scan::window: 600 needs a unit, as in 600s or 10m`},
		"negative quiet period":                {"rules: {external_port_scan: {quiet_period: -1s}}", `rules::external_port_scan::quiet_period: -1s is less than 0s`},
		"retention of zero":                    {"rules: {unusual_country: {retention: 0s}}", `rules::unusual_country::retention: 0s is less than 1s`},
		"negative learning period":             {"rules: {unusual_country: {learning_period: -1h}}", `rules::unusual_country::learning_period: -1h0m0s is less than 0s`},
		"max_keys of zero":                     {"rules: {unusual_country: {max_keys: 0}}", `rules::unusual_country::max_keys: 0 is less than 1`},
		"empty list of ports":                  {"rules: {remote_service_rejects: {ports: []}}", `rules::remote_service_rejects::ports: is empty, so that no flow would qualify`},
		"port 0":                               {"rules: {remote_service_rejects: {ports: [22, 0]}}", `rules::remote_service_rejects::ports[1]: 0 is not a port from 1 to 65535`},
		"unknown grouping":                     {"rules: {external_port_scan: {group_by: port}}", `rules::external_port_scan::group_by: "port" is not source or source_destination`},
		"unknown severity":                     {"rules: {external_port_scan: {severity: awful}}", `rules::external_port_scan::severity: unknown severity "awful": must be low, medium, high or critical`},
		"number as severity":                   {"rules: {external_port_scan: {severity: 13}}", `rules::external_port_scan::severity: unknown severity "13": must be low, medium, high or critical`},
		"invalid source in a rule's allowlist": {"rules: {external_port_scan: {ignore: [{source: host}]}}", `rules::external_port_scan::ignore[0]::source[0]: "host" is neither an address nor a CIDR`},
		"entry of a rule for another rule":     {"rules: {external_port_scan: {ignore: [{rule: [external_port_scan, unusual_country]}]}}", `rules::external_port_scan::ignore[0]::rule: "unusual_country" is another rule; `},
		"empty entry of a rule":                {"rules: {external_port_scan: {ignore: [{}]}}", `rules::external_port_scan::ignore[0]: has none of source, destination`},
		"unknown key in a rule's allowlist":    {"rules: {external_port_scan: {ignore: [{srce: 10.0.0.5}]}}", `rules::external_port_scan::ignore[0]::srce: there is no such setting`},
		"map instead of a rule's allowlist":    {"rules: {external_port_scan: {ignore: {source: 10.0.0.5}}}", `rules::external_port_scan::ignore: a map is not a list`},

		"map instead of custom rules":      {"custom_rules: {id: x}", `custom_rules: a map is not a list`},
		"text instead of a custom rule":    {"custom_rules: [x]", `custom_rules[0]: "x" is not a map of settings`},
		"custom rule without a kind":       {"custom_rules: [{id: x}]", `custom_rules[0]::kind: is missing; the kinds are each, distinct, sum, first_seen, sequence`},
		"unknown kind":                     {"custom_rules: [{id: x, kind: some}]", `custom_rules[0]::kind: "some" is not one of each, distinct, sum, first_seen, sequence`},
		"custom rule without an id":        {"custom_rules: [{kind: each, key: source}]", `custom_rules[0]::id: "" is not made of letters, digits and underscores`},
		"id with a dash":                   {"custom_rules: [{id: a-b, kind: each, key: source}]", `custom_rules[0]::id: "a-b" is not made of letters, digits and underscores`},
		"id of a built-in rule":            {"custom_rules: [{id: unusual_country, kind: each, key: source}]", `custom_rules[0]::id: "unusual_country" is already the id of another rule`},
		"id of another kind of alert":      {"custom_rules: [{id: attack_sequence, kind: each, key: source}]", `custom_rules[0]::id: "attack_sequence" is already the id of another rule`},
		"id of another custom rule":        {"custom_rules: [{id: a, kind: each, key: source}, {id: a, kind: each, key: source}]", `custom_rules[1]::id: "a" is already the id of another rule`},
		"no key":                           {"custom_rules: [{id: a, kind: each}]", `custom_rules[0]::key: is missing; the words are source, destination, port, `},
		"empty list of keys":               {"custom_rules: [{id: a, kind: each, key: []}]", `custom_rules[0]::key: is empty: give a value or leave it out`},
		"unknown key of a custom rule":     {"custom_rules: [{id: a, kind: each, key: [source, host]}]", `custom_rules[0]::key[1]: "host" is not one of source, destination, `},
		"key twice":                        {"custom_rules: [{id: a, kind: each, key: [source, source]}]", `custom_rules[0]::key[1]: "source" is in the list twice`},
		"setting of another kind":          {"custom_rules: [{id: a, kind: each, key: source, threshold: 5}]", `custom_rules[0]::threshold: there is no such setting; the settings are id, title, `},
		"setting of a built-in rule":       {"custom_rules: [{id: a, kind: each, key: source, ports: [5]}]", `custom_rules[0]::ports: there is no such setting; the settings are id, title, `},
		"nothing to count":                 {"custom_rules: [{id: a, kind: distinct, key: source, threshold: 5}]", `custom_rules[0]::count: is missing; the words are source, `},
		"no threshold":                     {"custom_rules: [{id: a, kind: distinct, key: source, count: port}]", `custom_rules[0]::threshold: 0 is less than 1`},
		"nothing to add up":                {"custom_rules: [{id: a, kind: sum, key: source, threshold: 5}]", `custom_rules[0]::sum: "" is not packets or bytes`},
		"sum of flows":                     {"custom_rules: [{id: a, kind: sum, key: source, threshold: 5, sum: flows}]", `custom_rules[0]::sum: "flows" is not packets or bytes`},
		"sequence without an end":          {"custom_rules: [{id: a, kind: sequence, key: source, first: {port: 1}}]", `custom_rules[0]::then: is missing`},
		"match of a sequence":              {"custom_rules: [{id: a, kind: sequence, key: source, match: {port: 1}}]", `custom_rules[0]::match: there is no such setting; the settings are id, title, `},
		"port of the second custom rule":   {"custom_rules: [{id: a, kind: each, key: source}, {id: b, kind: each, key: source, match: {port: 70000}}]", `custom_rules[1]::match::port[0]: "70000" is neither a port from 0 to 65535 nor a range`},
		"unknown part of a match":          {"custom_rules: [{id: a, kind: each, key: source, match: {prot: 1}}]", `custom_rules[0]::match::prot: there is no such setting; the settings are account, action, class, `},
		"empty part of a match":            {"custom_rules: [{id: a, kind: each, key: source, match: {port: []}}]", `custom_rules[0]::match::port: is empty: give a value or leave it out`},
		"unknown class":                    {"custom_rules: [{id: a, kind: each, key: source, match: {class: outbound}}]", `custom_rules[0]::match::class[0]: "outbound" is not one of internal_to_internal, external_to_internal, internal_to_external`},
		"unknown role":                     {"custom_rules: [{id: a, kind: each, key: source, match: {role: client}}]", `custom_rules[0]::match::role[0]: "client" is not one of request, reply, unknown, any`},
		"unknown action":                   {"custom_rules: [{id: a, kind: each, key: source, match: {action: drop}}]", `custom_rules[0]::match::action[0]: "drop" is not one of accept, reject, any`},
		"unknown outcome":                  {"custom_rules: [{id: a, kind: each, key: source, match: {outcome: closed}}]", `custom_rules[0]::match::outcome[0]: "closed" is not one of answered, failed`},
		"outcome of replies":               {"custom_rules: [{id: a, kind: each, key: source, match: {outcome: failed, role: reply}}]", `custom_rules[0]::match::role: "reply" has no attempts, so that nothing would match; remove it or outcome`},
		"unknown country":                  {"custom_rules: [{id: a, kind: each, key: source, match: {country: Sweden}}]", `custom_rules[0]::match::country: "Sweden" is not an ISO 3166-1 code`},
		"error in what is excluded":        {"custom_rules: [{id: a, kind: each, key: source, match: {not: {source: host}}}]", `custom_rules[0]::match::not::source[0]: "host" is neither an address nor a CIDR`},
		"nothing excluded":                 {"custom_rules: [{id: a, kind: each, key: source, match: {not: {}}}]", `custom_rules[0]::match::not: has no parts and would exclude every flow`},
		"exclusion of an exclusion":        {"custom_rules: [{id: a, kind: each, key: source, match: {not: {port: 1, not: {port: 2}}}}]", `custom_rules[0]::match::not::not: a match that is excluded cannot exclude anything`},
		"threat list that does not exist":  {"{threat_lists: [{name: own, path: x}], custom_rules: [{id: a, kind: each, key: source, match: {source_list: [own, tor]}}]}", `custom_rules[0]::match::source_list[1]: "tor" is not the name of a threat list; the lists are own`},
		"any and another threat list":      {"{threat_lists: [{name: own, path: x}], custom_rules: [{id: a, kind: each, key: source, match: {source_list: [any, own]}}]}", `custom_rules[0]::match::source_list[0]: "any" stands for all lists; remove the others`},
		"unknown tactic":                   {"custom_rules: [{id: a, kind: each, key: source, mitre: {tactic: T1048}}]", `custom_rules[0]::mitre::tactic: "T1048" is not a tactic of MITRE ATT&CK, such as TA0010`},
		"unknown technique":                {"custom_rules: [{id: a, kind: each, key: source, mitre: {technique: T9999}}]", `custom_rules[0]::mitre::technique: "T9999" is not a technique of MITRE ATT&CK, such as T1048 or T1048.003`},
		"101 custom rules":                 {customRules(101), `custom_rules: 101 rules are more than 100`},
		"allowlist entry of another rule":  {"custom_rules: [{id: a, kind: each, key: source, ignore: [{rule: unusual_country}]}]", `custom_rules[0]::ignore[0]::rule: "unusual_country" is another rule`},
		"quiet period without a unit":      {"custom_rules: [{id: a, kind: each, key: source, quiet_period: 5}]", `custom_rules[0]::quiet_period: 5 needs a unit`},
		"entry for an unknown custom rule": {"{custom_rules: [{id: a, kind: each, key: source}], ignore: [{rule: b}]}", `ignore[0]::rule: "b" is not a rule; the rules are rejected_internal_scan, `},
	} {
		t.Run(name, func(t *testing.T) {
			got := configError(t, test.yaml)
			assert.True(t, strings.HasPrefix(got, test.want), "want %s\n got %s", test.want, got)
			assert.NotContains(t, got, "\n", "one error, one line")
		})
	}
}

// customRules returns a configuration with a number of custom rules.
func customRules(n int) string {
	var text strings.Builder
	text.WriteString("custom_rules:\n")
	for i := range n {
		fmt.Fprintf(&text, "- {id: r%d, kind: each, key: source}\n", i)
	}
	return text.String()
}

func TestConfigErrorsAreReturnedTogether(t *testing.T) {
	const settings = "there is no such setting; the settings are allowed_lateness, answer_grace, asn, checkpoint_interval, custom_rules, emit_dry_run, emit_resolved, evaluate_hops, format, " +
		"forward_flows, geoip, ignore, ignore_files, import_state, internal_networks, max_attempts, max_future, max_hosts, max_pending_alerts, max_state_mib, mitre, names, repeat_interval, rules, scope, " +
		"service_ports, shards, storage, threat_lists, tuning_report"
	assert.Equal(t, "bar: "+settings+"; foo: "+settings+"; max_future: 5 needs a unit, as in 5s or 10m; "+
		`rules::dns_not_over_udp::enabled: 3 is not true or false; `+
		`rules::dns_not_over_udp::quiet_period: "x" is not a duration such as 90s or 10m; `+
		`rules::new_internal_peer::ignore[0]::port[1]: "b" is neither a port from 0 to 65535 nor a range such as 8000-8999; `+
		`rules::new_internal_peer::ignore[0]::source[0]: "a" is neither an address nor a CIDR`,
		configError(t, `
foo: 1
bar: 2
max_future: 5
rules:
  new_internal_peer:
    ignore: [{source: a, port: [1, b]}]
  dns_not_over_udp: {enabled: 3, quiet_period: x}
`))
	assert.Equal(t, "max_future: -1m0s is less than 0s\nscope: \"x\" is not account, vpc or global\nmax_pending_alerts: -1 is less than 1",
		configError(t, "{scope: x, max_future: -1m, max_pending_alerts: -1}"))
}
