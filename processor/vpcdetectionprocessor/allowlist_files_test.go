// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/changedfile"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestAllowlistFileIsReloadedWhenItChanges(t *testing.T) {
	path := write(t, "ignore.yaml", "- {source: 10.0.0.1, name: scanner}\n")
	r := newHarness(t, fmt.Sprintf("ignore_files: [%q]", path)).run()
	assert.Empty(t, r.consume(dnsOverTCP(1, 0)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(2, 0)))
	r.tick(0)
	assert.Empty(t, r.messages())

	rewrite(t, path, "- {source: [10.0.0.1, 10.0.0.3]}\n- {source: 10.0.0.4/31}\n")
	r.tick(0)
	assert.Equal(t, []string{"info: allowlist reloaded entries=2 file=" + path}, r.messages())
	assert.Empty(t, r.consume(dnsOverTCP(3, 0), dnsOverTCP(4, 0), dnsOverTCP(5, 0)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(6, 0)))

	rewrite(t, path, "- {source: 10.0.0.7}\n- {sauce: 10.0.0.8}\n")
	r.tick(0)
	r.tick(0)
	assert.Equal(t, []string{"warn: fail to reload allowlist; the last entries stay in use file=" + path + " error=" + path + "[1]::sauce: there is no such setting; the settings are account, country, destination, expires, host_name, instance, interface, name, owner, port, protocol, reason, rule, source, tag"}, r.messages(), "logged once")
	assert.Empty(t, r.consume(dnsOverTCP(5, 1)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(7, 0)))

	rewrite(t, path, "# nothing\n")
	r.tick(0)
	assert.NotEmpty(t, r.consume(dnsOverTCP(5, 2)))
}

func TestErrorsInAnAllowlistFileNameFileAndEntry(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"invalid YAML":                           {"{", "FILE: is not YAML: yaml: line 1: "},
		"text instead of a list":                 {"scanner", `FILE: "scanner" is not a list`},
		"a map instead of a list":                {"ignore: []", `FILE: a map is not a list`},
		"text instead of an entry":               {"- 10.0.0.5", `FILE[0]: "10.0.0.5" is not a map of settings`},
		"an entry without a condition":           {"- {port: 1}\n- {name: all}", `FILE[1]: has none of source, destination`},
		"an unknown key":                         {"- {sauce: 10.0.0.5}", `FILE[0]::sauce: there is no such setting`},
		"an invalid source":                      {"- {source: [10.0.0.5, host]}", `FILE[0]::source[1]: "host" is neither an address nor a CIDR`},
		"a country in lower case":                {"- {country: se}", `FILE[0]::country: "se" is not an ISO 3166-1 code of two capital letters`},
		"a date that does not exist":             {"- {port: 1, expires: 2027-06-31}", `FILE[0]::expires: "2027-06-31" is neither a date such as 2027-06-30 nor a time`},
		"an unknown rule":                        {"- {rule: port_scan}", `FILE[0]::rule: "port_scan" is not a rule; the rules are rejected_internal_scan, `},
		"an account that YAML reads as a number": {"- {account: 012345678901}", `FILE[0]::account[0]: "12345678901" does not have 12 digits`},
		"two errors in the second entry":         {"- {port: 1}\n- {port: x, protocol: y}", `FILE[1]::port[0]: "x" is neither a port`},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "ignore.yaml", test.text)
			r := newHarness(t, fmt.Sprintf("ignore_files: [%q, %q]", write(t, "good.yaml", "[]"), path))
			err := r.Start(t.Context(), r)
			require.Error(t, err)
			want := "ignore_files[1]: " + strings.ReplaceAll(test.want, "FILE", path)
			assert.True(t, strings.HasPrefix(err.Error(), want), "want %s\n got %s", want, err)
			r.stop()
		})
	}
	r := newHarness(t, "ignore_files: [/absent.yaml]")
	assert.ErrorContains(t, r.Start(t.Context(), r), "ignore_files[0]: stat /absent.yaml: no such file")
}

func TestAllowlistFileHasTheSyntaxOfTheConfiguration(t *testing.T) {
	const entries = `[{source: [10.0.9.5, 10.1.0.0/16], destination: 8.8.8.8, port: [22, 8000-8999], protocol: [tcp, 17], country: [SE, NO],
		interface: eni-1, account: [123456789012, "012345678901"], name: 7, reason: because, expires: 2027-06-30}]`
	read, err := readAllowlist(changedfile.New(write(t, "ignore.yaml", entries), maxAllowlistBytes), new(Config).CheckIgnore)
	require.NoError(t, err)
	assert.Equal(t, configOf(t, "ignore: "+entries).Ignore, read)
}

func TestExpiredAllowlistEntryIsLoggedOnce(t *testing.T) {
	r := newHarness(t, "ignore: [{source: 10.0.0.1, name: pentest, expires: 2025-01-16}]").run()
	const day = 24 * 3600
	assert.Empty(t, r.consume(dnsOverTCP(1, day-1)))
	assert.Empty(t, r.messages())
	assert.NotEmpty(t, r.consume(dnsOverTCP(1, day)))
	assert.NotEmpty(t, r.consume(dnsOverTCP(2, day+1)))
	require.Len(t, r.logged.FilterField(zap.Stringer("expires", detect.Expiry(t0+day))).All(), 1)
	assert.Equal(t, []string{"warn: allowlist entry expired; its traffic is evaluated again entry=pentest"}, r.messages())
}

func TestIgnoredFlowsAreCounted(t *testing.T) {
	m := meter(t, fmt.Sprintf("{ignore: [{source: 10.0.0.1, name: scanner}, {source: 10.0.0.2}], ignore_files: [%q]}",
		write(t, "ignore.yaml", "- {source: 10.0.0.3, name: monitors}")), consumertest.NewNop())
	m.consume(t, decoded(dnsOverTCP(1, 0), dnsOverTCP(1, 1), dnsOverTCP(2, 0), dnsOverTCP(3, 0), dnsOverTCP(4, 0)))
	assert.Equal(t, map[string]int64{"entry=scanner": 2, "entry=ignore[1]": 1, "entry=monitors": 1}, m.points("vpc_flow.ignored"))
}
