// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsf

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

// alerts returns the alerts of the golden files of a folder.
func alerts(t *testing.T, pattern string) (list []*alert.Alert) {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	require.NoError(t, err)
	for _, path := range paths {
		list = append(list, alertsOf(t, path)...)
	}
	require.NotEmpty(t, list)
	return list
}

// alertsOf returns the alerts of a golden file, which may have none.
func alertsOf(t *testing.T, path string) (list []*alert.Alert) {
	t.Helper()
	logs, err := golden.ReadLogs(path)
	require.NoError(t, err)
	for a, err := range alertotlp.All(logs) {
		require.NoError(t, err)
		list = append(list, a)
	}
	return list
}

func encode(t *testing.T, event *Event) []byte {
	t.Helper()
	text, err := json.Marshal(event)
	require.NoError(t, err)
	return text
}

func table(t *testing.T) *schema.Table {
	t.Helper()
	loaded, err := schema.Load()
	require.NoError(t, err)
	require.Equal(t, Version, loaded.Release)
	return &loaded
}

func TestFindingsFollowTheSchema(t *testing.T) {
	all := append(alerts(t, "../alert/otlp/testdata/*.yaml"), alerts(t, "../../processor/vpcdetectionprocessor/testdata/*/expected*.yaml")...)
	for _, a := range all {
		event := encode(t, Finding(a))
		assert.NoError(t, table(t).Validate(event), "%s", event)
	}
}

func TestAnEmptyAlertFollowsTheSchema(t *testing.T) {
	event := encode(t, Finding(&alert.Alert{UID: "1", Status: alert.Opened}))
	assert.NoError(t, table(t).Validate(event), "%s", event)
}

var accepted = flow.Flow{
	Time: 1772323200, Src: netip.MustParseAddr("10.0.1.5"), Dst: netip.MustParseAddr("203.0.113.9"), Local: netip.MustParseAddr("10.0.9.1"),
	SrcPort: 51514, DstPort: 443, Protocol: 6, Flags: 18, FlagsLogged: true, Action: flow.Accept, Direction: flow.Egress, Packets: 3, Bytes: 180,
	Account: "123456789012", Region: "eu-west-1", VPC: "vpc-1", Interface: "eni-1", Instance: "i-1", Subnet: "subnet-1", Zone: "euw1-az1",
}

func TestActivitiesFollowTheSchema(t *testing.T) {
	for name, f := range map[string]flow.Flow{
		"accepted": accepted,
		"rejected": {Time: 1, Src: accepted.Src, Dst: accepted.Dst, Protocol: 17, Action: flow.Reject},
		"no data":  {Time: 1, Status: flow.NoData, Interface: "eni-1", Account: "1"},
		"ICMPv6":   {Time: 1, Src: netip.MustParseAddr("2001:db8::1"), Dst: netip.MustParseAddr("2001:db8::2"), Protocol: 58},
	} {
		event := encode(t, Activity(&f, 2000))
		assert.NoError(t, table(t).Validate(event), "%s: %s", name, event)
	}
	assert.Nil(t, Activity(&flow.Flow{Time: 1}, 0))
}

func TestActivity(t *testing.T) {
	e := Activity(&accepted, 1772323260000)
	assert.Equal(t, 400106, e.TypeUID)
	assert.Equal(t, &endpoint{
		IP: "10.0.1.5", Port: 51514, IntermediateIPs: []string{"10.0.9.1"}, InterfaceUID: "eni-1", InstanceUID: "i-1", VPCUID: "vpc-1", SubnetUID: "subnet-1",
	}, e.SrcEndpoint)
	assert.Equal(t, &endpoint{IP: "203.0.113.9", Port: 443}, e.DstEndpoint)
	assert.Equal(t, &connectionInfo{DirectionID: 2, Direction: "Outbound", ProtocolNum: new(6), ProtocolName: "tcp", TCPFlags: new(18)}, e.ConnectionInfo)
	assert.Equal(t, [3]int64{1772323200000, 1772323200000, 1772323260000}, [3]int64{e.Time, e.StartTime, e.EndTime})
}

