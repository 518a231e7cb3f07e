// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// customSentence writes the sentence of a custom rule from its kind, key and measure.
func (r *Rule) customSentence(a *alert.Alert, d details) string {
	switch r.kind {
	case Each:
		return "Traffic" + flowOf(a) + repeated(a) + unlessAccepted(a)
	case FirstSeen:
		return "First traffic" + r.keyOf(a, d) + " in " + humanize.Seconds(d.Retention) + ":" + strings.TrimPrefix(flowOf(a), " from")
	case Sum:
		amount := d.count(a, "packet", "packets")
		if a.Unit == alert.Bytes {
			amount = humanize.Bytes(measure(a))
		}
		return "Traffic" + r.keyOf(a, d) + " had " + amount + in(a)
	case Distinct:
		return "Traffic" + r.keyOf(a, d) + " had " + r.values(a, d) + in(a)
	default:
		return "Traffic" + r.keyOf(a, d) + " reached " + a.Destination.String() + onPort(a) + " after it had " + r.values(a, d) + in(a)
	}
}

// flowOf formats the flow of an alert: " from 10.0.0.1 to 10.0.0.2 on tcp port 22 (SSH)".
func flowOf(a *alert.Alert) string {
	return " from " + a.Source.String() + " to " + a.Destination.String() + onPort(a)
}

// keyOf formats the parts of the key: " from 10.0.0.1 on port 22 (SSH)".
func (r *Rule) keyOf(a *alert.Alert, d details) string {
	var text strings.Builder
	for i, p := range r.key {
		value := ""
		if i < len(d.Key) {
			value = d.Key[i]
		}
		switch p {
		case sourcePart:
			text.WriteString(" from " + value)
		case destinationPart:
			text.WriteString(" to " + value)
		case portPart:
			if number, err := strconv.ParseUint(value, 10, 16); err == nil {
				value = port(uint16(number))
			}
			text.WriteString(" on port " + value)
		case sourcePortPart:
			text.WriteString(" from source port " + value)
		case protocolPart:
			text.WriteString(" over " + value)
		case countryPart:
			preposition := " to "
			if a.SourceCountry == value {
				preposition = " from "
			}
			text.WriteString(preposition + value)
		case interfacePart:
			text.WriteString(" at " + value)
		case vpcPart:
			text.WriteString(" in " + value)
		}
	}
	return text.String()
}

// values formats how many values the rule has counted: "25 different ports".
func (r *Rule) values(a *alert.Alert, d details) string {
	if len(r.count) > 1 {
		words := make([]string, len(r.count))
		for i, p := range r.count {
			words[i] = p.noun(false)
		}
		of := " of " + strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
		return d.count(a, "combination"+of, "different combinations"+of)
	}
	return d.count(a, r.count[0].noun(false), "different "+r.count[0].noun(true))
}

// noun returns the word for the part in a sentence.
func (p Part) noun(plural bool) string {
	switch {
	case p == vpcPart && plural:
		return "VPCs"
	case p == vpcPart:
		return "VPC"
	case p == countryPart && plural:
		return "countries"
	}
	text := strings.ReplaceAll(string(p), "_", " ")
	if plural {
		text += "s"
	}
	return text
}

// isPart reports whether a word names a part.
func isPart(p Part) bool { return slices.Contains(partOrder[:], p) }
