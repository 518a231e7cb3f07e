// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"cmp"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/xpdata"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// builders keeps the buffers of decoders, to save allocations.
var builders = sync.Pool{New: func() any { return new(builder) }}

// builder collects the log records of one block.
type builder struct {
	account    string
	now        pcommon.Timestamp
	scanner    flow.BlockScanner
	record     flow.Record
	groups     groups
	attributes xpdata.MapBuilder
}

// reset starts a new block of at most the given number of records, and returns the logs to which they are added.
func (b *builder) reset(scope Scope, account string, now pcommon.Timestamp, records int) plog.Logs {
	logs := plog.NewLogs()
	b.account, b.now = account, now
	b.groups.reset(logs, scope, records)
	return logs
}

// release returns the builder to the pool, without references to the block and its records.
func (b *builder) release() {
	b.account = ""
	b.scanner.Reset(nil, "")
	b.record.Reset(nil, "")
	b.groups.reset(plog.Logs{}, Scope{}, 0)
	builders.Put(b)
}

// addLines adds the remaining lines as bodies. If byAccount is true, lines of other accounts are in other resources.
func (b *builder) addLines(byAccount bool) {
	var format *flow.Format
	var key group
	for {
		line, ok := b.scanner.NextLine()
		if !ok {
			return
		}
		if next := b.scanner.Format(); next != format {
			format, key = next, group{account: b.account, format: next.String()}
		}
		if byAccount {
			key.account = cmp.Or(format.Account(line), b.account)
		}
		record := b.groups.find(key).AppendEmpty()
		record.SetObservedTimestamp(b.now)
		record.Body().SetStr(line)
	}
}

// addBlocks adds the remaining lines as bodies of many lines.
func (b *builder) addBlocks() {
	for {
		text, lines := b.scanner.NextLines()
		if lines == 0 {
			return
		}
		record := b.groups.find(group{account: b.account, format: b.scanner.Format().String()}).AppendEmpty()
		record.SetObservedTimestamp(b.now)
		record.Body().SetStr(text)
		record.Attributes().PutInt(keyLines, int64(lines))
	}
}

// addRecord adds the current record with its attributes.
func (b *builder) addRecord() {
	r := &b.record
	record := b.groups.find(group{cmp.Or(r.Account, b.account), r.Region, r.Format().String()}).AppendEmpty()
	record.SetObservedTimestamp(b.now)
	record.SetTimestamp(pcommon.Timestamp(r.End))
	putAttributes(record.Attributes(), r, &b.attributes)
}
