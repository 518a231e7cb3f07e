// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
	"github.com/vpcflow/otelcol-vpcflow/internal/silence"
)

// flowLogsStopped is the rule of the same name. A nil value is a disabled rule. The lock of the engine guards it.
type flowLogsStopped struct {
	set       detect.Settings
	byAccount bool
	ignore    []detect.Ignore
	emit      bool // alerts are not only counted
	tracker   *silence.Tracker
	now       func() time.Time
	stats     detect.RuleStats
	silent    bool // no records arrive
}

// loggedKey is a scope or VPC of records, with their greatest time.
type loggedKey struct {
	silence.Key
	newest int64
}

// noteLogged notes the scope and the VPC of a record. Most records have those of the record before.
func (c *classifier) noteLogged(engine *detect.Engine, f *flow.Flow) {
	scope := engine.ScopeOf(f)
	if last := len(c.logged) - 1; last >= 0 && c.logged[last].Scope == scope && c.logged[last].VPC == f.VPC {
		c.logged[last].newest = max(c.logged[last].newest, f.Time)
		return
	}
	c.logged = append(c.logged, loggedKey{silence.Key{Scope: strings.Clone(scope), VPC: strings.Clone(f.VPC)}, f.Time})
}

// stoppedKey is the storage key of the state.
const stoppedKey = "flow_logs_stopped"

func newFlowLogsStopped(cfg *Config, now func() time.Time) *flowLogsStopped {
	rule := detect.FlowLogsStopped
	set := cfg.Rules[rule.ID]
	if !set.Enabled {
		return nil
	}
	return &flowLogsStopped{
		set: set, byAccount: cfg.Scope == detect.ByAccount, emit: !set.DryRun || cfg.EmitDryRun,
		ignore:  append(slices.Clip(cfg.Ignore), set.Ignore...),
		tracker: silence.New(int64(set.Silence/time.Second), set.MaxKeys, now().Unix()),
		now:     now,
		stats:   detect.RuleStats{Rule: rule.ID, DryRun: set.DryRun, Alerts: map[detect.AlertKind]int64{}},
	}
}

// observe notes the records of a batch, and adds an alert for each silence that they end.
func (s *flowLogsStopped) observe(logged []loggedKey, add func(*alert.Alert)) {
	if s == nil {
		return
	}
	now := s.now().Unix()
	for _, each := range logged {
		if ended, found := s.tracker.Observe(each.Key, each.newest, now); found && !s.ignores(&ended, now) {
			add(s.alert(&ended, alert.Resolved, now))
		}
	}
}

// lastLive returns the clock of the last live record since the start, or zero.
func (s *flowLogsStopped) lastLive() int64 {
	if s == nil {
		return 0
	}
	return s.tracker.LastLive
}

// noteOthers notes the clock of the last live record of other shards.
func (s *flowLogsStopped) noteOthers(lastLive int64) {
	if s != nil {
		s.tracker.NoteOthers(lastLive)
	}
}

// check returns the alerts about the silences that have begun, and notes whether no records arrive at all.
func (s *flowLogsStopped) check() (alerts []*alert.Alert) {
	if s == nil {
		return nil
	}
	now := s.now().Unix()
	for _, begun := range s.tracker.Check(now) {
		if s.ignores(&begun, now) {
			s.stats.Suppressed[detect.Allowlisted]++
			continue
		}
		if a := s.alert(&begun, alert.Opened, now); s.emit {
			alerts = append(alerts, a)
		}
	}
	s.silent = s.tracker.NothingArrives(now)
	return alerts
}

// ignores reports whether an allowlist has the account.
func (s *flowLogsStopped) ignores(c *silence.Change, now int64) bool {
	f := flow.Flow{Time: now, Account: s.account(c)}
	return slices.ContainsFunc(s.ignore, func(e detect.Ignore) bool {
		return e.IsHost() && e.Source == nil && (e.Rule == nil || slices.Contains(e.Rule, stoppedKey)) && e.Matches(&f, nil)
	})
}

