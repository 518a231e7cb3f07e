// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import "go.opentelemetry.io/collector/pdata/plog"

// Scope is an instrumentation scope.
type Scope struct{ Name, Version string }

// group identifies records with the same resource and scope.
type group struct{ account, region, format string }

// groups finds the place of each record in the logs. It is fastest for a record of the same group as the last one.
type groups struct {
	logs  plog.Logs
	scope Scope
	// capacity is the number of records for which the first group allocates memory. Most blocks have one group.
	capacity  int
	last      group
	records   plog.LogRecordSlice
	resources map[group]plog.ResourceLogs
	scopes    map[group]plog.LogRecordSlice
}

// reset starts on other logs of at most the given number of records.
func (g *groups) reset(logs plog.Logs, scope Scope, records int) {
	clear(g.resources)
	clear(g.scopes)
	*g = groups{logs: logs, scope: scope, capacity: records, resources: g.resources, scopes: g.scopes}
}

// find returns the records of a group. It adds the group to the logs if it is new.
func (g *groups) find(key group) plog.LogRecordSlice {
	if key == g.last {
		return g.records
	}
	records, ok := g.scopes[key]
	if !ok {
		records = g.add(key)
	}
	g.last, g.records = key, records
	return records
}

func (g *groups) add(key group) plog.LogRecordSlice {
	if g.scopes == nil {
		g.resources, g.scopes = map[group]plog.ResourceLogs{}, map[group]plog.LogRecordSlice{}
	}
	scopeLogs := g.resource(group{account: key.account, region: key.region}).ScopeLogs().AppendEmpty()
	scope := scopeLogs.Scope()
	scope.SetName(g.scope.Name)
	scope.SetVersion(g.scope.Version)
	scope.Attributes().PutStr(keyFormat, key.format)
	scopeLogs.LogRecords().EnsureCapacity(g.capacity)
	g.capacity = 0
	g.scopes[key] = scopeLogs.LogRecords()
	return scopeLogs.LogRecords()
}

// resource returns the logs of one account and region.
func (g *groups) resource(key group) plog.ResourceLogs {
	resourceLogs, ok := g.resources[key]
	if ok {
		return resourceLogs
	}
	resourceLogs = g.logs.ResourceLogs().AppendEmpty()
	attributes := resourceLogs.Resource().Attributes()
	attributes.PutStr(keyProvider, "aws")
	if key.account != "" {
		attributes.PutStr(keyAccount, key.account)
	}
	if key.region != "" {
		attributes.PutStr(keyRegion, key.region)
	}
	g.resources[key] = resourceLogs
	return resourceLogs
}
