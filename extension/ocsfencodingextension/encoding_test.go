// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsfencodingextension

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	flowotlp "github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConfig(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
}

const lines = "2 123456789012 eni-1 10.0.1.5 203.0.113.9 51514 443 6 12 6000 1772323200 1772323260 ACCEPT OK\n" +
	"2 123456789012 eni-1 203.0.113.7 10.0.1.5 50000 22 6 1 40 1772323200 1772323260 REJECT OK\n"

// sample returns an alert, two flow log records and a record of another program.
func sample(emit flowotlp.Emit) plog.Logs {
	decoder := flowotlp.Decoder{Emit: emit}
	logs, _, _ := decoder.Decode(flow.Default, "", []byte(lines), pcommon.Timestamp(0))
	alertotlp.Append(logs, "scope", "", []*alert.Alert{{
		UID: "0f1e", Status: alert.Opened, Severity: alert.High, Time: 1772323200, Rule: "external_port_scan", Title: "Port scan", Flows: 2,
		Source: netip.MustParseAddr("203.0.113.7"), Body: "a & b <c>",
	}})
	logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Body().SetStr("something else")
	return logs
}

func TestMarshalLogs(t *testing.T) {
	table, err := schema.Load()
	require.NoError(t, err)
	for name, emit := range map[string]flowotlp.Emit{"attributes": flowotlp.EmitAttributes, "lines": flowotlp.EmitLines, "blocks": flowotlp.EmitBlocks} {
		t.Run(name, func(t *testing.T) {
			core, logged := observer.New(zap.WarnLevel)
			set := extensiontest.NewNopSettings(componentType)
			set.Logger = zap.New(core)
			extension, err := NewFactory().Create(t.Context(), set, createDefaultConfig())
			require.NoError(t, err)
			require.NoError(t, extension.Start(t.Context(), componenttest.NewNopHost()))
			text, err := extension.(plog.Marshaler).MarshalLogs(sample(emit))
			require.NoError(t, err)
			var classes []any
			for line := range bytes.SplitSeq(text, []byte{'\n'}) {
				require.NoError(t, table.Validate(line), "%s", line)
				var event map[string]any
				require.NoError(t, json.Unmarshal(line, &event))
				classes = append(classes, event["type_uid"])
			}
			assert.Equal(t, []any{200401.0, 400106.0, 400105.0}, classes)
			assert.Contains(t, string(text), "a & b <c>")
			assert.Equal(t, 1, logged.Len())
			require.NoError(t, extension.Shutdown(t.Context()))
		})
	}
}

func TestAnInvalidAlertIsLeftOut(t *testing.T) {
	logs := sample(flowotlp.EmitAttributes)
	for _, resource := range logs.ResourceLogs().All() {
		for _, record := range resource.ScopeLogs().At(0).LogRecords().All() {
			if alertotlp.IsAlert(record) {
				record.Attributes().PutStr(alert.AttrSource, "nowhere")
			}
		}
	}
	e := &encoding{logger: zap.NewNop()}
	text, err := e.MarshalLogs(logs)
	require.NoError(t, err)
	assert.Equal(t, 1, bytes.Count(text, []byte{'\n'}))
}

func TestNothingToMarshal(t *testing.T) {
	e := &encoding{logger: zap.NewNop()}
	text, err := e.MarshalLogs(plog.NewLogs())
	require.NoError(t, err)
	assert.Empty(t, text)
}
