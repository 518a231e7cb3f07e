// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/inventory"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

func from(cidr string) []Network { return []Network{Network(netip.MustParsePrefix(cidr))} }

func day(text string) Expiry {
	t, _ := time.Parse(time.DateOnly, text)
	return Expiry(t.Unix())
}

func dnsFrom(src string, t int64) flow.Flow {
	f := dnsOverTCP(t)
	f.Src = netip.MustParseAddr(src)
	return f
}

func TestIgnoredFlowsAreCountedByTheFirstEntryThatMatches(t *testing.T) {
	w := newRecordingEngine(t, func(c *Config) {
		c.Ignore = []Ignore{{Source: from("10.0.0.1/32"), Name: "one"}, {Source: from("10.0.0.0/30")}, {Source: from("10.0.0.9/32"), Name: "nobody"}}
		set := c.Rules["dns_not_over_udp"]
		set.Ignore = []Ignore{{Source: from("10.0.0.8/32")}, {Source: from("10.0.0.7/32"), Name: "one"}}
		c.Rules["dns_not_over_udp"] = set
	})
	w.SetIgnoreFiles([]IgnoreFile{{"a.yaml", []Ignore{{Source: from("10.0.0.6/32")}}}})
	for _, src := range []string{"10.0.0.1", "10.0.0.1", "10.0.0.2", "10.0.0.7", "10.0.0.8", "10.0.0.6", "10.0.0.5"} {
		w.feed(dnsFrom(src, t0))
	}
	assert.Len(t, w.statuses("dns_not_over_udp"), 1)
	assert.Equal(t, map[string]int64{
		"one": 3, "ignore[1]": 1, "nobody": 0, "rules::dns_not_over_udp::ignore[0]": 1, "a.yaml[0]": 1,
	}, w.Stats().Ignored, "once for a flow, although several rules check it")
}

func TestEntriesOfFilesReplaceEarlierOnes(t *testing.T) {
	w := newRecordingEngine(t, nil)
	for n, step := range []struct {
		files   []IgnoreFile
		ignored bool
		hits    map[string]int64
	}{
		{nil, false, map[string]int64{}},
		{[]IgnoreFile{{"a", []Ignore{{Source: from("10.0.0.0/24"), Name: "all"}}}}, true, map[string]int64{"all": 1}},
		{[]IgnoreFile{{"a", nil}, {"b", []Ignore{{Source: from("10.0.0.0/24"), Name: "all"}}}}, true, map[string]int64{"all": 2}},
		{[]IgnoreFile{{"a", []Ignore{{Source: from("10.0.1.0/24")}}}}, false, map[string]int64{"a[0]": 0}},
		{nil, false, map[string]int64{}},
	} {
		w.SetIgnoreFiles(step.files)
		w.feed(dnsFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(1 + n)}).String(), t0))
		assert.Equal(t, !step.ignored, w.statuses("dns_not_over_udp") != nil, "%d", n)
		assert.Equal(t, step.hits, w.Stats().Ignored, "%d", n)
	}
}

func TestEntryThatNamesRulesAppliesOnlyToThem(t *testing.T) {
	threats := threatlist.NewTable([]threatlist.List{{Name: "test", Prefixes: []netip.Prefix{netip.MustParsePrefix("8.8.8.8/32")}}})
	entry := Ignore{Source: from("10.0.0.5/32"), Rule: []string{"dns_not_over_udp", "large_outbound_transfer"}, Name: "resolver"}
	for name, test := range map[string]struct {
		config []Ignore
		files  []IgnoreFile
	}{
		"configuration": {[]Ignore{entry}, nil},
		"file":          {nil, []IgnoreFile{{"a.yaml", []Ignore{entry}}}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := DefaultConfig()
			cfg.Ignore = test.config
			engine, err := New(cfg, threats, nil)
			require.NoError(t, err)
			w := &recordingEngine{Engine: engine}
			w.SetIgnoreFiles(test.files)
			w.feed(dnsOverTCP(t0))
			w.feed(dnsFrom("10.0.0.6", t0))
			var got []string
			for _, a := range w.alerts {
				got = append(got, a.Rule+" "+a.Source.String())
			}
			assert.Equal(t, []string{
				"suspicious_destination 10.0.0.5", "dns_not_over_udp 10.0.0.6", "suspicious_destination 10.0.0.6",
			}, got)
			assert.Equal(t, map[string]int64{"resolver": 2}, w.Stats().Ignored, "once for each rule")
		})
	}
}

