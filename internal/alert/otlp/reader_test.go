// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestFromRecordNamesInvalidAttribute(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(plog.LogRecord)
		want   string
	}{
		{
			"another event", func(lr plog.LogRecord) { lr.SetEventName("login") },
			`not an alert: the event name is "login", not "vpc_flow.alert"`,
		},
		{
			"no event", func(lr plog.LogRecord) { lr.SetEventName("") },
			`not an alert: the event name is "", not "vpc_flow.alert"`,
		},
		{
			"an unknown status", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrStatus, "closed") },
			`alert: vpc_flow.alert.status is "closed", must be opened, updated or resolved`,
		},
		{
			"no status", func(lr plog.LogRecord) { lr.Attributes().Remove(alert.AttrStatus) },
			`alert: vpc_flow.alert.status is "", must be opened, updated or resolved`,
		},
		{
			"an AS number of more than 32 bits", func(lr plog.LogRecord) { lr.Attributes().PutInt(alert.AttrSourceASNumber, 1<<32) },
			`alert: source.as.number is "4294967296", must be from 0 to 4294967295`,
		},
		{
			"a number in place of a text", func(lr plog.LogRecord) { lr.Attributes().PutInt(alert.AttrRule, 3) },
			`alert: security_rule.uuid is "3", must be of type Str`,
		},
		{
			"a text in place of a number", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrMeasure, "25") },
			`alert: vpc_flow.alert.measure is "25", must be of type Int`,
		},
		{
			"a text in place of a flag", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrTruncated, "yes") },
			`alert: vpc_flow.alert.truncated is "yes", must be of type Bool`,
		},
		{
			"a source that is not an address", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrSource, "10.0.0") },
			`alert: source.address is "10.0.0", must be an IP address without a zone`,
		},
		{
			"an entry that is not a CIDR", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrIndicatorEntry, "10.0.0.1") },
			`alert: threat.indicator.name is "10.0.0.1", must be a CIDR`,
		},
		{
			"a port one too high", func(lr plog.LogRecord) { lr.Attributes().PutInt(alert.AttrDestinationPort, 65536) },
			`alert: destination.port is "65536", must be a port number`,
		},
		{
			"a port one too low", func(lr plog.LogRecord) { lr.Attributes().PutInt(alert.AttrDestinationPort, -1) },
			`alert: destination.port is "-1", must be a port number`,
		},
		{
			"a text in place of a list", func(lr plog.LogRecord) { lr.Attributes().PutStr(alert.AttrSamples, "a, b") },
			`alert: vpc_flow.alert.sample is "a, b", must be of type Slice`,
		},
		{"a list with an entry of another type", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrDestinationPorts).AppendEmpty().SetStr("ssh")
		}, `alert: vpc_flow.alert.destination_ports is "ssh", must be of type Int`},
		{"a list with an entry that is not an address", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrDestinations).AppendEmpty().SetStr("host")
		}, `alert: vpc_flow.alert.destinations is "host", must be an IP address without a zone`},
		{"a target that is not an address", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrAcceptedTargets).AppendEmpty().SetStr("10.0.0.1:ssh")
		}, `alert: vpc_flow.alert.accepted_targets is "10.0.0.1:ssh", must be an IP address without a zone, with or without a port`},
		{"a target with a zone", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrAcceptedTargets).AppendEmpty().SetStr("[fe80::1%eth0]:22")
		}, `alert: vpc_flow.alert.accepted_targets is "[fe80::1%eth0]:22", must be an IP address without a zone, with or without a port`},
		{"an address with a zone, which can be any text", func(lr plog.LogRecord) {
			lr.Attributes().PutStr(alert.AttrSource, "fe80::1%eth0")
		}, `alert: source.address is "fe80::1%eth0", must be an IP address without a zone`},
		{"a number below zero", func(lr plog.LogRecord) {
			lr.Attributes().PutInt(alert.AttrMeasure, -1)
		}, `alert: vpc_flow.alert.measure is "-1", must be a number of at least 0`},
		{"a time after the year 9999", func(lr plog.LogRecord) {
			lr.Attributes().PutInt(alert.AttrFirstSeen, maxTime+1)
		}, `alert: vpc_flow.alert.first_seen is "253402300800", must be a number of seconds from 0 to the year 9999`},
		{"a window below zero", func(lr plog.LogRecord) {
			lr.Attributes().PutInt(alert.AttrWindow, -1)
		}, `alert: vpc_flow.alert.window_seconds is "-1", must be a number of seconds from 0 to the year 9999`},
		{"a long text, truncated in the error", func(lr plog.LogRecord) {
			lr.Attributes().PutStr(alert.AttrImpact, strings.Repeat("x", maxText+1))
		}, `alert: vpc_flow.alert.impact is "` + strings.Repeat("x", 100) + `", must be of at most 4096 bytes`},
		{"a long body", func(lr plog.LogRecord) {
			lr.Body().SetStr(strings.Repeat("x", maxText+1))
		}, `alert: body is "` + strings.Repeat("x", 100) + `", must be of at most 4096 bytes`},
		{"a long map as the body", func(lr plog.LogRecord) {
			lr.Body().SetEmptyMap().PutStr("x", strings.Repeat("x", maxText))
		}, `alert: body is "{\"x\":\"` + strings.Repeat("x", 94) + `", must be of at most 4096 bytes`},
		{"a long stage, truncated in the error", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrStages).AppendEmpty().SetStr(strings.Repeat("x", maxText+1))
		}, `alert: vpc_flow.alert.stages is "` + strings.Repeat("x", 100) + `", must be of at most 4096 bytes`},
		{"a related alert that is no text", func(lr plog.LogRecord) {
			lr.Attributes().PutEmptySlice(alert.AttrRelated).AppendEmpty().SetInt(1)
		}, `alert: vpc_flow.alert.related is "1", must be of type Str`},
		{"two errors, the first one is returned", func(lr plog.LogRecord) {
			lr.Attributes().PutInt(alert.AttrUID, 1)
			lr.Attributes().PutStr(alert.AttrBytes, "many")
		}, `alert: log.record.uid is "1", must be of type Str`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lr := validRecord()
			_, err := FromRecord(lr)
			require.NoError(t, err, "the record is valid before the change")
			tt.change(lr)
			_, err = FromRecord(lr)
			assert.EqualError(t, err, tt.want)
		})
	}
}

