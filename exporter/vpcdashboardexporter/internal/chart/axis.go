// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"math"
	"time"
)

// maxTicks is the largest number of labels on the time axis.
const maxTicks = 8

const day = 24 * time.Hour

// tickSteps are round distances between two labels on the time axis.
var tickSteps = []time.Duration{
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
	day, 2 * day, 7 * day, 14 * day, 28 * day, 91 * day, 364 * day,
}

// tickLabels returns the label of each time step, empty for most. Labels are at round times: the time of day, or the
// date at midnight, both in UTC.
func tickLabels(times []time.Time) []string {
	labels := make([]string, len(times))
	if len(times) == 0 {
		return labels
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
		labels[i] = round.Format("15:04")
		if round.Equal(round.Truncate(day)) {
			labels[i] = round.Format("2 Jan")
		}
	}
	return labels
}

// maxIntervals is the largest number of intervals of the value axis.
const maxIntervals = 5

// niceScale returns a round interval between the lines of the value axis. It also returns how many intervals are needed
// to reach highest.
func niceScale(highest float64) (interval float64, count int) {
	interval = 1
	if highest > maxIntervals {
		rough := highest / maxIntervals
		magnitude := math.Pow(10, math.Floor(math.Log10(rough)))
		for _, factor := range []float64{1, 2, 5, 10} {
			interval = factor * magnitude
			if interval >= rough {
				break
			}
		}
	}
	return interval, int(max(math.Ceil(highest/interval), 1))
}
