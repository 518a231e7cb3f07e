// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

const ocsfNames = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status tcp-flags flow-direction region vpc-id pkt-srcaddr pkt-dstaddr"

var ocsfLines = []string{
	"5 012345678901 eni-1 10.0.1.5 203.0.113.9 51514 443 6 12 6000 1772323200 1772323260 ACCEPT OK 19 egress eu-west-1 vpc-1 10.0.1.5 203.0.113.9",
	"5 012345678901 eni-2 203.0.113.7 10.0.1.5 50000 22 6 1 40 1772323200 1772323260 REJECT OK 2 ingress eu-west-1 vpc-1 203.0.113.7 10.0.1.5",
	"5 012345678901 eni-3 - - - - - - - 1772323200 1772323260 - NODATA - - eu-west-1 - - -",
	"5 012345678901 eni-4 10.0.9.1 10.0.9.2 50001 443 6 3 120 1772323200 1772323260 ACCEPT OK 2 egress eu-west-1 vpc-1 10.0.1.5 203.0.113.9",
	"5 012345678901 eni-1 10.0.1.5 203.0.113.9 51515 443 6 12 6000 1772323200 1772323260 ACCEPT OK 19 egress eu-west-1 vpc-1 10.0.1.5 203.0.113.9",
}

// securityLake makes files of both releases.
func securityLake(tb testing.TB, lines []string) map[string][]byte {
	tb.Helper()
	var (
		v10 []flowtest.OCSF10
		v11 []flowtest.OCSF11
	)
	for _, line := range lines {
		values := map[string]string{}
		for i, value := range strings.Fields(line) {
			values[strings.Fields(ocsfNames)[i]] = value
		}
		a, b := flowtest.ToOCSF(values)
		v10, v11 = append(v10, a), append(v11, b)
	}
	var first, second bytes.Buffer
	require.NoError(tb, parquet.Write(&first, v10))
	require.NoError(tb, parquet.Write(&second, v11))
	return map[string][]byte{"1.0.0-rc.2": first.Bytes(), "1.1.0": second.Bytes()}
}

func TestSecurityLake(t *testing.T) {
	format, err := flow.ParseFormat(ocsfNames)
	require.NoError(t, err)
	for release, data := range securityLake(t, ocsfLines) {
		t.Run(release, func(t *testing.T) {
			file, err := openBytes(data)
			require.NoError(t, err)
			for _, line := range ocsfLines {
				require.NoError(t, file.Read(1))
				var record flow.Record
				require.Nil(t, file.Record(0, &record))
				var want flow.Record
				require.Nil(t, want.Parse(format, line))
				assert.Equal(t, want.Addresses(), record.Addresses())
				assert.Equal(t, want.Account, record.Account)
				assert.Equal(t, want.Region, record.Region)
				assert.Equal(t, want.End, record.End)
				assert.Subset(t, valuesOf(&record), valuesOf(&want))
			}
		})
	}
}

// valuesOf returns the values of a record by field, with times in seconds.
func valuesOf(r *flow.Record) map[string]string {
	values := map[string]string{}
	for i := range r.Values() {
		v := &r.Values()[i]
		field, text := r.Field(v), r.ValueText(v)
		switch field.Kind {
		case flow.KindText, flow.KindLowercase, flow.KindTag:
		case flow.KindStart:
			text = fmt.Sprint(flow.Seconds(v.Number))
		default:
			text = fmt.Sprint(v.Number)
		}
		values[field.Name] = text
	}
	return values
}

// events of other classes, such as DNS queries.
type otherEvent struct {
	ClassUID int32                 `parquet:"class_uid"`
	Src      flowtest.OCSFEndpoint `parquet:"src_endpoint"`
}

func TestOtherClassesAreNotFlowLogs(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, []otherEvent{{ClassUID: 4003}}))
	_, err := openBytes(out.Bytes())
	require.ErrorIs(t, err, ErrNoField)
}

func BenchmarkSecurityLake(b *testing.B) {
	lines := strings.Split(strings.Repeat(ocsfLines[0]+"\n", 10*flowtest.BlockRecords), "\n")
	for release, data := range securityLake(b, lines[:len(lines)-1]) {
		b.Run(release, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				file, err := openBytes(data)
				require.NoError(b, err)
				for err = file.Read(flowtest.BlockRecords); err == nil; err = file.Read(flowtest.BlockRecords) {
					decodeRows(file)
				}
			}
			flowtest.ReportPerRecord(b, len(lines)-1)
		})
	}
}
