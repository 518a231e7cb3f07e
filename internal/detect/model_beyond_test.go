// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// modelBeyond returns the rules of the second ruleset, without state.
func modelBeyond() []*modelRule {
	outbound := func(m *model, f *flow.Flow) bool { return m.class(f) == "IE" && f.Action == flow.Accept }
	packets := func(f *flow.Flow) uint64 { return f.Packets }
	failed := []string{"failed"}
	return []*modelRule{
		{
			id: "outbound_scan", severity: always(alert.Medium), observe: (*model).window, outcomes: failed, classes: []string{"IE"},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool { return m.class(f) == "IE" },
			order:     []string{"source"},
			value:     func(_ *model, f *flow.Flow) string { return fmt.Sprint(f.Dst, f.DstPort) },
		},
		{
			id: "internal_sweep", severity: always(alert.Medium), observe: (*model).window, outcomes: failed, classes: []string{"II"},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return m.class(f) == "II" && f.Action != flow.Reject
			},
			order: []string{"source", "port"},
			value: func(_ *model, f *flow.Flow) string { return f.Dst.String() },
		},
		{
			id: "failed_callbacks", severity: always(alert.Medium), observe: (*model).window, outcomes: failed, classes: []string{"IE"},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool { return m.class(f) == "IE" },
			order:     []string{"source", "destination", "port"},
			value:     func(_ *model, f *flow.Flow) string { return strconv.Itoa(int(f.SrcPort)) },
		},
		{
			id: "outbound_flood", severity: always(alert.High), observe: (*model).flood, counts: "packets", over: true,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool { return outbound(m, f) && m.role(f) != "reply" },
			order:     []string{"source", "destination"},
			weight:    packets,
			returned:  &modelRule{weight: packets},
		},
		{
			id: "external_sweep", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return m.class(f) == "EI" && f.Action == flow.Accept && m.role(f) == "request" && (f.Protocol == 6 || f.Protocol == 17)
			},
			order: []string{"source", "port"},
			value: func(_ *model, f *flow.Flow) string { return f.Dst.String() },
		},
		{
			id: "new_exposed_service", observe: (*model).firstSeen,
			severity: func(f *flow.Flow, set detect.Settings) alert.Severity {
				if slices.Contains(set.Ports, int(f.SrcPort)) {
					return alert.Medium
				}
				return alert.Low
			},
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				answers := f.Flags&18 == 18
				if !flagsLogged(f) {
					answers = m.service(f.SrcPort) && !m.service(f.DstPort) && !refuses(f)
				}
				return outbound(m, f) && f.Protocol == 6 && m.role(f) == "reply" && answers
			},
			order: []string{"source", "source_port"},
		},
		{
			id: "long_connection", severity: always(alert.Low), observe: (*model).window,
			qualifies: func(m *model, f *flow.Flow, _ detect.Settings) bool {
				return outbound(m, f) && f.Protocol == 6 && m.role(f) == "request" && flagsLogged(f) && f.Flags&7 == 0
			},
			order: []string{"source", "source_port", "destination", "port"},
			value: func(_ *model, f *flow.Flow) string { return strconv.FormatInt(f.Time-f.Time%600, 10) },
		},
		{
			id: "attack_sequence", severity: always(alert.Critical),
			qualifies: func(*model, *flow.Flow, detect.Settings) bool { return false }, // it watches alerts
			order:     []string{"source"},
		},
	}
}

func always(s alert.Severity) func(*flow.Flow, detect.Settings) alert.Severity {
	return func(*flow.Flow, detect.Settings) alert.Severity { return s }
}
