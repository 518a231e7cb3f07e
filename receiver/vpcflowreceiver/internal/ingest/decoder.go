// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest

import (
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// decoder gives flow.Decoder the interface that the stateless decoder of flow/otlp will have.
type decoder struct{ pool *sync.Pool }

func newDecoder(cfg Config) decoder {
	return decoder{&sync.Pool{New: func() any {
		d := flow.NewDecoder(cfg.Format, flow.Scope{Name: ScopeName})
		if cfg.EmitLines {
			d.EmitLines()
		}
		return d
	}}}
}

// Decode makes log records of a block of whole lines.
func (d decoder) Decode(
	format *flow.Format, account string, block []byte, now pcommon.Timestamp,
) (logs plog.Logs, counts flow.Counts, next *flow.Format) {
	decoder := d.pool.Get().(*flow.Decoder)
	defer d.pool.Put(decoder)
	decoder.SetFormat(format)
	decoder.SetAccount(account)
	logs, counts = decoder.Decode(block, now)
	return logs, counts, decoder.Format()
}
