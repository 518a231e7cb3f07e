// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"context"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
)

const (
	// ScopeMetadata is the key of the client metadata with the account of all records of a call.
	ScopeMetadata = "vpc_flow.scope"
	// OriginMetadata is the key of the client metadata with the delivery.Origin of the records.
	OriginMetadata = "vpc_flow.origin"
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
// do not follow each other in their input. Their metadata has the position of the block.
func (s *sender) deliverByAccount(ctx context.Context, in *Input, logs plog.Logs, records int) error {
	parts := splitByAccount(logs)
	for i, part := range parts {
		sent := plog.NewLogs()
		part.logs.CopyTo(sent) // the consumer may modify them
		if err := s.next.ConsumeLogs(withMetadata(ctx, part.metadata(in, records)), sent); err != nil {
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

// metadata returns the account and the origin of the records, if they are known. records is the number of records of the
// block.
func (a *accountLogs) metadata(in *Input, records int) map[string][]string {
	values := map[string][]string{}
	if a.account != "" {
		values[ScopeMetadata] = []string{a.account}
	}
	if in.Track != nil {
		first := in.Checkpoint.Records
		origin := delivery.Origin{Input: delivery.NewInput(string(in.Track.input[:]), a.account), First: first, End: first + int64(records)}
		values[OriginMetadata] = []string{origin.String()}
	}
	return values
}

// withMetadata adds values to the client metadata.
func withMetadata(ctx context.Context, values map[string][]string) context.Context {
	info := client.FromContext(ctx)
	for key := range info.Metadata.Keys() {
		if _, ok := values[key]; !ok {
			values[key] = info.Metadata.Get(key)
		}
	}
	info.Metadata = client.NewMetadata(values)
	return client.NewContext(ctx, info)
}
