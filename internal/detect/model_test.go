// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// model is a second, simple and slow implementation of the detections. Tests compare the engine with it. It keeps plain
// lists and searches all of them for each flow, so that it is easy to check. It shares only the types of the configuration
// with the engine.
type model struct {
	cfg       detect.Config
	threats   []netip.Prefix
	countries network.Countries
	now       int64

	scopes   []*modelScope
	gateways []modelGateway
	rules    []*modelRule
	alerts   []modelAlert // caused by the current flow
	outcome  string       // of the judged attempt that the rules evaluate, or empty

	waiting []*modelAttempt // in order of arrival
	answers []modelAnswer   // in order of arrival
	arrived int             // number of evaluated flows

	evictedAttempts, evictedAnswers int
	noAnswersSeen                   int // attempts and panes that were not judged because the logs are one-way
}

// modelScope is the state of one account, one VPC, or the only scope.
type modelScope struct {
	name      string
	watermark int64            // the latest time of its evaluated flows
	latest    map[string]int64 // the latest time of each interface
	first     int64            // the earliest time of its flows that were not late
	opposite  map[string]int64 // the latest time of accepted flows by class; for II, of replies
	evicted   int64            // the latest time of an evicted answer
}

// modelGateway is an address of a gateway, as hop records of the second kind name it.
type modelGateway struct {
	account string
	address netip.Addr
	last    int64 // the greatest time of such a record
}

// modelKey has the parts of a rule's key. Parts that the rule does not use are empty.
type modelKey struct {
	scope, source, destination, port, country string
	sourcePort, protocol, network, vpc        string // network is the interface
}

// modelAlert has the fields of an alert that the engine and the model must agree on.
type modelAlert struct {
	rule     string
	status   alert.Status
	key      modelKey
	time     int64
	measure  int64
	severity alert.Severity
	uid      string
	totals   alert.Totals // zero when the alert opens the episode
}

func (a modelAlert) String() string {
	return fmt.Sprintf("%-8s %s %+v t=%d measure=%d %s %.8s %+v",
		a.status, a.rule, a.key, a.time, a.measure, a.severity, a.uid, a.totals)
}

func newModel(cfg detect.Config, threats []netip.Prefix, countries network.Countries, now int64) *model {
	m := &model{cfg: cfg, threats: threats, countries: countries, now: now, rules: modelRules()}
	for i := range cfg.CustomRules {
		m.rules = append(m.rules, modelCustom(&cfg.CustomRules[i]))
	}
	return m
}

// observe processes a flow and returns the alerts that it causes, in order.
func (m *model) observe(f *flow.Flow) []modelAlert {
	m.alerts = nil
	if m.skip(f) == detect.Hop && f.NamesGateway {
		m.addGateway(f, f.Local)
		m.addGateway(f, f.Intermediate)
	}
	if m.skip(f) != detect.Evaluate || m.forwarded(f) {
		return nil
	}
	s := m.scopeOf(f)
	m.arrived++
	advanced := f.Time > s.watermark
	s.watermark = max(s.watermark, f.Time)
	if last, known := s.latest[f.Interface]; !known || f.Time > last {
		s.latest[f.Interface] = f.Time
	}
	late := f.Time < m.reached(s)-seconds(m.cfg.AllowedLateness)
	if !late {
		s.first = min(s.first, f.Time)
	}
	m.noteDirection(s, f)
	m.record(s, f, late)
	m.judge(s)
	m.judgePanes(s)
	if advanced {
		m.resolve(s)
	}
	for _, r := range m.rules {
		if r.returned != nil {
			m.addReturned(r, s, f, late)
		}
		m.evaluate(r, s, f, late)
	}
	return m.alerts
}

// evaluate applies a rule to a flow or to a judged attempt. Custom rules match the outcome.
func (m *model) evaluate(r *modelRule, s *modelScope, f *flow.Flow, late bool) {
	set := m.settings(r)
	if r.custom == nil && (r.outcomes != nil || m.outcome != "") && !slices.Contains(r.outcomes, m.outcome) {
		return
	}
	if set.Enabled && r.qualifies(m, f, set) && !ignored(m, r.id, m.cfg.Ignore, f) && !ignored(m, r.id, set.Ignore, f) {
		r.observe(m, r, s, f, late)
	}
}

// reached returns the time that two interfaces of the scope have reached, but not less than max_future before the latest
// time. A scope with one interface has reached the latest time.
func (m *model) reached(s *modelScope) int64 {
	times := slices.Sorted(maps.Values(s.latest))
	if len(times) < 2 {
		return s.watermark
	}
	return max(times[len(times)-2], s.watermark-seconds(m.cfg.MaxFuture))
}

