// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

const (
	dropText = `{"cidr":"1.10.16.0/20","sblid":"SBL256894","rir":"apnic"}
{"cidr":"2001:db8::/32","sblid":"SBL1","rir":"ripencc"}

{"type":"metadata","timestamp":1736899200,"size":2,"records":2}
`
	abuseText = `{"meta":{"generatedAt":"2025-01-15T00:00:00+00:00"},"data":[
{"ipAddress":"5.188.10.179","countryCode":"RU","abuseConfidenceScore":100},{"ipAddress":"2001:db8::7","abuseConfidenceScore":99}]}`
	csvText = `# abuse.ch
# "first_seen_utc","dst_ip","dst_port"
"2025-01-15 00:00:00","1.2.3.4","443"
"a, ""b""", 5.6.7.0/24 ,80
`
	stixText = `{"type":"bundle","id":"bundle--1","objects":[
{"type":"identity","id":"identity--1","name":"us"},
{"type":"indicator","id":"indicator--1","pattern_type":"stix","pattern":"[ipv4-addr:value = '1.2.3.4']"},
{"type":"indicator","id":"indicator--2","pattern":"[ipv6-addr:value = '2001:db8::1' OR ipv4-addr:value ISSUBSET '5.6.7.0/24']"}]}`
)

func TestParseReadsEachFormatGivenOrDetected(t *testing.T) {
	for _, tt := range []struct {
		name   string
		format Format
		column string
		text   string
		want   []string
	}{
		{"plain", PlainFormat, "", "# list\n1.2.3.4\n5.6.7.0/24 ; more\n", []string{"1.2.3.4/32", "5.6.7.0/24"}},
		{"Spamhaus DROP", DropFormat, "", dropText, []string{"1.10.16.0/20", "2001:db8::/32"}},
		{"CSV", CSVFormat, "dst_ip", csvText, []string{"1.2.3.4/32", "5.6.7.0/24"}},
		{"CSV with a header that is not a comment", CSVFormat, "IP", "# list\nid,ip\n1,1.2.3.4\n", []string{"1.2.3.4/32"}},
		{"AbuseIPDB", AbuseIPDBFormat, "", abuseText, []string{"5.188.10.179/32", "2001:db8::7/128"}},
		{"an empty AbuseIPDB list", AbuseIPDBFormat, "", `{"data":[]}`, nil},
		{"STIX", STIXFormat, "", stixText, []string{"1.2.3.4/32", "2001:db8::1/128", "5.6.7.0/24"}},
		{"an empty STIX bundle", STIXFormat, "", `{"type":"bundle","id":"bundle--1"}`, nil},
		{"a TAXII page", STIXFormat, "", `{"more":false,"objects":[]}`, nil},
		{"an empty plain list", PlainFormat, "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, format := range []Format{tt.format, AutoFormat} {
				for _, begin := range []string{"", "\ufeff", "\n"} {
					entries, err := Parse([]byte(begin+tt.text), "list", format, tt.column)
					require.NoError(t, err)
					assert.Zero(t, entries.Skipped)
					assert.Equal(t, tt.want, textsOf(entries.Always))
					assert.Equal(t, len(tt.want), entries.Len())
				}
			}
		})
	}
}

