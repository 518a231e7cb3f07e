// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"math"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// machineFields are the attributes of a machine, without their prefix.
var machineFields = []struct {
	name  string
	field func(*alert.Machine) *string
}{
	{alert.MachineInterface, func(m *alert.Machine) *string { return &m.Interface }},
	{alert.MachineInstance, func(m *alert.Machine) *string { return &m.Instance }},
	{alert.MachineVPC, func(m *alert.Machine) *string { return &m.VPC }},
	{alert.MachineSubnet, func(m *alert.Machine) *string { return &m.Subnet }},
	{alert.MachineZone, func(m *alert.Machine) *string { return &m.Zone }},
	{alert.MachineGroup, func(m *alert.Machine) *string { return &m.Group }},
	{alert.MachineName, func(m *alert.Machine) *string { return &m.Name }},
	{alert.MachineOwner, func(m *alert.Machine) *string { return &m.Owner }},
}

func (w writer) machine(prefix string, m *alert.Machine) {
	for _, f := range machineFields {
		w.text(prefix+f.name, *f.field(m))
	}
}

func (r *reader) machine(prefix string) (m alert.Machine) {
	for _, f := range machineFields {
		*f.field(&m) = r.text(prefix + f.name)
	}
	return m
}

// as reads an autonomous system.
func (r *reader) as(number, organization string) alert.AS {
	n := r.number(number)
	if n < 0 || n > math.MaxUint32 {
		r.fail(number, strconv.FormatInt(n, 10), "from 0 to 4294967295")
		n = 0
	}
	return alert.AS{Number: uint32(n), Organization: r.text(organization)}
}
