// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import "github.com/vpcflow/otelcol-vpcflow/internal/network"

// addJudges prepares the shards for the enabled rules on attempts. Attempts are divided like the rules on them. If the state
// of one of these rules is not divided, all attempts are in the first shard.
func (e *Engine) addJudges() {
	e.judges = nil
	for _, rule := range e.config.rules() {
		set := e.config.settings(rule)
		if !set.Enabled {
			continue
		}
		kinds := rule.kinds(&set)
		for class := network.ExternalToInternal; class < numClasses; class++ {
			if kinds&judgedKindsOf(class) != 0 {
				e.attempts[class], e.judges = true, e.shards
			}
		}
	}
	e.judges = e.judges[:min(len(e.judges), e.judgesOf(len(e.shards)))]
	for number, s := range e.judges {
		s.judge = newJudge(&e.config, number, len(e.judges), &s.progress)
	}
	e.budget.add(attemptsKey, weightOfRule, attemptParts(e.judges)...)
	e.budget.add(answersKey, weightOfRule, answerParts(e.judges)...)
}

// judgesOf returns how many of a number of shards keep attempts.
func (e *Engine) judgesOf(shards int) int {
	for _, rule := range e.config.rules() {
		if set := e.config.settings(rule); set.Enabled && rule.judges(&set) && rule.isUndivided(&set, shards) {
			return 1
		}
	}
	return shards
}

// kinds returns the kinds of flows and judged attempts that a rule evaluates.
func (r *Rule) kinds(set *Settings) kindSet {
	match := r.matchFor(set, false)
	kinds := match.kinds(true)
	if r.then != nil {
		match = r.matchFor(set, true)
		kinds |= match.kinds(true)
	}
	return kinds
}

// judges reports whether the rule evaluates judged attempts.
func (r *Rule) judges(set *Settings) bool {
	for class := range network.Class(numClasses) {
		if r.kinds(set)&judgedKindsOf(class) != 0 {
			return true
		}
	}
	return false
}

// isUndivided reports whether the whole state of the rule is in the first shard.
func (r *Rule) isUndivided(set *Settings, shards int) bool {
	return r.wholeScope || set.MaxKeys < minKeys*shards
}

// wants reports whether a rule asks for an attempt, or for the attempts that a flow answers.
func (e *Engine) wants(ev *Event) bool {
	if ev.attempt == isAttempt {
		return e.attempts[ev.class]
	}
	return e.attempts[opposites[ev.class]]
}

// dropEvicted drops the state of scopes that were evicted.
func (s *shard) dropEvicted(known *scopes) {
	if s.judge != nil {
		for id, p := range s.progress.byID {
			if known.byID[id] == nil {
				s.judge.dropScope(p)
			}
		}
	}
	s.progress.dropEvicted(known)
}

// dropScope drops all attempts and answers of a scope.
func (j *judge) dropScope(p *progress) {
	for !p.waiting.isEmpty() {
		j.attempts.drop(p.waiting.first(), &p.waiting)
	}
	for !p.answers.isEmpty() {
		j.answers.remove(p.answers.first(), &p.answers)
	}
}

func attemptParts(judges []*shard) (parts []bounded) {
	for _, s := range judges {
		parts = append(parts, s.judge.attempts)
	}
	return parts
}

func answerParts(judges []*shard) (parts []bounded) {
	for _, s := range judges {
		parts = append(parts, s.judge.answers)
	}
	return parts
}
