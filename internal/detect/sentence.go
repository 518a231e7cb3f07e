// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// extent is what a sentence may say beyond what the alert's lists hold.
type extent struct {
	floor   bool   // the measure is at least so much
	hosts   int    // distinct destinations
	reached bool   // one of the flows was accepted
	list    string // the threat list that has the address
	memory  int64  // for how long things are known, in seconds
}

// count writes the measure with the noun it counts: "25 ports", "at least 300 ports".
func (x extent) count(a *alert.Alert, one, many string) string {
	text := number(a.Measure, one, many)
	if x.floor {
		text = "at least " + text
	}
	return text
}

// targets writes where the attempts went: the one address, or how many.
func (x extent) targets(a *alert.Alert, many string) string {
	if x.hosts == 1 {
		return a.Destinations[0].String()
	}
	return strconv.Itoa(x.hosts) + " " + many
}

func number(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + many
}

// span writes how long the evidence took.
func span(a *alert.Alert) string { return "in " + period(max(a.LastSeen-a.FirstSeen, 1)) }

// period writes a number of seconds in the two largest units that it has.
func period(s int64) string {
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return unless(s%60, fmt.Sprintf("%d min", s/60), "s")
	case s < 86400:
		return unless(s%3600/60, fmt.Sprintf("%d h", s/3600), "min")
	default:
		return unless(s%86400/3600, fmt.Sprintf("%d d", s/86400), "h")
	}
}

// unless appends the smaller unit, unless there is none of it.
func unless(rest int64, text, unit string) string {
	if rest == 0 {
		return text
	}
	return fmt.Sprintf("%s %d %s", text, rest, unit)
}

// amount writes bytes as people say them, in decimal units.
func amount(bytes int64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB"}
	value, unit := float64(bytes), 0
	for value >= 1000 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", bytes)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// on writes the destination after what was tried there: the one address, or internal hosts in general.
func on(a *alert.Alert) string {
	if !a.Destination.IsValid() {
		return " on internal hosts"
	}
	return " on " + a.Destination.String()
}

// atPort writes the destination port, where the protocol has one.
func atPort(a *alert.Alert) string {
	if a.DestinationPort == 0 {
		return " over " + a.Transport
	}
	return fmt.Sprintf(" on %s port %d", a.Transport, a.DestinationPort)
}

// times writes how often it happened, where it did more than once.
func times(a *alert.Alert) string {
	if a.Measure == 1 {
		return ""
	}
	return fmt.Sprintf(", %d times %s", a.Measure, span(a))
}

func inCountry(code string) string {
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}
