// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// attackStage is a step of an attack that an alert shows.
type attackStage uint8

// The stages. An attack sequence needs one of the first three.
const (
	accessStage attackStage = iota
	discoveryStage
	lateralStage
	controlStage
	exfiltrationStage
	numStages
)

// String returns the value of the alert attribute.
func (s attackStage) String() string {
	return [numStages]string{"access", "discovery", "lateral", "control", "exfiltration"}[s]
}

// stageRule says which stage the alerts of a rule are for one of their hosts.
type stageRule struct {
	stage attackStage
	host  side
	// applies reports whether the alert is this stage. Nil means always.
	applies func(*attackSequence, *alert.Alert) bool
	// text describes the alert from the view of the host.
	text func(*alert.Alert) string
}

// stageRules are the stages by the id of the rule. The alerts of other rules are no stage. Of an alert with two hosts, the
// host that was accessed comes first.
var stageRules = map[string][]stageRule{
	"remote_service_brute_force": {
		{accessStage, destinationSide, nil, func(a *alert.Alert) string {
			return fmt.Sprintf("accepted %s after %s", a.Source, rejectedAttempts(a))
		}},
		{lateralStage, sourceSide, sourceIsInternal, func(a *alert.Alert) string {
			return fmt.Sprintf("connected to %s port %s after %s", a.Destination, port(a.DestinationPort), rejectedAttempts(a))
		}},
	},
	"malicious_remote_access": {{accessStage, destinationSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("accepted listed address %s", a.Source)
	}}},
	"new_exposed_service": {{accessStage, sourceSide, isSensitive, func(a *alert.Alert) string {
		return fmt.Sprintf("answered %s on port %s", a.Destination, port(a.SourcePort))
	}}},
	"rejected_internal_scan": {{discoveryStage, sourceSide, nil, func(a *alert.Alert) string {
		return "was rejected by " + humanize.Count(a.Measure, "service", "services")
	}}},
	"internal_port_scan":    {{discoveryStage, sourceSide, nil, scannedText}},
	"internal_reject_sweep": {{discoveryStage, sourceSide, nil, rejectedByText}},
	"outbound_scan":         {{discoveryStage, sourceSide, nil, scannedText}},
	"internal_sweep":        {{discoveryStage, sourceSide, nil, scannedText}},
	"new_internal_peer": {{lateralStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("first contact with %s", a.Destination)
	}}},
	"dns_not_over_udp": {{controlStage, sourceSide, destinationIsExternal, func(a *alert.Alert) string {
		return fmt.Sprintf("sent DNS over %s to %s", a.Transport, a.Destination)
	}}},
	"suspicious_destination": {{controlStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("contacted listed address %s", a.Destination)
	}}},
	"failed_callbacks": {{controlStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("failed to connect to %s %s", a.Destination, humanize.Count(a.Measure, "time", "times"))
	}}},
	"long_connection": {{controlStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("stayed connected to %s", a.Destination)
	}}},
	"outbound_flood": {{exfiltrationStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("flooded %s with %s", a.Destination, humanize.Count(a.Measure, "packet", "packets"))
	}}},
	"unusual_country": {{exfiltrationStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("first contact with country %s (%s)", a.DestinationCountry, a.Destination)
	}}},
	"large_outbound_transfer": {{exfiltrationStage, sourceSide, nil, func(a *alert.Alert) string {
		return fmt.Sprintf("sent %s to %s", humanize.Bytes(a.Measure), a.Destination)
	}}},
}

func sourceIsInternal(s *attackSequence, a *alert.Alert) bool { return s.isInternal(a.Source) }

// isSensitive reports whether the alert is about one of the ports that no network should expose.
func isSensitive(s *attackSequence, a *alert.Alert) bool {
	return slices.Contains(s.exposed, int(a.SourcePort))
}

func destinationIsExternal(s *attackSequence, a *alert.Alert) bool {
	return !s.isInternal(a.Destination)
}

func rejectedAttempts(a *alert.Alert) string {
	return humanize.Count(a.Measure, "rejected attempt", "rejected attempts")
}

func scannedText(a *alert.Alert) string {
	return "scanned " + single(a)
}

func rejectedByText(a *alert.Alert) string {
	return "was rejected by " + humanize.Count(a.Measure, "host", "hosts")
}

// single formats the only destination of an alert, or its number of destinations.
func single(a *alert.Alert) string {
	switch {
	case a.Destination.IsValid():
		return a.Destination.String()
	case len(a.Destinations) == 1:
		return a.Destinations[0].String()
	case len(a.Destinations) > 1:
		return fmt.Sprintf("%s and other hosts", a.Destinations[0])
	default:
		return "hosts"
	}
}

// hostOf returns the address of the host that the stage is about.
func (r *stageRule) hostOf(a *alert.Alert) netip.Addr {
	if r.host == destinationSide {
		return a.Destination
	}
	return a.Source
}

// hasEntry reports whether one of the stages is access, discovery or lateral. Traffic from inside to outside alone is no
// sequence.
func hasEntry(steps []step) bool {
	return slices.ContainsFunc(steps, func(s step) bool { return s.stage <= lateralStage })
}

// StageOf returns the stage of an attack that an alert shows for a host, such as access. It is empty if it shows none.
func StageOf(a *alert.Alert, host netip.Addr) string {
	for _, rule := range stageRules[a.Rule] {
		if rule.hostOf(a) == host {
			return rule.stage.String()
		}
	}
	return ""
}
