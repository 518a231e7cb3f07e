// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package parquet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/parquet-go/parquet-go"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// ErrNoField means that a file may be valid, but is not a flow log.
var ErrNoField = errors.New("no Parquet column is a flow log field")

// compileColumns compiles the columns into a format. It skips nested and repeated columns, and names that cannot be
// fields, such as the __index_level_0__ of pandas.
func compileColumns(all []*parquet.Column) (*flow.Format, []column, error) {
	if columns := ocsfColumns(all); columns != nil {
		return compileOCSF(columns)
	}
	var (
		names  []string
		used   []*parquet.Column
		isFlow bool
	)
	for _, c := range all {
		name := c.Name()
		if _, ok := flow.LookupField(name); ok {
			isFlow = true
		}
		if c.Leaf() && !c.Repeated() && flow.IsFieldName(name) {
			names, used = append(names, name), append(used, c)
		}
	}
	if !isFlow {
		return nil, nil, noFieldError(all)
	}
	format, err := flow.NewFormat(names)
	if err != nil {
		return nil, nil, fmt.Errorf("compile Parquet columns: %w", err)
	}
	columns := make([]column, len(used))
	for i, c := range used {
		columns[i] = column{converter: newConverter(format.Field(i), c.Type()), target: i, index: c.Index()}
	}
	return format, columns, nil
}

// noFieldError names the first columns of a file that is not a flow log.
func noFieldError(all []*parquet.Column) error {
	var names []string
	for _, c := range all[:min(len(all), 10)] {
		names = append(names, fmt.Sprintf("%q", c.Name()))
	}
	return fmt.Errorf("%w: the file has %d, such as %s", ErrNoField, len(all), strings.Join(names, ", "))
}
