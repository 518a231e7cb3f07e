// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "time"

// rhythm returns how busy a kind of traffic is at a Unix time, from 0 to 1.
type rhythm func(t int64) float64

const day = 24 * time.Hour

func constantly(int64) float64 { return 1 }

// officeHours rises from 7:00 to 10:00, dips at noon and falls from 16:00 to 19:00 on working days. A few people work at
// other times.
func officeHours(t int64) float64 {
	const overtime = 0.02
	if weekend(t) {
		return overtime
	}
	curve := [24]float64{7: 0.2, 8: 0.6, 9: 0.9, 10: 1, 11: 1, 12: 0.7, 13: 0.8, 14: 1, 15: 1, 16: 0.8, 17: 0.5, 18: 0.2}
	return max(overtime, curve[hour(t)])
}

// shoppers is low at night and highest in the evening, and higher on weekends.
func shoppers(t int64) float64 {
	curve := [24]float64{
		0.2, 0.12, 0.08, 0.06, 0.06, 0.1, 0.2, 0.35, 0.45, 0.5, 0.55, 0.6,
		0.65, 0.6, 0.55, 0.55, 0.6, 0.7, 0.8, 0.95, 1, 0.9, 0.65, 0.4,
	}
	busy := curve[hour(t)]
	if weekend(t) {
		return min(1, busy*1.2)
	}
	return busy * 0.85
}

func hour(t int64) int64 { return t % 86400 / 3600 }

func weekend(t int64) bool {
	weekday := (t/86400 + 4) % 7 // 1 January 1970 was a Thursday
	return weekday == 0 || weekday == 6
}
