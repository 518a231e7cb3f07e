// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
)

const (
	// ScopeMetadata is the key of the client metadata with the account of all records of a call.
	ScopeMetadata = "vpc_flow.scope"
	// accountAttribute is the resource attribute with the account.
	accountAttribute = "cloud.account.id"
)

// accountLogs are the records of one account; empty if it is unknown.
type accountLogs struct {
	account string
	logs    plog.Logs
}

// deliverByAccount sends the records of each account in a call of its own. If the consumer refuses some of them, the error
// contains these records and those that were not sent yet. The calls have no position, because the records of an account
// do not follow each other in their input.
func (s *sender) deliverByAccount(ctx context.Context, logs plog.Logs) error {
	parts := splitByAccount(logs)
	for i, part := range parts {
		sent := plog.NewLogs()
		part.logs.CopyTo(sent) // the consumer may modify them
		if err := s.next.ConsumeLogs(withScope(ctx, part.account), sent); err != nil {
			rest := plog.NewLogs()
			for _, part := range parts[i:] {
				part.logs.ResourceLogs().MoveAndAppendTo(rest.ResourceLogs())
			}
			return consumererror.NewLogs(err, rest)
		}
	}
	return nil
}

// splitByAccount divides records by account, in the order in which the accounts appear. The records of an account keep their
// order.
func splitByAccount(logs plog.Logs) (parts []accountLogs) {
	places := map[string]int{}
	for _, resource := range logs.ResourceLogs().All() {
		account := ""
		if value, ok := resource.Resource().Attributes().Get(accountAttribute); ok {
			account = value.AsString()
		}
		place, ok := places[account]
		if !ok {
			place = len(parts)
			places[account] = place
			parts = append(parts, accountLogs{account, plog.NewLogs()})
		}
		resource.MoveTo(parts[place].logs.ResourceLogs().AppendEmpty())
	}
	return parts
}

// withScope adds the account to the client metadata.
func withScope(ctx context.Context, account string) context.Context {
	if account == "" {
		return ctx
	}
	info := client.FromContext(ctx)
	values := map[string][]string{ScopeMetadata: {account}}
	for key := range info.Metadata.Keys() {
		values[key] = info.Metadata.Get(key)
	}
	info.Metadata = client.NewMetadata(values)
	return client.NewContext(ctx, info)
}
