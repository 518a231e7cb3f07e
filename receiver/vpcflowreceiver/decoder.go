// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// decoder keeps the format of a stream between blocks.
type decoder struct {
	otlp.Decoder
	format   *flow.Format
	account  string
	reported map[string]bool // unknown fields
}

func newDecoder(cfg *Config, format *flow.Format) *decoder {
	return &decoder{
		Decoder:  otlp.Decoder{Scope: otlp.Scope{Name: scopeName}, EmitLines: cfg.Emit == emitLines},
		format:   format,
		reported: map[string]bool{},
	}
}

// Format returns the current format; nil if there is none.
func (d *decoder) Format() *flow.Format { return d.format }

// SetFormat sets the current format.
func (d *decoder) SetFormat(format *flow.Format) { d.format = format }

// SetAccount sets the account of lines that do not contain one.
func (d *decoder) SetAccount(account string) { d.account = account }

// Decode decodes a block, and keeps its last format.
func (d *decoder) Decode(block []byte, now pcommon.Timestamp) (plog.Logs, flow.Counts) {
	logs, counts, next := d.Decoder.Decode(d.format, d.account, block, now)
	d.format = next
	return logs, d.newFields(counts)
}

// DecodeRows decodes a batch of rows.
func (d *decoder) DecodeRows(rows otlp.Rows, now pcommon.Timestamp) (plog.Logs, flow.Counts) {
	logs, counts := d.Decoder.DecodeRows(rows, now)
	return logs, d.newFields(counts)
}

// newFields removes unknown fields that have been reported.
func (d *decoder) newFields(counts flow.Counts) flow.Counts {
	var names []string
	for _, name := range counts.Unknown {
		if !d.reported[name] {
			names = append(names, name)
		}
		if len(d.reported) < 1000 {
			d.reported[name] = true
		}
	}
	counts.Unknown = names
	return counts
}
