// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// externalPortScan finds an address outside that tries many ports, whether they answer or not. By default the
// ports count over all hosts that one source tries. What a server answers to its many clients are replies and do not count.
var externalPortScan = &Rule{
	ID:        "external_port_scan",
	Title:     "Potential Port Scanning Detected (External to Internal)",
	Category:  "scan",
	Severity:  alert.Low,
	Tactic:    reconnaissance,
	Technique: activeScanning,
	Related:   []string{"T1595.001"},
	Impact: "Somebody outside is finding out which ports are open and what listens there, to pick a weakness to use. " +
		"The Internet does this to every public address; what counts is what it found.",
	Mitigation: "See which of the ports were accepted and whether those services should be public at all; close the rest. " +
		"Block the source if it persists, and put scanners you have asked for on the ignore list.",
	Unit:     alert.Ports,
	Keys:     []string{"threshold", "window", "quiet_period", "group_by"},
	Defaults: Settings{Threshold: 20, Window: 10 * time.Minute, QuietPeriod: 6 * time.Hour, GroupBy: BySource},

	classes: []network.Class{network.ExternalToInternal},
	sentence: func(a *alert.Alert, x extent) string {
		return fmt.Sprintf("External host %s tried %s%s %s", a.Source, x.count(a, "port", "different ports"), on(a), span(a))
	},
	build: func(b base) observer {
		return newDistinct(b, b.set.GroupBy == BySourceDestination, destinationPort, requestOverPorts)
	},
}
