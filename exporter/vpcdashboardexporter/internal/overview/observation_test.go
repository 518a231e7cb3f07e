// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package overview

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestTheServicePortIsThatOfTheServer(t *testing.T) {
	const udp = 17
	for _, tt := range []struct {
		name            string
		protocol, flags uint8
		src, dst, want  uint16
	}{
		{"a request by its flags", tcp, syn, 443, 50000, 50000},
		{"a request in one record with its FIN", tcp, syn | 1, 50000, 8443, 8443},
		{"a reply by its flags", tcp, syn | ack, 8443, 50000, 8443},
		{"a reply by its flags from a high port", tcp, syn | ack, 60000, 1025, 60000},
		{"a request without flags", tcp, 0, 50000, 443, 443},
		{"a reply without flags", tcp, 0, 443, 50000, 443},
		{"TCP flags without SYN are ignored", tcp, ack, 443, 50000, 443},
		{"flags of another protocol are ignored", udp, syn | ack, 50000, 53, 53},
		{"a request to a service with a high port", udp, 0, 50000, 5432, 5432},
		{"a reply of a service with a high port", udp, 0, 5432, 50000, 5432},
		{"two servers", udp, 0, 53, 123, 123},
		{"two servers on one port", udp, 0, 500, 500, 500},
		{"a scan from a service port", udp, 0, 53, 22, 22},
		{"the last privileged port", udp, 0, 1024, 1023, 1023},
		{"the first unprivileged port", udp, 0, 1025, 1024, 1024},
		{"no ports", 1, 0, 0, 0, 0},
		{"a destination port only", udp, 0, 0, 50000, 50000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, action := range []flow.Action{flow.NoAction, flow.Accept, flow.Reject} {
				f := flow.Flow{Protocol: tt.protocol, Flags: tt.flags, SrcPort: tt.src, DstPort: tt.dst, Action: action}
				assert.Equal(t, tt.want, servicePort(&f))
			}
		})
	}
}
