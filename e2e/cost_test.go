// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"compress/gzip"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flowgen"
)

// The bytes of a record in the format of the templates, for which AWS charges, and after compression.
const (
	recordBytes     = 195
	compressedBytes = 36
)

// polls are the requests to an empty queue in 30 days: four workers (max_concurrent_objects) wait 20 s each.
const polls = 4 * 30 * 24 * 3600 / 20

// deliveryPrice returns the price of vended logs to S3, in US dollars, with the tiers of us-east-1.
func deliveryPrice(gb float64) (price float64) {
	for _, tier := range []struct{ size, price float64 }{{10_240, 0.25}, {20_480, 0.15}, {20_480, 0.075}, {math.MaxFloat64, 0.05}} {
		used := min(gb, tier.size)
		price += used * tier.price
		gb -= used
	}
	return price
}

func TestDeliveryPriceHasTiers(t *testing.T) {
	for gb, price := range map[float64]float64{0: 0, 10_240: 2560, 10_241: 2560.15, 30_720: 5632, 30_721: 5632.075, 51_200: 7168, 51_201: 7168.05} {
		assert.InDelta(t, price, deliveryPrice(gb), 1e-6)
	}
}

// costRow returns a row of the table of costs, by the formulas below it in docs/organization.md.
func costRow(recordsPerSecond, vpcs float64) string {
	records := recordsPerSecond * 30 * 24 * 3600
	gb, objects := records*recordBytes/1e9, vpcs*8640
	costs := []float64{deliveryPrice(gb), records * compressedBytes / 1e9 * 0.023, objects * (0.005 + 0.0004) / 1000, (objects*3 + polls) * 0.40 / 1e6}
	cells := []string{thousands(recordsPerSecond, 0), thousands(vpcs, 0), thousands(gb, 0)}
	total := 0.0
	for _, cost := range costs {
		total += cost
		cells = append(cells, thousands(cost, 2))
	}
	return "| " + strings.Join(append(cells, thousands(total, 2)), " | ") + " |\n"
}

// thousands formats a number with commas.
func thousands(value float64, decimals int) string {
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	whole, fraction, found := strings.Cut(text, ".")
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if found {
		return whole + "." + fraction
	}
	return whole
}

func TestCostsOfAnOrganizationFollowTheFormulas(t *testing.T) {
	docs := read(t, "docs/organization.md")
	var rows strings.Builder
	for _, row := range [][2]float64{{10, 1}, {100, 10}, {1000, 100}, {10_000, 1000}, {100_000, 10_000}} {
		rows.WriteString(costRow(row[0], row[1]))
	}
	assert.Contains(t, docs, "|---:|---:|---:|---:|---:|---:|---:|---:|\n"+rows.String()+"\n")
	assert.Contains(t, docs, "(objects × 3 + "+thousands(polls, 0)+") × 0.40 / 1,000,000")
	assert.Contains(t, docs, thousands((0.04048+2*0.004445)*720, 2), "the collector on Fargate")
}

func TestRecordsHaveTheSizeThatTheCostsAssume(t *testing.T) {
	const records = 20_000
	lines, err := flowgen.Corpus(5, 1, records)
	require.NoError(t, err)
	columns := strings.Fields(flowgen.Header(5))
	var written bytes.Buffer
	fields := fieldsOf(t, "s3.yaml")
	for line := range lines {
		values := strings.Fields(line)
		for i, field := range fields {
			if i > 0 {
				written.WriteByte(' ')
			}
			written.WriteString(values[slices.Index(columns, field)])
		}
		written.WriteByte('\n')
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	_, err = writer.Write(written.Bytes())
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	t.Logf("%.1f bytes, %.1f compressed", float64(written.Len())/records, float64(compressed.Len())/records)
	assert.InDelta(t, recordBytes, float64(written.Len())/records, 3)
	// Records of real networks vary more than generated ones.
	assert.Less(t, float64(compressed.Len())/records, float64(compressedBytes))
	assert.Greater(t, float64(compressed.Len())/records, compressedBytes/3.0)

	docs := read(t, "docs/organization.md")
	assert.Contains(t, docs, "× "+strconv.Itoa(recordBytes)+" bytes, uncompressed")
	assert.Contains(t, docs, "× "+strconv.Itoa(compressedBytes)+" bytes, compressed")
}
