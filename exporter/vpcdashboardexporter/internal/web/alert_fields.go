// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
)

// fact is a field of an alert's log record by its name there.
type fact struct{ Name, Value string }

// facts are all fields of the alert's record, so that nothing which was said is out of reach.
func facts(a *alert.Alert) []fact {
	resource, record := pcommon.NewResource(), plog.NewLogRecord()
	alertotlp.ToResource(a, resource)
	alertotlp.ToRecord(a, record)
	list := []fact{
		{"Timestamp", utc(record.Timestamp().AsTime())},
		{"SeverityText", record.SeverityText()},
		{"Body", record.Body().Str()},
	}
	if record.ObservedTimestamp() != 0 {
		list = append(list, fact{"ObservedTimestamp", utc(record.ObservedTimestamp().AsTime())})
	}
	for _, attributes := range []pcommon.Map{resource.Attributes(), record.Attributes()} {
		for name, value := range attributes.All() {
			list = append(list, fact{name, value.AsString()})
		}
	}
	return list
}
