// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestAppendAddsOneResourcePerAccountAndRegion(t *testing.T) {
	logs := plog.NewLogs()
	Append(logs, "processor", "v1.2.3", []*alert.Alert{
		{UID: "1", Status: alert.Opened, Account: "111", Region: "eu-west-1"},
		{UID: "2", Status: alert.Opened, Account: "222", Region: "eu-west-1"},
		{UID: "3", Status: alert.Opened, Account: "111", Region: "eu-west-1"},
		{UID: "4", Status: alert.Opened, Account: "111", Region: "us-east-1"},
		{UID: "5", Status: alert.Opened},
		{UID: "6", Status: alert.Opened, Account: "222", Region: "eu-west-1"},
	})
	assert.Equal(t, 6, logs.LogRecordCount())

	type group struct {
		resource map[string]any
		uids     []string
	}
	var got []group
	for _, resource := range logs.ResourceLogs().All() {
		g := group{resource: resource.Resource().Attributes().AsRaw()}
		require.Equal(t, 1, resource.ScopeLogs().Len())
		scope := resource.ScopeLogs().At(0)
		assert.Equal(t, "processor", scope.Scope().Name())
		assert.Equal(t, "v1.2.3", scope.Scope().Version())
		for _, lr := range scope.LogRecords().All() {
			a, err := FromRecord(lr)
			require.NoError(t, err)
			g.uids = append(g.uids, a.UID)
		}
		got = append(got, g)
	}
	assert.Equal(t, []group{
		{map[string]any{"cloud.provider": "aws", "cloud.account.id": "111", "cloud.region": "eu-west-1"}, []string{"1", "3"}},
		{map[string]any{"cloud.provider": "aws", "cloud.account.id": "222", "cloud.region": "eu-west-1"}, []string{"2", "6"}},
		{map[string]any{"cloud.provider": "aws", "cloud.account.id": "111", "cloud.region": "us-east-1"}, []string{"4"}},
		{map[string]any{"cloud.provider": "aws"}, []string{"5"}},
	}, got)
}

func TestAppendKeepsExistingRecords(t *testing.T) {
	logs := plog.NewLogs()
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("flow")
	Append(logs, "processor", "v1", nil)
	assert.Equal(t, 1, logs.ResourceLogs().Len(), "no resource without an alert")
	Append(logs, "processor", "v1", []*alert.Alert{{Status: alert.Opened}})
	require.Equal(t, 2, logs.ResourceLogs().Len())
	flow := logs.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	assert.Equal(t, 1, flow.Len())
	assert.False(t, IsAlert(flow.At(0)))
	assert.True(t, IsAlert(logs.ResourceLogs().At(1).ScopeLogs().At(0).LogRecords().At(0)))
}

func TestAllSkipsOtherRecords(t *testing.T) {
	logs := plog.NewLogs()
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("flow")
	Append(logs, "processor", "v1", []*alert.Alert{{UID: "1", Status: alert.Opened, Account: "111"}, {UID: "2", Status: alert.Resolved}})
	var got []string
	for a, err := range All(logs) {
		require.NoError(t, err)
		got = append(got, a.UID+" "+a.Account)
	}
	assert.Equal(t, []string{"1 111", "2 "}, got)
}

func TestAllContinuesAfterAnInvalidAlert(t *testing.T) {
	logs := plog.NewLogs()
	Append(logs, "processor", "v1", []*alert.Alert{{UID: "1"}, {UID: "2", Status: alert.Opened}, {UID: "3", Status: alert.Opened, Account: "111"}})
	logs.ResourceLogs().At(1).Resource().Attributes().PutInt(alert.AttrCloudAccount, 111)
	var uids, errs []string
	for a, err := range All(logs) {
		if err != nil {
			assert.Nil(t, a)
			errs = append(errs, err.Error())
			continue
		}
		uids = append(uids, a.UID)
	}
	assert.Equal(t, []string{"2"}, uids)
	assert.Equal(t, []string{
		`alert: vpc_flow.alert.status is "", must be opened, updated or resolved`,
		`alert: cloud.account.id is "111", must be of type Str`,
	}, errs)
}

func TestAllStopsAtBreak(t *testing.T) {
	logs := plog.NewLogs()
	Append(logs, "processor", "v1", []*alert.Alert{{UID: "1", Status: alert.Opened}, {UID: "2", Status: alert.Opened}})
	seen := 0
	for range All(logs) {
		seen++
		break
	}
	assert.Equal(t, 1, seen)
}

func TestToResourceKeepsExistingAttributes(t *testing.T) {
	resource := pcommon.NewResource()
	resource.Attributes().PutStr("team", "network")
	ToResource(&alert.Alert{Account: "111"}, resource)
	assert.Equal(t, map[string]any{"team": "network", "cloud.provider": "aws", "cloud.account.id": "111"},
		resource.Attributes().AsRaw())
}
