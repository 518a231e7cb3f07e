// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPatternAddresses(t *testing.T) {
	const more = "has conditions other than an address"
	for _, tt := range []struct {
		name, pattern string
		want          []string
		reason        string
	}{
		{"an address", "[ipv4-addr:value = '1.2.3.4']", []string{"1.2.3.4"}, ""},
		{"an address without blanks", "[ipv4-addr:value='1.2.3.4']", []string{"1.2.3.4"}, ""},
		{"an IPv6 address", "[ipv6-addr:value = '2001:db8::1']", []string{"2001:db8::1"}, ""},
		{"a subset", "[ipv4-addr:value ISSUBSET '1.2.3.0/24']", []string{"1.2.3.0/24"}, ""},
		{"equal to a CIDR", "[ipv4-addr:value = '1.2.3.0/24']", []string{"1.2.3.0/24"}, ""},
		{"a set", "[ipv4-addr:value IN ('1.2.3.4', '5.6.7.8')]", []string{"1.2.3.4", "5.6.7.8"}, ""},
		{"two addresses", "[ipv4-addr:value = '1.2.3.4' OR ipv4-addr:value = '5.6.7.8']", []string{"1.2.3.4", "5.6.7.8"}, ""},
		{"two observations", "[ipv4-addr:value = '1.2.3.4'] OR ([ipv6-addr:value = '2001:db8::1'])", []string{"1.2.3.4", "2001:db8::1"}, ""},
		{"an address or a domain name", "[domain-name:value = 'x.example' OR ipv4-addr:value = '1.2.3.4']", []string{"1.2.3.4"}, ""},
		{"a domain name that contains keywords", "[domain-name:value = 'NOT AND' OR ipv4-addr:value = '1.2.3.4']", []string{"1.2.3.4"}, ""},
		{"a domain name", "[domain-name:value = 'x.example']", nil, ""},
		{"a domain name and a port", "[domain-name:value = 'x.example' AND network-traffic:dst_port = 1]", nil, ""},
		{"an empty pattern", "", nil, ""},
		{"an address and a port", "[ipv4-addr:value = '1.2.3.4' AND network-traffic:dst_port = 443]", nil, more},
		{"two addresses in sequence", "[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [ipv4-addr:value = '5.6.7.8']", nil, more},
		{"repeated", "[ipv4-addr:value = '1.2.3.4'] REPEATS 5 TIMES WITHIN 60 SECONDS", nil, more},
		{"not equal", "[ipv4-addr:value != '1.2.3.4']", nil, more},
		{"negated", "[NOT ipv4-addr:value = '1.2.3.4']", nil, more},
		{"like", "[ipv4-addr:value LIKE '1.2.3.%']", nil, more},
		{"a truncated set", "[ipv4-addr:value IN ('1.2.3.4'", nil, more},
		{"a truncated comparison", "[ipv4-addr:value =", nil, more},
		{"a comparison with a number", "[ipv4-addr:value = 5]", nil, more},
	} {
		t.Run(tt.name, func(t *testing.T) {
			values, reason := patternAddresses(tt.pattern)
			assert.Equal(t, tt.want, values)
			assert.Equal(t, tt.reason, reason)
		})
	}
}

func TestIndicatorsAreActiveWhileTheyAreValid(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2025, 1, 15, hour, 0, 0, 0, time.UTC) }
	object := func(id, address, more string) string {
		return fmt.Sprintf(`{"type":"indicator","id":%q,"pattern":"[ipv4-addr:value = '%s']"%s}`, id, address, more)
	}
	for _, tt := range []struct {
		name    string
		objects []string
		now     time.Time
		want    []string
	}{
		{"without a period", []string{object("a", "1.1.1.1", "")}, at(9), []string{"1.1.1.1/32"}},
		{"a second before it begins", []string{object("a", "1.1.1.1", `,"valid_from":"2025-01-15T08:00:00Z"`)}, at(8).Add(-time.Second), nil},
		{"when it begins", []string{object("a", "1.1.1.1", `,"valid_from":"2025-01-15T08:00:00Z"`)}, at(8), []string{"1.1.1.1/32"}},
		{"a second before it ends", []string{object("a", "1.1.1.1", `,"valid_until":"2025-01-15T08:00:00Z"`)}, at(8).Add(-time.Second), []string{"1.1.1.1/32"}},
		{"when it ends", []string{object("a", "1.1.1.1", `,"valid_until":"2025-01-15T08:00:00Z"`)}, at(8), nil},
		{"revoked", []string{object("a", "1.1.1.1", `,"revoked":true`), object("b", "2.2.2.2", `,"revoked":false`)}, at(9), []string{"2.2.2.2/32"}},
		{"revoked by a newer version", []string{
			object("a", "1.1.1.1", `,"modified":"2025-01-15T01:00:00Z"`), object("a", "1.1.1.1", `,"modified":"2025-01-15T02:00:00Z","revoked":true`),
		}, at(9), nil},
		{"revoked by a newer version that comes first", []string{
			object("a", "1.1.1.1", `,"modified":"2025-01-15T02:00:00Z","revoked":true`), object("a", "1.1.1.1", `,"modified":"2025-01-15T01:00:00Z"`),
		}, at(9), nil},
		{"a pattern in another language", []string{object("a", "1.1.1.1", `,"pattern_type":"yara"`), object("b", "2.2.2.2", `,"pattern_type":"stix"`)}, at(9), []string{"2.2.2.2/32"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, err := Parse([]byte(`{"type":"bundle","objects":[`+strings.Join(tt.objects, ",")+"]}"), "list", STIXFormat, "")
			require.NoError(t, err)
			assert.Zero(t, entries.Skipped)
			active, _ := entries.At(tt.now)
			assert.Equal(t, tt.want, textsOf(active))
		})
	}
}