func TestEntriesMatchInternalSidesByTheInventory(t *testing.T) {
	names := inventory.NewNames([]inventory.NameEntry{
		{Prefix: netip.MustParsePrefix("10.0.0.5/32"), Name: inventory.Name{Name: "scanner", Owner: "security", Tags: map[string]string{"env": "prod", "tool": ""}}},
		{Instance: "i-6", Name: inventory.Name{Name: "web", Owner: "shop", Tags: map[string]string{"env": "test"}}},
		{Prefix: netip.MustParsePrefix("8.8.8.8/32"), Name: inventory.Name{Name: "dns", Owner: "google", Tags: map[string]string{"public": ""}}},
	})
	outbound := dnsOverTCP(t0) // from scanner to an external address
	inside := dnsOverTCP(t0)   // from an unknown host to web
	inside.Src, inside.Dst = netip.MustParseAddr("10.0.0.7"), netip.MustParseAddr("10.0.0.6")
	inside.Direction, inside.Interface, inside.Instance, inside.GroupTag = flow.Ingress, "eni-6", "i-6", "web-group"
	both := dnsOverTCP(t0) // from scanner to web
	both.Dst = inside.Dst
	for name, test := range map[string]struct {
		entry    Ignore
		outbound bool
		inside   bool
		both     bool
	}{
		"the name of the source":                 {Ignore{HostName: []string{"scanner"}}, true, false, true},
		"the name of the destination":            {Ignore{HostName: []string{"web"}}, false, true, true},
		"one of two names":                       {Ignore{HostName: []string{"db", "web"}}, false, true, true},
		"names in another case":                  {Ignore{HostName: []string{"Scanner"}}, false, false, false},
		"an external side has no name":           {Ignore{HostName: []string{"dns"}}, false, false, false},
		"an owner":                               {Ignore{Owner: []string{"security"}}, true, false, true},
		"an external side has no owner":          {Ignore{Owner: []string{"google"}}, false, false, false},
		"a tag by its key":                       {Ignore{Tag: []string{"tool"}}, true, false, true},
		"a tag by key and value":                 {Ignore{Tag: []string{"env=prod"}}, true, false, true},
		"a tag with another value":               {Ignore{Tag: []string{"env=dev"}}, false, false, false},
		"a tag without a value":                  {Ignore{Tag: []string{"tool="}}, true, false, true},
		"a tag of both sides":                    {Ignore{Tag: []string{"env"}}, true, true, true},
		"the value of a tag in records":          {Ignore{Tag: []string{"web-group"}}, false, true, true},
		"an external side has no tag":            {Ignore{Tag: []string{"public"}}, false, false, false},
		"one side matches all parts":             {Ignore{HostName: []string{"web"}, Owner: []string{"shop"}, Tag: []string{"env=test"}}, false, true, true},
		"each side matches another part":         {Ignore{HostName: []string{"web"}, Owner: []string{"security"}}, false, false, false},
		"other parts have to match, too":         {Ignore{HostName: []string{"web"}, Source: from("10.0.0.5/32")}, false, false, true},
		"the name of an unknown host":            {Ignore{HostName: []string{""}}, false, false, false},
		"the owner of an unknown host":           {Ignore{Owner: []string{""}}, false, false, false},
		"the tag of a host that has no such tag": {Ignore{Tag: []string{""}}, false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newRecordingEngine(t, nil)
			w.SetIgnoreFiles([]IgnoreFile{{"a.yaml", []Ignore{test.entry}}})
			w.SetNames(names)
			ignored := func(f flow.Flow) bool {
				w.feed(f)
				return len(w.statuses("dns_not_over_udp")) == 0
			}
			assert.Equal(t, test.outbound, ignored(outbound), "outbound")
			assert.Equal(t, test.inside, ignored(inside), "inside")
			assert.Equal(t, test.both, ignored(both), "both")
		})
	}
}

