// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"
)

// comparableAlerts returns the alerts in a file that the file exporter wrote, one text for each alert, in their order. The
// texts omit the observed time, because it differs between runs.
func comparableAlerts(written []byte) ([]string, error) {
	var alerts []string
	for line := range bytes.Lines(written) {
		logs, err := (&plog.JSONUnmarshaler{}).UnmarshalLogs(line)
		if err != nil {
			return nil, fmt.Errorf("read alerts: %w", err)
		}
		for _, resource := range logs.ResourceLogs().All() {
			for _, scope := range resource.ScopeLogs().All() {
				for _, record := range scope.LogRecords().All() {
					record.SetObservedTimestamp(0)
					text, err := oneRecord(resource, scope, record)
					if err != nil {
						return nil, err
					}
					alerts = append(alerts, text)
				}
			}
		}
	}
	if len(alerts) == 0 {
		return nil, errors.New("read alerts: there are none")
	}
	return alerts, nil
}

// oneRecord returns the JSON of a record with its resource and scope.
func oneRecord(resource plog.ResourceLogs, scope plog.ScopeLogs, record plog.LogRecord) (string, error) {
	logs := plog.NewLogs()
	r := logs.ResourceLogs().AppendEmpty()
	resource.Resource().CopyTo(r.Resource())
	s := r.ScopeLogs().AppendEmpty()
	scope.Scope().CopyTo(s.Scope())
	record.CopyTo(s.LogRecords().AppendEmpty())
	text, err := (&plog.JSONMarshaler{}).MarshalLogs(logs)
	return string(text), err
}

// sameAlerts returns an error that shows the first difference.
func sameAlerts(got, want []string) error {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Errorf("alert %d of %d is\n%s\nwant\n%s", i+1, len(got), got[i], want[i])
		}
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d alerts, want %d", len(got), len(want))
	}
	return nil
}
