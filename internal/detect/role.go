// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect/internal/portset"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Role says whether a flow is a request or a reply. A record is one direction of a conversation, so half of all records
// are replies. Mistaking a reply for a request is the most common cause of false alarms.
type Role uint8

// The roles. An accepted ping is Unknown, because the ICMP type is not logged.
const (
	Unknown Role = iota
	Request
	Reply
	numRoles
)

// String returns the value of the metric attribute.
func (r Role) String() string { return [numRoles]string{"unknown", "request", "reply"}[r] }

// IANA protocol numbers.
const (
	icmp   = 1
	tcp    = 6
	udp    = 17
	icmpV6 = 58
)

// Bits of tcp-flags.
const (
	fin = 1
	syn = 2
	rst = 4
	ack = 16
)

// roleOf determines the role of a flow and the evidence for it. It uses only this flow, so the result does not depend on
// the order of arrival.
func roleOf(f *flow.Flow, services *portset.Set) (Role, alert.RoleEvidence) {
	rejected := f.Action == flow.Reject
	if f.Protocol == tcp && f.Flags != 0 {
		switch {
		case f.Flags&(syn|ack) == syn:
			return Request, alert.ByFlags
		case f.Flags&(syn|ack) == syn|ack, f.Flags&syn == 0 && (f.Flags&rst != 0 || rejected):
			return Reply, alert.ByFlags
		}
	}
	if f.SrcPort == 0 && f.DstPort == 0 {
		if (f.Protocol == icmp || f.Protocol == icmpV6) && !rejected {
			return Unknown, alert.ByNone
		}
		return Request, alert.ByNone
	}
	return roleByPorts(f.SrcPort, f.DstPort, rejected, services), alert.ByPorts
}

func roleByPorts(src, dst uint16, rejected bool, services *portset.Set) Role {
	from, to := services.Has(src), services.Has(dst)
	switch {
	case rejected && to, to && !from:
		return Request // a scanner may use a service port as its source port
	case from && !to, dst > src:
		return Reply
	default:
		return Request
	}
}

// newServices returns the ports on which servers listen: the given ports and all ports from 1 to 1023.
func newServices(ports []int) *portset.Set {
	services := portset.New(ports)
	for port := range uint16(1023) {
		services.Add(port + 1)
	}
	return services
}

// defaultServices are the ports above 1023 on which servers commonly listen.
var defaultServices = []int{
	1433, 1521, 2049, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4369, 5000, 5432, 5439, 5601, 5671, 5672, 5900,
	5901, 5985, 5986, 6379, 6380, 6443, 7000, 7001, 7474, 7687, 8000, 8008, 8080, 8081, 8086, 8088, 8089, 8123, 8140,
	8200, 8300, 8301, 8400, 8443, 8500, 8501, 8600, 8765, 8834, 8883, 8888, 9000, 9042, 9090, 9091, 9092, 9093, 9094,
	9100, 9160, 9200, 9300, 9418, 9443, 9999, 10000, 10050, 10051, 10250, 10255, 11211, 15672, 26257, 27017, 27018,
	27019, 50070,
}
