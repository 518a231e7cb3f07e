// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

// maxSeconds is the largest time that counts as seconds. Larger times count as milliseconds.
const maxSeconds = 1 << 33

// MaxTime is the largest accepted time: maxSeconds in milliseconds, in the year 2242.
const MaxTime = maxSeconds * 1000

// Seconds converts a time in seconds or milliseconds to seconds, rounded down.
func Seconds(time int64) int64 {
	if time > maxSeconds {
		return time / 1000
	}
	return time
}

// nanoseconds converts a time in seconds or milliseconds to nanoseconds.
func nanoseconds(time int64) int64 {
	if time > maxSeconds {
		return time * 1e6
	}
	return time * 1e9
}
