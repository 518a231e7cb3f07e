// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// newExposedService detects an internal host that answers an external one on a port for the first time within the retention.
var newExposedService = &Rule{
	ID:        "new_exposed_service",
	Ruleset:   Beyond,
	Title:     "New Externally Reachable Service",
	Category:  "first_seen",
	Severity:  alert.Low,
	Tactic:    initialAccess,
	Technique: externalRemoteServices,
	Related:   []string{"T1190"},
	Impact: "A port of the host has become reachable from outside, and a service answers there. It can be a deployment, a security " +
		"group that is too wide, or a back door.",
	Mitigation: "Find out who opened the port and which service listens on it. If it need not be reachable from outside, restrict " +
		"the security group. Then check what the external address did.",
	Unit: alert.Flows,
	Keys: []string{"retention", "learning_period", "ports"},
	Defaults: Settings{
		Retention: 30 * 24 * time.Hour, LearningPeriod: 7 * 24 * time.Hour,
		Ports: []int{21, 22, 23, 135, 139, 445, 1433, 1521, 2375, 3306, 3389, 5432, 5900, 5985, 6379, 9200, 11211, 27017},
	},

	kind:    FirstSeen,
	match:   Match{Class: toOutside, Role: []string{replyRole}, Action: isAccepted, Protocol: []Protocol{tcp}},
	unless:  func(s *shared, ev *Event) bool { return !s.isServed(ev) },
	key:     byService,
	subject: sourceSide,

	portsOfSource: true,
	severityOf: func(ev *Event, set *Settings) alert.Severity {
		if slices.Contains(set.Ports, int(ev.SrcPort)) {
			return alert.Medium
		}
		return alert.Low
	},
	sentence: func(a *alert.Alert, d details) string {
		return fmt.Sprintf("%s answered external host %s%s on %s port %s, for the first time in %s", a.Source, a.Destination,
			inParentheses(a.DestinationCountry), a.Transport, port(a.SourcePort), humanize.Seconds(d.Retention))
	},
}

// isServed reports whether a reply is from a service that accepted a connection.
func (s *shared) isServed(ev *Event) bool {
	if hasFlags(&ev.Flow) {
		return ev.Flags&(syn|ack) == syn|ack
	}
	return s.services.Has(ev.SrcPort) && !s.services.Has(ev.DstPort) && !refuses(&ev.Flow)
}