// skip returns the reason why a flow is not evaluated.
func (m *model) skip(f *flow.Flow) detect.Skip {
	switch {
	case f.Status == flow.NoData:
		return detect.NoData
	case f.Status == flow.SkipData:
		return detect.SkipData
	case !f.Src.IsValid() || !f.Dst.IsValid():
		return detect.NoAddress
	case f.Time == 0:
		return detect.NoTime
	case f.Time < time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), f.Time > m.now+seconds(m.cfg.MaxFuture):
		return detect.TimeOutOfRange
	case f.Hop && !m.cfg.EvaluateHops:
		return detect.Hop
	case f.Src == f.Dst:
		return detect.SameAddress
	}
	for _, a := range []netip.Addr{f.Src, f.Dst} {
		if a.IsLoopback() || a.IsMulticast() || a.IsUnspecified() || a.String() == "255.255.255.255" {
			return detect.SpecialAddress
		}
	}
	return detect.Evaluate
}

// addGateway notes that a hop record names an address of a gateway.
func (m *model) addGateway(f *flow.Flow, a netip.Addr) {
	if !a.IsValid() {
		return
	}
	for i, g := range m.gateways {
		if g.account == f.Account && g.address == a {
			m.gateways[i].last = max(g.last, f.Time)
			return
		}
	}
	m.gateways = append(m.gateways, modelGateway{f.Account, a, f.Time})
}

// forwarded reports whether a flow goes from a gateway's address to an external one, or from an external one to it.
func (m *model) forwarded(f *flow.Flow) bool {
	if m.cfg.EvaluateHops {
		return false
	}
	class := m.class(f)
	for _, g := range m.gateways {
		if g.account == f.Account && f.Time <= g.last+30*24*60*60 &&
			(g.address == f.Src && class[1] == 'E' || g.address == f.Dst && class[0] == 'E') {
			return true
		}
	}
	return false
}

func (m *model) scopeOf(f *flow.Flow) *modelScope {
	name := f.Account
	switch m.cfg.Scope {
	case "vpc":
		if f.VPC != "" {
			name = f.VPC
		}
	case "global":
		name = ""
	}
	for _, s := range m.scopes {
		if s.name == name {
			return s
		}
	}
	s := &modelScope{
		name: name, watermark: math.MinInt64, latest: map[string]int64{}, first: math.MaxInt64,
		opposite: map[string]int64{}, evicted: math.MinInt64 / 2,
	}
	m.scopes = append(m.scopes, s)
	return s
}

// class returns II, EI, IE or EE: the side of the source, then that of the destination.
func (m *model) class(f *flow.Flow) string {
	letter := func(a netip.Addr) string {
		if contained(m.cfg.InternalNetworks, a) {
			return "I"
		}
		return "E"
	}
	return letter(f.Src) + letter(f.Dst)
}

// role returns request, reply or unknown.
func (m *model) role(f *flow.Flow) string {
	if f.Protocol == 6 && f.Flags != 0 {
		syn, ack, rst := f.Flags&2 != 0, f.Flags&16 != 0, f.Flags&4 != 0
		switch {
		case syn && !ack:
			return "request"
		case syn && ack:
			return "reply"
		case rst || f.Action == flow.Reject:
			return "reply"
		}
	}
	if f.SrcPort != 0 || f.DstPort != 0 {
		src, dst := m.service(f.SrcPort), m.service(f.DstPort)
		switch {
		case f.Action == flow.Reject && dst:
			return "request"
		case dst && !src:
			return "request"
		case src && !dst:
			return "reply"
		case f.DstPort <= f.SrcPort:
			return "request"
		default:
			return "reply"
		}
	}
	if (f.Protocol == 1 || f.Protocol == 58) && f.Action != flow.Reject {
		return "unknown"
	}
	return "request"
}

func (m *model) service(port uint16) bool {
	return 0 < port && port < 1024 || slices.Contains(m.cfg.ServicePorts, int(port))
}

// accepted reports whether the packets arrived. Between two internal addresses, a record of the sender's interface does not
// show this.
func (m *model) accepted(f *flow.Flow) bool {
	if m.class(f) == "II" && f.Direction == flow.Egress {
		return false
	}
	return f.Action == flow.Accept
}

