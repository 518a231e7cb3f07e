// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"maps"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// Add adds the numbers of another engine with the same configuration. The memory limit becomes the sum of both.
func (s *Stats) Add(o *Stats) {
	if len(s.Rules) < len(o.Rules) {
		s.Rules = append(s.Rules, make([]RuleStats, len(o.Rules)-len(s.Rules))...)
	}
	for i := range o.Rules {
		s.Rules[i].add(&o.Rules[i])
	}
	s.Watermarks = greatestOf(s.Watermarks, o.Watermarks)
	s.EvictedScopes += o.EvictedScopes
	s.Hosts += o.Hosts
	s.EvictedHosts += o.EvictedHosts
	s.EvictedInterfaces += o.EvictedInterfaces
	s.Gateways += o.Gateways
	s.EvictedGateways += o.EvictedGateways
	s.Memory = addCounts(s.Memory, o.Memory)
	s.MemoryLimit += o.MemoryLimit
	s.Matches = addCounts(s.Matches, o.Matches)
	s.Ignored = addCounts(s.Ignored, o.Ignored)
	s.Evidence = addCounts(s.Evidence, o.Evidence)
	s.Attempts.sum(&o.Attempts)
	for class := range s.volume {
		for action := range s.volume[class] {
			for role := range s.volume[class][action] {
				v, other := &s.volume[class][action][role], &o.volume[class][action][role]
				v.Flows += other.Flows
				v.Packets += other.Packets
				v.Bytes += other.Bytes
			}
		}
	}
}

func (s *RuleStats) add(o *RuleStats) {
	s.Rule, s.DryRun = o.Rule, o.DryRun
	s.Alerts = addCounts(s.Alerts, o.Alerts)
	for reason, n := range o.Suppressed {
		s.Suppressed[reason] += n
	}
	s.Tracked += o.Tracked
	s.Evicted += o.Evicted
}

func (s *AttemptStats) sum(o *AttemptStats) {
	s.Waiting += o.Waiting
	s.Answers += o.Answers
	s.Answered += o.Answered
	s.Failed += o.Failed
	s.NoAnswersSeen += o.NoAnswersSeen
	s.AnswersEvicted += o.AnswersEvicted
	s.EvictedAttempts += o.EvictedAttempts
	s.EvictedAnswers += o.EvictedAnswers
}

// Totals returns the counters without the numbers that describe the current state. They remain valid when the engine is
// dropped.
func (s *Stats) Totals() Stats {
	total := *s
	total.Rules = append([]RuleStats(nil), s.Rules...)
	for i := range total.Rules {
		total.Rules[i].Tracked = 0
	}
	total.Watermarks, total.Memory, total.MemoryLimit = nil, nil, 0
	total.Hosts, total.Gateways = 0, 0
	total.Attempts.Waiting, total.Attempts.Answers = 0, 0
	return total
}

// Flows returns the number of evaluated flows.
func (s *Stats) Flows() (n int64) {
	for _, v := range s.Volumes {
		n += v.Flows
	}
	return n
}

func addCounts[K string | AlertKind | alert.RoleEvidence](a, b map[K]int64) map[K]int64 {
	sum := make(map[K]int64, len(b))
	maps.Copy(sum, a)
	for key, n := range b {
		sum[key] += n
	}
	return sum
}

func greatestOf(a, b map[string]int64) map[string]int64 {
	greatest := make(map[string]int64, len(b))
	maps.Copy(greatest, a)
	for key, n := range b {
		if before, ok := greatest[key]; !ok || n > before {
			greatest[key] = n
		}
	}
	return greatest
}