func (s *flowLogsStopped) account(c *silence.Change) string {
	if s.byAccount {
		return c.Scope
	}
	return ""
}

func (s *flowLogsStopped) alert(c *silence.Change, status alert.Status, now int64) *alert.Alert {
	rule := detect.FlowLogsStopped
	silent := max(now-c.Last, int64(s.set.Silence/time.Second))
	a := &alert.Alert{
		UID: alert.UID(rule.ID, c.Scope, []string{c.VPC}, c.Opened), Status: status, Severity: rule.Severity, Time: now,
		Scope: c.Scope, Account: s.account(c), VPC: c.VPC, DryRun: s.set.DryRun,
		Rule: rule.ID, Title: rule.Title, Category: rule.Category, RulesetVersion: detect.RulesetVersion,
		Tactic: rule.Tactic, Technique: rule.Technique, Impact: rule.Impact, Mitigation: rule.Mitigation,
		Measure: silent, Threshold: int64(s.set.Silence / time.Second), Unit: alert.Seconds, FirstSeen: c.Last, LastSeen: now,
	}
	if s.set.Severity != 0 {
		a.Severity = s.set.Severity
	}
	what := "scope " + c.Scope
	if s.byAccount {
		what = "account " + c.Scope
	}
	if c.VPC != "" && c.VPC != c.Scope {
		what += ", " + c.VPC
	}
	a.Body = fmt.Sprintf("No flow logs of %s for %s; others still arrive", what, humanize.Seconds(silent))
	if status == alert.Resolved {
		a.Body = fmt.Sprintf("Flow logs of %s arrive again after %s", what, humanize.Seconds(silent))
		a.Episode = alert.Totals{Measure: silent, Seconds: now - c.Opened}
	}
	s.stats.Alerts[detect.AlertKind{Severity: a.Severity, Status: status}]++
	return a
}

// addTo adds the numbers of the rule.
func (s *flowLogsStopped) addTo(stats *detect.Stats) {
	if s == nil {
		return
	}
	rule := s.stats
	rule.Alerts = maps.Clone(s.stats.Alerts)
	rule.Tracked, rule.Evicted = s.tracker.Len(), s.tracker.Evicted
	stats.Rules = append(stats.Rules, rule)
}

func (s *flowLogsStopped) load(get func(string) ([]byte, error)) error {
	if s == nil {
		return nil
	}
	text, err := get(stoppedKey)
	if err != nil || text == nil {
		return err
	}
	if err := s.tracker.Load(text); err != nil {
		return &detect.UnreadableError{Key: stoppedKey, Reason: err.Error()}
	}
	return nil
}

func (s *flowLogsStopped) save(changes []detect.Change) ([]detect.Change, error) {
	if s == nil || !s.tracker.Changed() {
		return changes, nil
	}
	text, err := s.tracker.Save()
	return append(changes, detect.Change{Key: stoppedKey, Value: text}), err
}

// checkSilence queues the alerts about silences that have begun. The next batch or the periodic retry sends them: a flush here
// would delay the shutdown while the next component hangs.
func (d *detector) checkSilence(context.Context) {
	all := d.partitions.all()
	lastLive := make([]int64, len(all))
	for i, s := range all {
		s.engine.Lock()
		lastLive[i] = s.stopped.lastLive()
		s.engine.Unlock()
	}
	silent := false
	for i, s := range all {
		s.engine.Lock()
		for other, at := range lastLive {
			if other != i {
				s.stopped.noteOthers(at)
			}
		}
		s.queue.hold(s.stopped.check())
		s.queue.release()
		silent = silent || s.stopped.isSilent()
		s.engine.Unlock()
	}
	var err error
	if silent {
		err = fmt.Errorf("no records for %s", humanize.Duration(d.stopped.set.Silence))
	}
	d.health.Set("input", err)
}

func (s *flowLogsStopped) isSilent() bool { return s != nil && s.silent }
