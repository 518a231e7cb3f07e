// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// only gives the one resource and scope of logs, and their records.
func only(logs plog.Logs) (pcommon.Resource, pcommon.InstrumentationScope, plog.LogRecordSlice) {
	resourceLogs := logs.ResourceLogs().At(0)
	scopeLogs := resourceLogs.ScopeLogs().At(0)
	return resourceLogs.Resource(), scopeLogs.Scope(), scopeLogs.LogRecords()
}