func TestAnEpisodeIsOneFinding(t *testing.T) {
	var uids, activities, states []any
	for _, status := range []alert.Status{alert.Opened, alert.Updated, alert.Resolved} {
		e := Finding(&alert.Alert{UID: "u", Status: status, Severity: alert.High, Time: 5, Flows: 3})
		uids, activities, states = append(uids, e.FindingInfo.UID), append(activities, e.ActivityName), append(states, e.Status)
		assert.Equal(t, status != alert.Resolved, *e.IsAlert)
		assert.Equal(t, 4, e.SeverityID)
	}
	assert.Equal(t, []any{"u", "u", "u"}, uids)
	assert.Equal(t, []any{"Create", "Update", "Close"}, activities)
	assert.Equal(t, []any{"New", "In Progress", "Resolved"}, states)
}

func TestASubTechniqueNamesItsTechnique(t *testing.T) {
	got := attackOf(alert.Tactic{ID: "TA0005", Name: "Defense Evasion"}, alert.Technique{ID: "T1562.008", Name: "Disable or Modify Cloud Logs"})
	assert.Equal(t, attack{
		Tactic: &mitre{"TA0005", "Defense Evasion"}, Technique: &mitre{UID: "T1562"}, SubTechnique: &mitre{"T1562.008", "Disable or Modify Cloud Logs"},
	}, got)
}

func TestADryRunIsNoAlert(t *testing.T) {
	e := Finding(&alert.Alert{UID: "u", Status: alert.Opened, DryRun: true})
	assert.False(t, *e.IsAlert)
	assert.Equal(t, "Experimental", e.FindingInfo.Analytic.State)
}

// Each required attribute of each object is removed once.
func TestTheValidatorMissesNoRequiredAttribute(t *testing.T) {
	all := alerts(t, "../../processor/vpcdetectionprocessor/testdata/*/expected*.yaml")
	schemas, removed := table(t), map[string]bool{}
	for _, event := range append([]*Event{Activity(&accepted, 0)}, findings(all)...) {
		text := encode(t, event)
		class := schemas.Classes[fmt.Sprint(event.ClassUID)]
		eachRequired(t, schemas, class, "", text, func(name string, without []byte) {
			removed[name] = true
			assert.Error(t, schemas.Validate(without), name)
		})
	}
	for _, name := range []string{
		"time", "metadata", "metadata.product", "metadata.version", "finding_info", "finding_info.uid", "finding_info.analytic.type_id", "severity_id", "activity_id",
		"type_uid", "class_uid", "category_uid", "cloud", "cloud.provider", "evidences.connection_info.direction_id", "observables.type_id", "remediation.desc",
		"connection_info.direction_id", "osint", "osint.value", "osint.type_id",
	} {
		assert.True(t, removed[name], name)
	}
}

func findings(all []*alert.Alert) (events []*Event) {
	for _, a := range all {
		events = append(events, Finding(a))
	}
	return events
}

// eachRequired calls check with the event without each of its required attributes.
func eachRequired(t *testing.T, s *schema.Table, class schema.Object, _ string, event []byte, check func(name string, without []byte)) {
	t.Helper()
	var root map[string]any
	require.NoError(t, json.Unmarshal(event, &root))
	var walk func(path string, o schema.Object, fields map[string]any)
	walk = func(path string, o schema.Object, fields map[string]any) {
		for name, value := range fields {
			a := o.Attributes[name]
			if a.Required {
				delete(fields, name)
				text, err := json.Marshal(root)
				require.NoError(t, err)
				check(path+name, text)
				fields[name] = value
			}
			list, isList := value.([]any)
			if !isList {
				list = []any{value}
			}
			for _, element := range list {
				if object, ok := element.(map[string]any); ok {
					walk(path+name+".", s.Objects[a.Type], object)
				}
			}
		}
	}
	walk("", class, root)
}
