// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// field is a field of an alert's log record.
type field struct{ Name, Value string }

// recordFields returns all fields of the alert's log record.
func recordFields(a *alert.Alert) []field {
	resource, record := pcommon.NewResource(), plog.NewLogRecord()
	alertotlp.ToResource(a, resource)
	alertotlp.ToRecord(a, record)
	list := []field{
		{"Timestamp", humanize.Time(record.Timestamp().AsTime())},
		{"SeverityText", record.SeverityText()},
		{"Body", record.Body().Str()},
	}
	if record.ObservedTimestamp() != 0 {
		list = append(list, field{"ObservedTimestamp", humanize.Time(record.ObservedTimestamp().AsTime())})
	}
	for _, attributes := range []pcommon.Map{resource.Attributes(), record.Attributes()} {
		for name, value := range attributes.All() {
			list = append(list, field{name, value.AsString()})
		}
	}
	return list
}
