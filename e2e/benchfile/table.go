// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// result is the result of all runs of gunzip or of a variant for one file.
type result struct {
	file       file
	variant    variant
	took       time.Duration // of the fastest run
	gunzip     time.Duration // the time of gunzip alone
	peakMemory int64         // the highest of all runs, in KiB
	alerts     int
}

// add adds a run.
func (r *result) add(one run) {
	if r.took == 0 || one.took < r.took {
		r.took = one.took
	}
	r.peakMemory = max(r.peakMemory, one.peakMemory)
	r.alerts = len(one.alerts)
}

const legend = "seconds: fastest run. speed: gunzip's seconds / seconds. peak MiB: resident memory, highest of all runs.\n"

var headings = []string{"file", "cores", "emit", "seconds", "records/s", "speed", "peak MiB", "alerts"}

// leftAligned are the columns of texts; the others are numbers.
var leftAligned = map[string]bool{"file": true, "emit": true}

func (r *result) cells() []string {
	seconds := r.took.Seconds()
	cells := []string{
		r.file.name, strconv.Itoa(r.variant.cores), r.variant.name, fmt.Sprintf("%.2f", seconds),
		thousands(int(float64(r.file.records) / seconds)), fmt.Sprintf("%.2f", r.gunzip.Seconds()/seconds), "", "",
	}
	if r.peakMemory > 0 { // not gunzip
		cells[6], cells[7] = strconv.FormatInt(r.peakMemory/1024, 10), strconv.Itoa(r.alerts)
	}
	return cells
}

// table returns the results as a Markdown table with aligned columns.
func table(results []result) string {
	rows := [][]string{headings}
	for i := range results {
		rows = append(rows, results[i].cells())
	}
	widths := make([]int, len(headings))
	for _, cells := range rows {
		for i, cell := range cells {
			widths[i] = max(widths[i], len(cell))
		}
	}
	var b strings.Builder
	for n, cells := range rows {
		for i, cell := range cells {
			width := widths[i]
			if leftAligned[headings[i]] {
				width = -width
			}
			fmt.Fprintf(&b, "| %*s ", width, cell)
		}
		b.WriteString("|\n")
		if n == 0 {
			writeRule(&b, widths)
		}
	}
	return b.String()
}

// writeRule writes the line between the headings and the results.
func writeRule(b *strings.Builder, widths []int) {
	for i, width := range widths {
		end := "-:"
		if leftAligned[headings[i]] {
			end = "--"
		}
		b.WriteString("|" + strings.Repeat("-", width) + end)
	}
	b.WriteString("|\n")
}

// thousands formats a number with separators.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
