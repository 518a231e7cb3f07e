// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
)

// TestLogRecordsGiveTheAlertsOfTheirLines decodes blocks whose lines belong to several accounts and formats, as attributes and
// as lines. Both must give the alerts that the model gives for the lines, in every scope.
func TestLogRecordsGiveTheAlertsOfTheirLines(t *testing.T) {
	alerts := 0
	for seed := range uint64(200) {
		c := newCase(seed)
		block := c.block()
		c.flows = flowsOfLines(t, block)
		want := c.model()
		for _, each := range want {
			alerts += len(each)
		}
		for _, emit := range []otlp.Emit{otlp.EmitAttributes, otlp.EmitLines, otlp.EmitBlocks} {
			flows := decoded(t, block, emit)
			require.Len(t, flows, len(c.flows), "seed %d", seed)
			got := runEngine(t, c.cfg, c.threats, c.countries, flows)
			require.Empty(t, disagreement(c.cfg, got, want), "seed %d, emit %d, scope %s", seed, emit, c.cfg.Scope)
		}
	}
	require.Greater(t, alerts, 10_000)
}

// headers are two formats with the same fields.
var headers = []string{
	"account-id vpc-id interface-id srcaddr dstaddr srcport dstport protocol tcp-flags flow-direction packets bytes start action",
	"start action account-id vpc-id interface-id srcaddr dstaddr srcport dstport protocol tcp-flags flow-direction packets bytes",
}

// block writes the flows as lines. The format changes now and then.
func (c *randomCase) block() string {
	text := headers[0] + "\n"
	format := 0
	for _, f := range c.flows {
		if c.oneIn(20) {
			format = 1 - format
			text += headers[format] + "\n"
		}
		dash := func(s string) string { return cmp.Or(s, "-") }
		address := func(a netip.Addr) string {
			if !a.IsValid() {
				return "-"
			}
			return a.String()
		}
		place := strings.Join([]string{
			dash(f.Account), dash(f.VPC), dash(f.Interface), address(f.Src), address(f.Dst), strconv.Itoa(int(f.SrcPort)), strconv.Itoa(int(f.DstPort)),
			strconv.Itoa(int(f.Protocol)), strconv.Itoa(int(f.Flags)), f.Direction.String(), strconv.FormatUint(f.Packets, 10), strconv.FormatUint(f.Bytes, 10),
		}, " ")
		time := fmt.Sprintf("%d %s", f.Time, f.Action)
		if format == 0 {
			text += place + " " + time + "\n"
		} else {
			text += time + " " + place + "\n"
		}
	}
	return text
}

// flowsOfLines parses the lines one by one.
func flowsOfLines(t *testing.T, block string) (flows []flow.Flow) {
	var format *flow.Format
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		if header, ok := flow.ParseHeader(line); ok {
			format = header
			continue
		}
		var f flow.Flow
		require.NoError(t, format.Flow(line, &f), line)
		flows = append(flows, f)
	}
	return flows
}

// decoded makes log records of the block and reads the flows of the records.
func decoded(t *testing.T, block string, emit otlp.Emit) (flows []flow.Flow) {
	logs, counts, _ := otlp.Decoder{Emit: emit}.Decode(nil, "", []byte(block), pcommon.Timestamp(0))
	require.Empty(t, counts.Bad)
	reader := otlp.NewRecordReader(nil)
	for record := range otlp.All(logs) {
		var f flow.Flow
		require.Empty(t, reader.Read(record, &f))
		flows = append(flows, f)
	}
	return flows
}