func TestFromRecordIgnoresOtherAttributes(t *testing.T) {
	lr := validRecord()
	want, err := FromRecord(lr)
	require.NoError(t, err)
	lr.Attributes().PutStr("team", "network")
	lr.SetSeverityNumber(plog.SeverityNumberError3)
	got, err := FromRecord(lr)
	require.NoError(t, err)
	assert.Equal(t, want, got)
}

func TestFromRecordAcceptsHighestPort(t *testing.T) {
	lr := validRecord()
	lr.Attributes().PutInt(alert.AttrDestinationPort, 65535)
	got, err := FromRecord(lr)
	require.NoError(t, err)
	assert.Equal(t, uint16(65535), got.DestinationPort)
}

func TestFromRecordAcceptsBodyOfAnyType(t *testing.T) {
	lr := validRecord()
	lr.Body().SetEmptyMap().PutStr("text", "scan")
	got, err := FromRecord(lr)
	require.NoError(t, err)
	assert.JSONEq(t, `{"text":"scan"}`, got.Body)
}

func TestFromResourceNamesInvalidAttribute(t *testing.T) {
	resource := pcommon.NewResource()
	resource.Attributes().PutInt(alert.AttrCloudAccount, 123456789012)
	assert.EqualError(t, FromResource(&alert.Alert{}, resource),
		`alert: cloud.account.id is "123456789012", must be of type Str`)
}

func validRecord() plog.LogRecord {
	lr := plog.NewLogRecord()
	ToRecord(&alert.Alert{Status: alert.Opened, Severity: alert.High, Rule: "internal_port_scan"}, lr)
	return lr
}

func TestFromRecordAcceptsValuesAtTheLimits(t *testing.T) {
	lr := plog.NewLogRecord()
	ToRecord(&alert.Alert{Status: alert.Opened}, lr)
	lr.Body().SetStr(strings.Repeat("x", maxText))
	lr.Attributes().PutInt(alert.AttrLastSeen, maxTime)
	for _, name := range []string{alert.AttrSamples, alert.AttrStages, alert.AttrRelated} {
		list := lr.Attributes().PutEmptySlice(name)
		for range alert.MaxList + 1 {
			list.AppendEmpty().SetStr("text")
		}
	}
	a, err := FromRecord(lr)
	require.NoError(t, err)
	assert.Len(t, a.Body, maxText)
	assert.EqualValues(t, maxTime, a.LastSeen)
	assert.Len(t, a.Samples, alert.MaxList)
	assert.Len(t, a.Stages, alert.MaxList)
	assert.Len(t, a.Related, alert.MaxList)
}
