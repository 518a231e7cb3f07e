// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package otlp converts alerts to OpenTelemetry log records and back.
package otlp

import (
	"iter"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// ToResource writes what an alert and the flows behind it say about where they come from.
func ToResource(a *alert.Alert, resource pcommon.Resource) {
	w := writer{resource.Attributes()}
	w.text(alert.AttrCloudProvider, alert.CloudProvider)
	w.text(alert.AttrCloudAccount, a.Account)
	w.text(alert.AttrCloudRegion, a.Region)
}

// FromResource takes over what [ToResource] wrote.
func FromResource(a *alert.Alert, resource pcommon.Resource) error {
	r := reader{attributes: resource.Attributes()}
	a.Account = r.text(alert.AttrCloudAccount)
	a.Region = r.text(alert.AttrCloudRegion)
	return r.err
}

// Append adds the alerts to the logs, those of one account and region under one resource, otherwise in their order.
// The scope is that of the component which emits them.
func Append(logs plog.Logs, scopeName, scopeVersion string, alerts []*alert.Alert) {
	type origin struct{ account, region string }
	records := map[origin]plog.LogRecordSlice{}
	for _, a := range alerts {
		key := origin{a.Account, a.Region}
		slice, ok := records[key]
		if !ok {
			resource := logs.ResourceLogs().AppendEmpty()
			ToResource(a, resource.Resource())
			scope := resource.ScopeLogs().AppendEmpty()
			scope.Scope().SetName(scopeName)
			scope.Scope().SetVersion(scopeVersion)
			slice = scope.LogRecords()
			records[key] = slice
		}
		ToRecord(a, slice.AppendEmpty())
	}
}

// All returns the alerts among the logs. A record that claims to be an alert and is none comes with an error.
func All(logs plog.Logs) iter.Seq2[*alert.Alert, error] {
	return func(yield func(*alert.Alert, error) bool) {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, lr := range scope.LogRecords().All() {
					if IsAlert(lr) && !yield(read(resource.Resource(), lr)) {
						return
					}
				}
			}
		}
	}
}

func read(resource pcommon.Resource, lr plog.LogRecord) (*alert.Alert, error) {
	a, err := FromRecord(lr)
	if err != nil {
		return nil, err
	}
	if err := FromResource(&a, resource); err != nil {
		return nil, err
	}
	return &a, nil
}
