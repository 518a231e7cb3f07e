// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/envelope"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// benchmarkJSON decodes JSON objects with AWS field names.
func benchmarkJSON(b *testing.B, s flowtest.Example) {
	names := strings.Fields(s.Format.String())
	var text bytes.Buffer
	for line := range bytes.Lines(s.Block()) {
		for i, value := range bytes.Fields(line) {
			fmt.Fprintf(&text, "%c%q:%q", ",{"[b2i(i == 0)], names[i], value)
		}
		text.WriteString("}\n")
	}
	benchmarkEnvelope(b, text.Bytes())
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// benchmarkCSV decodes CSV with a header.
func benchmarkCSV(b *testing.B, s flowtest.Example) {
	text := strings.ReplaceAll(s.Format.String()+"\n"+string(s.Block()), " ", ",")
	benchmarkEnvelope(b, []byte(text))
}

// benchmarkOCSF decodes JSON events of Amazon Security Lake.
func benchmarkOCSF(b *testing.B, s flowtest.Example) {
	names := strings.Fields(s.Format.String())
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for line := range bytes.Lines(s.Block()) {
		values := map[string]string{}
		for i, value := range bytes.Fields(line) {
			values[names[i]] = string(value)
		}
		event, _ := flowtest.ToOCSF(values)
		if err := encoder.Encode(event); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkEnvelope(b, text.Bytes())
}

func benchmarkEnvelope(b *testing.B, text []byte) {
	b.ReportAllocs()
	decoder := Decoder{Scope: testScope}
	for b.Loop() {
		r, records := envelope.NewReader(bytes.NewReader(text)), 0
		for {
			block, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			_, counts, _ := decoder.Decode(r.Format(), "", block, observed)
			records += counts.Records
		}
		if records != flowtest.BlockRecords {
			b.Fatal(records)
		}
	}
	flowtest.ReportPerRecord(b, flowtest.BlockRecords)
}
