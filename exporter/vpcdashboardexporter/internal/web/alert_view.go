// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// episode is an alert with what the pages say of it in words.
type episode struct {
	overview.Episode
}

func episodes(list []overview.Episode) []episode {
	out := make([]episode, len(list))
	for i, e := range list {
		out[i] = episode{e}
	}
	return out
}

// SeverityName is unknown where the alert says none.
func (e episode) SeverityName() string { return cmp.Or(e.Severity.String(), "unknown") }

// URL is the path of the alert's own page.
func (e episode) URL() string { return "/alerts/" + url.PathEscape(e.UID) }

// Sentence says what happened, or at least what kind of thing it was.
func (e episode) Sentence() string { return cmp.Or(e.Body, e.Title, e.Rule) }

// Limit writes the threshold; empty where one of what is measured is enough.
func (e episode) Limit() string {
	if e.Threshold <= 1 {
		return ""
	}
	text := "threshold is " + e.amount(e.Threshold)
	if e.Window > 0 {
		text += " in " + seconds(e.Window)
	}
	return text
}

// AmountMeasured writes the measure alone.
func (e episode) AmountMeasured() string { return e.amount(e.Measure) }

// Facts are all fields of the record.
func (e episode) Facts() []fact { return facts(&e.Alert) }

// amount writes a number in the alert's unit.
func (e episode) amount(n int64) string {
	if e.Unit == alert.Bytes {
		return byteCount(positive(n))
	}
	unit := string(e.Unit)
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strings.TrimSpace(exact(positive(n)) + " " + unit)
}

// Target writes what was reached for: an address, a port, or both.
func (e episode) Target() string {
	switch {
	case e.Destination.IsValid() && e.DestinationPort != 0:
		return netip.AddrPortFrom(e.Destination, e.DestinationPort).String()
	case e.Destination.IsValid():
		return e.Destination.String()
	case len(e.Destinations) == 1:
		return e.Destinations[0].String()
	case len(e.Destinations) > 0:
		return e.AtLeast(len(e.Destinations)) + " addresses"
	case e.DestinationPort != 0:
		return "port " + strconv.Itoa(int(e.DestinationPort))
	default:
		return ""
	}
}

// Cut tells whether a list of n entries has lost some. The record says only that one of its lists has, or that the
// measure is a floor; but one that has room is whole.
func (e episode) Cut(n int) bool { return e.Truncated && n >= alert.MaxList }

// AtLeast writes how many are on a list of n entries.
func (e episode) AtLeast(n int) string {
	if e.Cut(n) {
		return strconv.Itoa(n) + " or more"
	}
	return strconv.Itoa(n)
}

// Floor tells whether the measure may be more than is said: the record says that there was more, and no list is cut.
func (e episode) Floor() bool {
	return e.Truncated && !e.Cut(max(len(e.Sources), len(e.Destinations), len(e.DestinationPorts)))
}

// MoreDestinations tells whether the list says more than the one destination.
func (e episode) MoreDestinations() bool {
	return len(e.Destinations) > 1 || len(e.Destinations) == 1 && e.Destinations[0] != e.Destination
}

// MorePorts tells whether the list says more than the one port.
func (e episode) MorePorts() bool {
	return len(e.DestinationPorts) > 1 || len(e.DestinationPorts) == 1 && e.DestinationPorts[0] != e.DestinationPort
}

// Times writes how often the threshold goes into the measure; empty where it is not above.
func (e episode) Times() string {
	if e.Threshold <= 0 || e.Measure <= e.Threshold {
		return ""
	}
	return digits(min(float64(e.Measure)/float64(e.Threshold), 999_999)) + " times that"
}

// Level is the threshold in percent of the measure, or of the threshold itself where the measure is below.
func (e episode) Level() int64 {
	if e.Threshold <= 0 {
		return 0
	}
	return int64(100 * float64(e.Threshold) / float64(max(e.Measure, e.Threshold)))
}

// Roles says how it was told who asked and who answered.
func (e episode) Roles() string {
	switch e.RoleEvidence {
	case alert.ByFlags:
		return "By the TCP flags of the flow: certain."
	case alert.ByPorts:
		return "By the port numbers only: likely, but an answer may have been taken for a request. Log tcp-flags to be certain."
	case alert.ByNone:
		return "Nothing told; the flow was taken as it came. Check which side began before you act."
	default:
		return "Not said in the alert."
	}
}

func positive(n int64) uint64 { return uint64(max(n, 0)) }

var (
	tacticID    = regexp.MustCompile(`^TA\d{4}$`)
	techniqueID = regexp.MustCompile(`^(T\d{4})(?:\.(\d{3}))?$`)
)

const mitre = "https://attack.mitre.org/"

// TacticURL is the tactic's page at MITRE; empty if the id is none of theirs.
func (e episode) TacticURL() string {
	if !tacticID.MatchString(e.Tactic.ID) {
		return ""
	}
	return mitre + "tactics/" + e.Tactic.ID + "/"
}

// techniqueURL is a technique's page at MITRE; empty if the id is none of theirs.
func techniqueURL(id string) string {
	m := techniqueID.FindStringSubmatch(id)
	switch {
	case m == nil:
		return ""
	case m[2] == "":
		return mitre + "techniques/" + m[1] + "/"
	default:
		return mitre + "techniques/" + m[1] + "/" + m[2] + "/"
	}
}
