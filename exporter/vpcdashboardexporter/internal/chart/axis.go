// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"math"
	"time"
)

// maxTicks is how many times stand under a chart at most.
const maxTicks = 8

// tickSteps are the distances between times under a chart that are easy to read.
var tickSteps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day,
}

const day = 24 * time.Hour

// ticks returns the text under each point: the time of day or, from midnight on, the date, at round times only.
func ticks(times []time.Time) []string {
	texts := make([]string, len(times))
	if len(times) == 0 {
		return texts
	}
	length := times[len(times)-1].Sub(times[0])
	step := tickSteps[len(tickSteps)-1]
	for _, s := range tickSteps {
		if length/s < maxTicks {
			step = s
			break
		}
	}
	for i, t := range times {
		t = t.UTC()
		round := t.Truncate(step)
		if i > 0 && !times[i-1].Before(round) || i == 0 && !t.Equal(round) {
			continue
		}
		texts[i] = round.Format("15:04")
		if round.Equal(round.Truncate(day)) {
			texts[i] = round.Format("2 Jan")
		}
	}
	return texts
}

// maxLines is how many lines, beside the one at zero, cross a chart at most.
const maxLines = 5

// scale returns a round number that is no less than the greatest value, and how many lines at round numbers there are
// from zero to it.
func scale(greatest uint64) (highest uint64, lines int) {
	step := uint64(1)
	if greatest > maxLines {
		rough := float64(greatest) / maxLines
		magnitude := math.Pow(10, math.Floor(math.Log10(rough)))
		for _, factor := range []float64{1, 2, 5, 10} {
			step = uint64(factor * magnitude)
			if factor*magnitude >= rough {
				break
			}
		}
	}
	steps := max((greatest+step-1)/step, 1)
	return steps * step, int(steps) + 1
}
