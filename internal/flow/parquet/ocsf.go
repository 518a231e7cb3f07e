// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"fmt"
	"slices"

	"github.com/parquet-go/parquet-go"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/ocsffield"
)

// ocsfColumn is a column of an OCSF file, and the attribute that it contains.
type ocsfColumn struct {
	source int
	column *parquet.Column
}

// ocsfColumns returns the columns of a file with OCSF events, as in Amazon Security Lake; nil for other files.
func ocsfColumns(all []*parquet.Column) (columns []ocsfColumn) {
	if !slices.ContainsFunc(all, func(c *parquet.Column) bool { return c.Name() == ocsffield.ClassPath }) {
		return nil
	}
	var walk func(all []*parquet.Column, path string)
	walk = func(all []*parquet.Column, path string) {
		for _, c := range all {
			if i, ok := ocsffield.ByPath[path+c.Name()]; ok {
				if leaf := onlyLeaf(c); leaf != nil {
					columns = append(columns, ocsfColumn{i, leaf})
				}
			} else if !c.Repeated() {
				walk(c.Columns(), path+c.Name()+".")
			}
		}
	}
	walk(all, "")
	isFlow := slices.ContainsFunc(columns, func(c ocsfColumn) bool { return ocsffield.Sources[c.source].Path == "traffic.bytes" })
	if !isFlow {
		return nil
	}
	slices.SortFunc(columns, func(a, b ocsfColumn) int { return a.source - b.source })
	return columns
}

// onlyLeaf returns the column with the values of an attribute: itself, or the elements of a list. It is nil if there are
// several.
func onlyLeaf(c *parquet.Column) *parquet.Column {
	for !c.Leaf() {
		if len(c.Columns()) != 1 {
			return nil
		}
		c = c.Columns()[0]
	}
	return c
}

// compileOCSF compiles columns, which are in order of precedence, into a format. Columns of the same field are adjacent.
func compileOCSF(all []ocsfColumn) (*flow.Format, []column, error) {
	var names []string
	for _, c := range all {
		if name := ocsffield.Sources[c.source].Field; len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	format, err := flow.NewFormat(names)
	if err != nil {
		return nil, nil, fmt.Errorf("compile OCSF columns: %w", err)
	}
	columns := make([]column, len(all))
	for i, c := range all {
		source := &ocsffield.Sources[c.source]
		target := slices.Index(names, source.Field)
		columns[i] = column{converter: newConverter(format.Field(target), c.column.Type()), target: target, index: c.column.Index()}
		columns[i].words, columns[i].repeated = source.Words, c.column.MaxRepetitionLevel() > 0
	}
	return format, columns, nil
}