func TestCheckIgnoreRejectsEmptyValues(t *testing.T) {
	for want, entry := range map[string]Ignore{
		"a[0]::instance: has an empty value, which would match what is unknown":  {Instance: []string{"i-1", ""}},
		"a[0]::host_name: has an empty value, which would match what is unknown": {HostName: []string{""}},
		"a[0]::owner: has an empty value, which would match what is unknown":     {Owner: []string{""}},
		`a[0]::tag: "" is neither a key nor key=value`:                           {Tag: []string{""}},
		`a[0]::tag: "=prod" is neither a key nor key=value`:                      {Tag: []string{"=prod"}},
	} {
		assert.EqualError(t, new(Config).CheckIgnore("a", []Ignore{entry}), want)
	}
}

func TestEntryExpiresByEventTimeAndIsReportedOnce(t *testing.T) {
	second, third := Ignore{Source: from("10.0.0.5/32"), Name: "second", Expires: day("2025-01-16")}, Ignore{Port: []PortRange{{First: 1, Last: 1}}, Expires: day("2025-01-17")}
	w := newRecordingEngine(t, func(c *Config) {
		c.Ignore = []Ignore{second, third}
		set := c.Rules["dns_not_over_udp"]
		set.Ignore = []Ignore{{Source: from("10.0.0.6/32"), Expires: day("2025-01-16")}}
		c.Rules["dns_not_over_udp"] = set
	})
	const midnight = t0 + 24*3600
	assert.Empty(t, w.TakeExpired())
	w.feed(dnsOverTCP(midnight - 1))
	assert.Empty(t, w.statuses("dns_not_over_udp"))
	assert.Empty(t, w.TakeExpired(), "a second before")

	w.feed(dnsOverTCP(midnight))
	assert.Equal(t, []alert.Status{alert.Opened}, w.statuses("dns_not_over_udp"))
	assert.Equal(t, []Expired{{Name: "rules::dns_not_over_udp::ignore[0]", Expires: day("2025-01-16")}, {Name: "second", Expires: day("2025-01-16")}}, w.TakeExpired())
	w.feed(dnsOverTCP(midnight + 1))
	assert.Empty(t, w.TakeExpired(), "reported once")

	w.feed(dnsOverTCP(midnight + 10*24*3600))
	assert.Equal(t, []Expired{{Name: "ignore[1]", Expires: day("2025-01-17")}}, w.TakeExpired())

	long := Ignore{Source: from("10.0.0.5/32"), Name: "long ago", Expires: day("2020-01-01")}
	w.SetIgnoreFiles([]IgnoreFile{{"a", []Ignore{long, second}}})
	w.feed(dnsOverTCP(midnight + 11*24*3600))
	assert.Equal(t, []Expired{{Name: "long ago", Expires: day("2020-01-01")}}, w.TakeExpired(), "expired from the start; the other was reported before")
	w.SetIgnoreFiles([]IgnoreFile{{"a", []Ignore{long}}})
	w.feed(dnsOverTCP(midnight + 12*24*3600))
	assert.Empty(t, w.TakeExpired(), "the file was read again")
	assert.Equal(t, "2020-01-01", long.Expires.String())
}

func TestCheckIgnoreNamesThePosition(t *testing.T) {
	assert.NoError(t, new(Config).CheckIgnore("a.yaml", nil))
	assert.NoError(t, new(Config).CheckIgnore("a.yaml", []Ignore{{Source: from("10.0.0.5/32")}}))
	assert.ErrorContains(t, new(Config).CheckIgnore("a.yaml", []Ignore{{Source: from("10.0.0.5/32")}, {Name: "x"}}), "a.yaml[1]: has none of source")
	assert.NoError(t, new(Config).CheckIgnore("a.yaml", []Ignore{{Rule: []string{"dns_not_over_udp"}}, {Instance: []string{"i-1"}}}))
}
