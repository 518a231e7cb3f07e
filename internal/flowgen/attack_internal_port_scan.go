// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("internal_port_scan", func(shop, platform *Site) []*Script {
	return []*Script{internalScan(platform), internalScanIPv6(platform), internalScanWithoutDirections(shop)}
})

func internalScan(s *Site) *Script {
	source, target := s.addr("runner"), s.addr("payments")
	script := &Script{
		Name: "internal-port-scan", Site: s.Name, At: at(8, 9, 30),
		Summary: "a build runner tries 120 ports of the payment service; its own interface logs ACCEPT, the service's REJECT",
		Alerts: []Alert{
			{Rule: "internal_port_scan", Source: source, Destination: target},
			{Rule: "rejected_internal_scan", Source: source, Why: "the service rejects all 120"},
		},
	}
	script.tryPorts(source, target, 120, Rejected)
	return script
}

func internalScanIPv6(s *Site) *Script {
	source, target := s.byName["catalog-1"].Addr6, s.byName["kafka"].Addr6
	script := &Script{
		Name: "internal-port-scan-ipv6", Site: s.Name, At: at(8, 11, 15),
		Summary: "a service scans thirty ports of the queue over IPv6; the ports are closed and reply with RST",
		Alerts: []Alert{
			{Rule: "internal_port_scan", Source: source, Destination: target},
			{Rule: "new_internal_peer", Source: source, Destination: target, Why: "the packets are accepted, and these two have never connected over IPv6"},
		},
	}
	script.tryPorts(source, target, 30, Refused)
	return script
}

func internalScanWithoutDirections(s *Site) *Script {
	source, target := s.addr("dev-3"), s.addr("cache")
	script := &Script{
		Name: "internal-port-scan-v2", Site: s.Name, At: at(9, 12, 0),
		Summary: "a development host tries sixty ports of the cache; both interfaces log it, in a format without directions",
		Alerts: []Alert{
			{Rule: "internal_port_scan", Source: source, Destination: target},
			{Rule: "rejected_internal_scan", Source: source, Why: "the cache rejects all sixty"},
			{Rule: "new_internal_peer", Source: source, Destination: target, Why: "the sender's interface logs ACCEPT, which counts without flow-direction"},
		},
	}
	script.tryPorts(source, target, 60, Rejected)
	return script
}
