// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxColumns bounds what a hostile header can cost. AWS has some eighty fields.
const maxColumns = 256

// Format is the order of the fields in a line, compiled into columns. It does not change and may be shared.
type Format struct {
	names   string
	columns []field
	unknown []string
	// hasInstance says that the format has instance-id, so that a record without one is known to have `-` there.
	hasInstance bool
}

// The formats that AWS uses unless told otherwise. They are constants, as it were: a test shows that they compile.
var (
	// Default is the format of version 2.
	Default, _ = ParseFormat("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes " +
		"start end action log-status")
	// TransitGateway is the default format of Transit Gateway flow logs.
	TransitGateway, _ = ParseFormat("version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id " +
		"tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni " +
		"tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end " +
		"log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired " +
		"tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service")
)

// ParseFormat compiles field names with blanks between them, as a header line has them.
func ParseFormat(names string) (*Format, error) {
	return NewFormat(strings.Fields(names))
}

// NewFormat compiles field names, spelt with `-` or with `_`. A name that AWS has not had so far is allowed and kept as
// it is; see Unknown.
func NewFormat(names []string) (*Format, error) {
	if len(names) == 0 {
		return nil, errors.New("a format needs at least one field")
	}
	if len(names) > maxColumns {
		return nil, fmt.Errorf("a format has at most %d fields, not %d", maxColumns, len(names))
	}
	format := &Format{columns: make([]field, 0, len(names))}
	spelt := make([]string, 0, len(names))
	for _, given := range names {
		name := canonical(given)
		switch column, ok := known[name]; {
		case slices.Contains(spelt, name):
			return nil, fmt.Errorf("field %q stands twice in the format", given)
		case ok:
			format.columns = append(format.columns, *column)
		case plausible(given):
			format.columns = append(format.columns, unknownField(strings.Clone(name)))
			format.unknown = append(format.unknown, strings.Clone(name))
		default:
			return nil, fmt.Errorf("%q is not the name of a field", given)
		}
		spelt = append(spelt, name)
	}
	format.names = strings.Join(spelt, " ")
	format.hasInstance = slices.Contains(spelt, instanceID)
	return format, nil
}

// String gives the names with one blank between them, spelt with `-`: the value of the scope attribute vpc_flow.format.
func (f *Format) String() string { return f.names }

// Unknown lists the names that are no field of versions 2 to 11; their values are kept as aws.vpc.flow.field.<name>.
func (f *Format) Unknown() []string { return slices.Clone(f.unknown) }

// Has tells whether the format has a field, by its AWS name.
func (f *Format) Has(name string) bool {
	return slices.ContainsFunc(f.columns, func(column field) bool { return column.name == name })
}
