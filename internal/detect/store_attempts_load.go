// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

// loadAttempts restores the attempts and their answers.
func (e *Engine) loadAttempts(get func(string) ([]byte, error)) error {
	if len(e.judges) == 0 {
		return nil
	}
	attempts, answers := dividedState{id: attemptsKey}, dividedState{id: answersKey}
	for _, s := range e.judges {
		attempts.parts = append(attempts.parts, s.judge.attempts.log)
		answers.parts = append(answers.parts, s.judge.answers.log)
	}
	attempts.former = func(number int) (parts []saver) {
		for i := range number {
			parts = append(parts, newAttempts(&e.config, i, number, &e.judges[0].progress).log)
		}
		return parts
	}
	answers.former = func(number int) (parts []saver) {
		for i := range number {
			parts = append(parts, newAnswers(&e.config, i, number, &e.judges[0].progress).log)
		}
		return parts
	}
	if err := e.load(attempts, get); err != nil {
		return err
	}
	if err := e.load(answers, get); err != nil {
		return err
	}
	for _, s := range e.judges {
		s.judge.restored(e.scopes)
	}
	e.budget.check()
	return nil
}

// restored orders what was loaded. If max_attempts is lower than before, the earliest are evicted.
func (j *judge) restored(s *scopes) {
	j.attempts.progress.each(func(p *progress) {
		if scope := s.byID[p.answers.scope]; scope != nil {
			p.answers.evicted = scope.evictedAnswer
		}
	})
	j.attempts.relink()
	for j.attempts.table.Len() > j.attempts.limit {
		j.attempts.evict()
	}
	j.answers.relink()
	for j.answers.count > j.answers.limit {
		j.answers.evict()
	}
}

// noteEvictedAnswers collects the times of evicted answers from the shards, to save them.
func (e *Engine) noteEvictedAnswers() {
	for _, s := range e.judges {
		for id, p := range s.progress.byID {
			if scope := e.scopes.byID[id]; scope != nil {
				scope.evictedAnswer = max(scope.evictedAnswer, p.answers.evicted)
			}
		}
	}
}
