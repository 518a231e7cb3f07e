// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// IANA protocol numbers.
const (
	icmp uint8 = 1
	tcp  uint8 = 6
	udp  uint8 = 17
)

// service is a port and a protocol that a server listens on.
type service struct {
	port     uint16
	protocol uint8
}

var (
	ssh     = service{22, tcp}
	telnet  = service{23, tcp}
	smtp    = service{25, tcp}
	dns     = service{53, udp}
	dnsTCP  = service{53, tcp}
	ntp     = service{123, udp}
	snmp    = service{161, udp}
	ldap    = service{389, tcp}
	https   = service{443, tcp}
	smb     = service{445, tcp}
	openVPN = service{1194, udp}
	rdp     = service{3389, tcp}
	psql    = service{5432, tcp}
	redis   = service{6379, tcp}
	appHTTP = service{8080, tcp}
	appTLS  = service{8443, tcp}
	kafka   = service{9092, tcp}
	metrics = service{9100, tcp}
	mongo   = service{27017, tcp}
)

// Volume is what is sent in one direction.
type Volume struct{ Packets, Bytes uint64 }

// exchange is the usual volume and duration of a conversation.
type exchange struct {
	sent, received Volume
	seconds        int64
}

var (
	// session is a login and a few commands.
	session = exchange{Volume{64, 9100}, Volume{58, 14800}, 45}
	// fetch is a small request and its response.
	fetch = exchange{Volume{9, 1460}, Volume{8, 4200}, 2}
)

// probe returns the volume of one small packet.
func probe(protocol uint8) Volume {
	if protocol == udp {
		return Volume{1, 68}
	}
	return Volume{1, 44}
}
