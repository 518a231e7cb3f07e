// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import "go.opentelemetry.io/collector/pdata/plog"

// Scope is an instrumentation scope.
type Scope struct{ Name, Version string }

// group identifies records with the same resource and scope.
type group struct{ account, region, format string }

// groups adds records to the logs in their order. A record of another group than the last one starts a new resource or
// scope, even if the logs already have that group: the detections depend on the order of the records.
type groups struct {
	logs  plog.Logs
	scope Scope
	// capacity is the number of records for which the first group allocates memory. Most blocks have one group.
	capacity int
	last     group
	resource plog.ResourceLogs
	records  plog.LogRecordSlice
	started  bool
}

// reset starts on other logs of at most the given number of records.
func (g *groups) reset(logs plog.Logs, scope Scope, records int) {
	*g = groups{logs: logs, scope: scope, capacity: records}
}

// find returns the records of a group, to which the next record is to be added.
func (g *groups) find(key group) plog.LogRecordSlice {
	if !g.started || key != g.last {
		g.start(key)
	}
	return g.records
}

func (g *groups) start(key group) {
	if !g.started || key.account != g.last.account || key.region != g.last.region {
		g.startResource(key)
	}
	scopeLogs := g.resource.ScopeLogs().AppendEmpty()
	scope := scopeLogs.Scope()
	scope.SetName(g.scope.Name)
	scope.SetVersion(g.scope.Version)
	scope.Attributes().PutStr(keyFormat, key.format)
	g.records = scopeLogs.LogRecords()
	g.records.EnsureCapacity(g.capacity)
	g.capacity = 0
	g.last, g.started = key, true
}

// startResource adds the logs of an account and a region.
func (g *groups) startResource(key group) {
	g.resource = g.logs.ResourceLogs().AppendEmpty()
	attributes := g.resource.Resource().Attributes()
	attributes.PutStr(keyProvider, "aws")
	if key.account != "" {
		attributes.PutStr(keyAccount, key.account)
	}
	if key.region != "" {
		attributes.PutStr(keyRegion, key.region)
	}
}
