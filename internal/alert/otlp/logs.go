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

// Append adds alerts to logs, with one resource per account and region. It keeps their order within a resource.
// scopeName and scopeVersion identify the emitting component.
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

// All iterates over the alerts in logs. It yields an error for an invalid alert, and skips other log records.
func All(logs plog.Logs) iter.Seq2[*alert.Alert, error] {
	return func(yield func(*alert.Alert, error) bool) {
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, lr := range scope.LogRecords().All() {
					if IsAlert(lr) && !yield(decode(resource.Resource(), lr)) {
						return
					}
				}
			}
		}
	}
}

func decode(resource pcommon.Resource, lr plog.LogRecord) (*alert.Alert, error) {
	a, err := FromRecord(lr)
	if err != nil {
		return nil, err
	}
	if err := FromResource(&a, resource); err != nil {
		return nil, err
	}
	return &a, nil
}

// ToResource adds the cloud provider, account and region of an alert to a resource.
func ToResource(a *alert.Alert, resource pcommon.Resource) {
	w := writer{resource.Attributes()}
	w.text(alert.AttrCloudProvider, alert.CloudProvider)
	w.text(alert.AttrCloudAccount, a.Account)
	w.text(alert.AttrCloudRegion, a.Region)
}

// FromResource sets the account and region of an alert from a resource. See [ToResource].
func FromResource(a *alert.Alert, resource pcommon.Resource) error {
	r := reader{attributes: resource.Attributes()}
	a.Account = r.text(alert.AttrCloudAccount)
	a.Region = r.text(alert.AttrCloudRegion)
	return r.err
}