// listed reports whether a threat list has the address. Reserved and private ranges are never listed, even if the
// configuration does not list them as internal.
func (m *model) listed(a netip.Addr) bool {
	return contained(m.threats, a) && !contained(m.cfg.InternalNetworks, a) && !contained(prefixes(
		"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "::1/128", "fe80::/10", "ff00::/8",
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"), a)
}

// ignored reports whether an entry of the allowlist matches the flow.
func ignored(m *model, rule string, entries []detect.Ignore, f *flow.Flow) bool {
	for _, e := range entries {
		if e.Expires != 0 && f.Time >= int64(e.Expires) {
			continue
		}
		inRange := func(r detect.PortRange) bool { return r.Contains(f.DstPort) }
		if (len(e.Source) == 0 || contained(e.Source, f.Src)) &&
			(len(e.Destination) == 0 || contained(e.Destination, f.Dst)) &&
			(len(e.Port) == 0 || slices.ContainsFunc(e.Port, inRange)) &&
			(len(e.Protocol) == 0 || slices.Contains(e.Protocol, detect.Protocol(f.Protocol))) &&
			(len(e.Country) == 0 || slices.Contains(e.Country, m.country(m.external(f)))) &&
			(len(e.Rule) == 0 || slices.Contains(e.Rule, rule)) &&
			(len(e.Instance) == 0 || slices.Contains(e.Instance, f.Instance)) &&
			(len(e.Interface) == 0 || slices.Contains(e.Interface, f.Interface)) &&
			(len(e.Account) == 0 || slices.Contains(e.Account, configtype.Account(f.Account))) {
			return true
		}
	}
	return false
}

// external returns the address of the only external side.
func (m *model) external(f *flow.Flow) netip.Addr {
	switch m.class(f) {
	case "EI":
		return f.Src
	case "IE":
		return f.Dst
	}
	return netip.Addr{}
}

func (m *model) country(a netip.Addr) string {
	if !a.IsValid() || m.countries == nil {
		return ""
	}
	return m.countries.Country(a)
}

func contained[P netip.Prefix | detect.Network](ranges []P, a netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p P) bool { return netip.Prefix(p).Contains(a) })
}

func prefixes(texts ...string) []netip.Prefix {
	var list []netip.Prefix
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

func seconds(d time.Duration) int64 {
	return int64(d / time.Second)
}

// uid computes the uid of an episode.
func (m *model) uid(r *modelRule, key modelKey, opened int64) string {
	parts := []string{r.id, key.scope}
	for _, word := range m.order(r) {
		parts = append(parts, *key.part(word))
	}
	parts = append(parts, strconv.FormatInt(opened, 10))
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00") + "\x00"))
	return hex.EncodeToString(sum[:])[:32]
}

// order returns the words of the rule's key.
func (m *model) order(r *modelRule) []string {
	switch m.settings(r).GroupBy {
	case detect.BySource:
		return []string{"source"}
	case detect.BySourceDestination:
		return []string{"source", "destination"}
	}
	return r.order
}

// key returns the key of a flow.
func (m *model) key(r *modelRule, s *modelScope, f *flow.Flow) modelKey {
	key := modelKey{scope: s.name}
	for _, word := range m.order(r) {
		*key.part(word) = m.word(f, word)
	}
	return key
}

// word returns what a part of a key is for a flow.
func (m *model) word(f *flow.Flow, word string) string {
	switch word {
	case "source":
		return f.Src.String()
	case "destination":
		return f.Dst.String()
	case "port":
		return strconv.Itoa(int(f.DstPort))
	case "source_port":
		return strconv.Itoa(int(f.SrcPort))
	case "protocol":
		return map[uint8]string{1: "icmp", 6: "tcp", 17: "udp", 47: "gre", 58: "ipv6-icmp"}[f.Protocol]
	case "country":
		return m.country(m.external(f))
	case "interface":
		return f.Interface
	case "vpc":
		return f.VPC
	}
	panic("no such part of a key: " + word)
}

// settings returns the settings of a rule.
func (m *model) settings(r *modelRule) detect.Settings {
	if r.custom != nil {
		return r.custom.Settings
	}
	return m.cfg.Rules[r.id]
}

// part returns the part of a key that has a name in the configuration of custom rules.
func (k *modelKey) part(word string) *string {
	switch word {
	case "source":
		return &k.source
	case "destination":
		return &k.destination
	case "port":
		return &k.port
	case "source_port":
		return &k.sourcePort
	case "protocol":
		return &k.protocol
	case "country":
		return &k.country
	case "interface":
		return &k.network
	case "vpc":
		return &k.vpc
	}
	panic("no such part of a key: " + word)
}
