// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import "go.opentelemetry.io/collector/pdata/plog"

// group is what the records under one scope of one resource share. names are those of the format.
type group struct{ account, region, names string }

// groups finds the place of a record in the logs that are being made. Most records go where the last one went.
type groups struct {
	logs  plog.Logs
	scope Scope
	// room is how many records the first group makes room for; most blocks have no other.
	room      int
	last      group
	records   plog.LogRecordSlice
	resources map[group]plog.ResourceLogs
	scopes    map[group]plog.LogRecordSlice
}

// reset starts on other logs, of not more than so many records.
func (g *groups) reset(logs plog.Logs, scope Scope, records int) {
	clear(g.resources)
	clear(g.scopes)
	*g = groups{logs: logs, scope: scope, room: records, resources: g.resources, scopes: g.scopes}
}

// find gives the records of a group, which it adds to the logs when it is new.
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
	scope.Attributes().PutStr(keyFormat, key.names)
	scopeLogs.LogRecords().EnsureCapacity(g.room)
	g.room = 0
	g.scopes[key] = scopeLogs.LogRecords()
	return scopeLogs.LogRecords()
}

// resource gives the logs of one account and region.
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