func TestParseRejectsTextInAnotherFormat(t *testing.T) {
	for _, tt := range []struct {
		name   string
		format Format
		column string
		text   string
		want   string
	}{
		{"JSON of another kind", AutoFormat, "", `{"error":"limit"}`, "threat list list: is JSON, but not a STIX bundle"},
		{"truncated JSON", AutoFormat, "", `{"data":[`, "threat list list: begins like JSON, but is invalid: unexpected EOF"},
		{"text instead of AbuseIPDB", AbuseIPDBFormat, "", "1.2.3.4", "threat list list: is not an AbuseIPDB blacklist: "},
		{"AbuseIPDB without data", AbuseIPDBFormat, "", `{"errors":[]}`, "threat list list: is not an AbuseIPDB blacklist: it has no data"},
		{"text instead of STIX", STIXFormat, "", "1.2.3.4", "threat list list: is not a STIX bundle: "},
		{"other JSON instead of STIX", STIXFormat, "", `{"data":[]}`, "threat list list: is not a STIX bundle"},
		{"CSV without the column", CSVFormat, "ip", "# list\nid,address\n1,1.2.3.4\n", `threat list list: line 2 is the header, and it has no column "ip"`},
		{"CSV of comments", CSVFormat, "ip", "# list\n", `threat list list: no line is a header with the column "ip"`},
		{"an unknown format", "yara", "", "", `threat list list: unknown format "yara"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text), "list", tt.format, tt.column)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}

func TestParseSkipsInvalidEntries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		format Format
		column string
		text   string
		want   []string
	}{
		{"DROP", DropFormat, "", "{\"cidr\":\"host\"}\n{\"sblid\":\"x\"}\nnot JSON\n{\"cidr\":\"0.0.0.0/0\"}\n{\"cidr\":\"1.2.3.4\"}\n", []string{
			`list:1: "host" is not an address or CIDR`, `list:2: "{\"sblid\":\"x\"}" has no cidr`,
			`list:3: "not JSON" is not a JSON object with a cidr`, `list:4: "0.0.0.0/0" is wider than /8`,
		}},
		{"CSV", CSVFormat, "ip", "id,ip\n1,host\n2\n\n# more\n3,1.2.3.4\n", []string{
			`list:2: "host" is not an address or CIDR`, `list:3: "2" has no column "ip"`,
		}},
		{"AbuseIPDB", AbuseIPDBFormat, "", `{"data":[{"ipAddress":"1.2.3.4"},{"ipAddress":"host"},{}]}`, []string{
			`list:data[1]: "host" is not an address or CIDR`, `list:data[2]: "" is not an address or CIDR`,
		}},
		{"STIX", STIXFormat, "", `{"objects":[3,{"type":"indicator","id":"1","pattern":3},
			{"type":"indicator","id":"2","pattern":"[ipv4-addr:value = 'host']"},
			{"type":"indicator","id":"3","pattern":"[ipv4-addr:value = '1.2.3.4' AND network-traffic:dst_port = 443]"},
			{"type":"indicator","id":"4","pattern":"[ipv4-addr:value = '1.2.3.4']"},
			{"type":"indicator","id":"5","pattern":"[ipv4-addr:value = '1.2.3.5']","valid_until":"soon"},
			{"type":"indicator","id":"6","pattern":"[ipv4-addr:value = '1.2.3.5']","valid_from":"3"},
			{"type":"malware","pattern":3}]}`, []string{
			`list:objects[0]: "3" is not a STIX indicator: json: cannot unmarshal number`,
			`list:objects[5]: "soon" as valid_until is not a time`, `list:objects[6]: "3" as valid_from is not a time`,
			`list:objects[1]: "{\"type\":\"indicator\",\"id\":\"1\",\"pattern\":3}" is not a STIX indicator: json: cannot unmarshal number`,
			`list:objects[2]: "host" is not an address or CIDR`,
			`list:objects[3]: "[ipv4-addr:value = '1.2.3.4' AND network-traffic:dst_port = 443]" has conditions other than an address`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entries, err := Parse([]byte(tt.text), "list", tt.format, tt.column)
			require.NoError(t, err)
			assert.Equal(t, []string{"1.2.3.4/32"}, textsOf(entries.Always))
			assert.Equal(t, len(tt.want), entries.Skipped.Count)
			byPosition := map[string]string{}
			for _, skipped := range entries.Skipped.First {
				position, _, _ := strings.Cut(skipped.Error(), ": ")
				byPosition[position] = skipped.Error()
			}
			for _, want := range tt.want {
				position, _, _ := strings.Cut(want, ": ")
				if !strings.HasPrefix(byPosition[position], want) {
					assert.Equal(t, want, byPosition[position])
				}
			}
		})
	}
}

func TestEntriesAtReturnsTheValidPrefixes(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2025, 1, 15, hour, 0, 0, 0, time.UTC) }
	timed := func(cidr string, from, until time.Time) TimedPrefix {
		return TimedPrefix{networktest.Prefixes(cidr)[0], from, until}
	}
	entries := Entries{
		Always: networktest.Prefixes("1.0.0.0/24"),
		Timed: []TimedPrefix{
			timed("2.0.0.0/24", at(2), at(4)), timed("3.0.0.0/24", time.Time{}, at(3)), timed("4.0.0.0/24", at(3), time.Time{}),
		},
	}
	for _, tt := range []struct {
		name   string
		now    time.Time
		want   []string
		change time.Time
	}{
		{"before all of them", at(1), []string{"1.0.0.0/24", "3.0.0.0/24"}, at(2)},
		{"a second before the first one begins", at(2).Add(-time.Second), []string{"1.0.0.0/24", "3.0.0.0/24"}, at(2)},
		{"when the first one begins", at(2), []string{"1.0.0.0/24", "2.0.0.0/24", "3.0.0.0/24"}, at(3)},
		{"when one ends and one begins", at(3), []string{"1.0.0.0/24", "2.0.0.0/24", "4.0.0.0/24"}, at(4)},
		{"when the last one has ended", at(4), []string{"1.0.0.0/24", "4.0.0.0/24"}, time.Time{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			active, change := entries.At(tt.now)
			assert.Equal(t, tt.want, textsOf(active))
			assert.Equal(t, tt.change, change)
		})
	}
	assert.Equal(t, []string{"1.0.0.0/24"}, textsOf(entries.Always), "Always is not modified")
}

// Random lists written in each format are read back unchanged.
func TestParseReadsTheSameEntriesFromEachFormat(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		var want []string
		texts := map[Format]*strings.Builder{}
		for _, format := range []Format{PlainFormat, DropFormat, CSVFormat, AbuseIPDBFormat, STIXFormat} {
			texts[format] = new(strings.Builder)
		}
		texts[CSVFormat].WriteString("seen,ip,count\n")
		n := 1 + rng.IntN(20)
		for len(want) < n {
			p := networktest.RandomPrefix(rng)
			if _, reason := parseEntry(p.String()); reason != "" {
				continue
			}
			want = append(want, p.String())
			fmt.Fprintf(texts[PlainFormat], "%s # %d\n", p, rng.IntN(100))
			fmt.Fprintf(texts[DropFormat], "{\"cidr\":%q}\n", p)
			fmt.Fprintf(texts[CSVFormat], "\"a,b\",%s,%d\n", p, rng.IntN(100))
			fmt.Fprintf(texts[AbuseIPDBFormat], ",{\"ipAddress\":%q}", p)
			fmt.Fprintf(texts[STIXFormat], ",{\"type\":\"indicator\",\"id\":\"indicator--%d\",\"pattern\":\"[%s:value ISSUBSET '%s']\"}", len(want),
				[]string{"ipv4-addr", "ipv6-addr"}[map[bool]int{p.Addr().Is6(): 1}[true]], p)
		}
		for format, text := range texts {
			list := text.String()
			switch format {
			case AbuseIPDBFormat:
				list = `{"data":[` + list[1:] + "]}"
			case STIXFormat:
				list = `{"type":"bundle","objects":[` + list[1:] + "]}"
			}
			column := map[Format]string{CSVFormat: "ip"}[format]
			entries, err := Parse([]byte(list), "list", AutoFormat, column)
			require.NoError(t, err)
			assert.Equal(t, want, textsOf(entries.Always), "%s", format)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", dropText, csvText, abuseText, stixText, "1.2.3.4\n", "{", "[]", `{"type":"bundle","objects":[null]}`, "\"", "a,\"\"\"", "ip\n\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, format := range []Format{AutoFormat, PlainFormat, DropFormat, CSVFormat, AbuseIPDBFormat, STIXFormat} {
			entries, err := Parse([]byte(text), "list", format, map[Format]string{CSVFormat: "dst_ip"}[format])
			if err != nil {
				assert.Zero(t, entries.Len())
				continue
			}
			assert.Len(t, entries.Skipped.First, min(entries.Skipped.Count, maxFirst))
			active, _ := entries.At(time.Date(2025, 1, 15, 0, 0, 0, 0, time.UTC))
			assert.LessOrEqual(t, len(active), entries.Len())
			for _, p := range active {
				_, reason := parseEntry(p.String())
				assert.Empty(t, reason, "a valid entry stays valid")
			}
		}
	})
}
