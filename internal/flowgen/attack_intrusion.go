// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// The intrusion is an attack in several steps. Each step causes the alert of another rule.
var _ = registerAttacks("", func(_, platform *Site) []*Script { return []*Script{intrusion(platform)} })

func intrusion(s *Site) *Script {
	attacker, foothold, drop := addr("94.203.0.113"), s.addr("bastion"), addr("114.203.0.113")
	database, target := s.addr("rds"), s.addr("payments")
	script := &Script{
		Name: "intrusion", Site: s.Name, At: at(9, 20, 0),
		Summary: "an attacker logs in to the bastion over SSH, opens the database, scans the payment service and sends 30 MB to South Korea",
		Alerts: []Alert{
			{Rule: "remote_service_rejects", Source: attacker, Why: "the fifteen rejected attempts before the accepted one"},
			{Rule: "remote_service_brute_force", Source: attacker, Destination: foothold, Port: 22},
			{Rule: "new_internal_peer", Source: foothold, Destination: database},
			{Rule: "internal_port_scan", Source: foothold, Destination: target},
			{Rule: "rejected_internal_scan", Source: foothold},
			{Rule: "unusual_country", Source: foothold, Destination: drop, Country: "KR"},
			{Rule: "large_outbound_transfer", Source: foothold, Destination: drop},
			{Rule: "attack_sequence", Source: foothold, Updated: 1, Why: "the alerts about the bastion; the country is a new stage"},
		},
	}
	for i := range 15 {
		script.try(10*i, attacker, foothold, ssh, Rejected)
	}
	script.connect(180, attacker, foothold, ssh, exchange{Volume{900, 81000}, Volume{1100, 330000}, 1500})
	script.connect(360, foothold, database, psql, exchange{Volume{420, 38000}, Volume{9000, 12_600_000}, 240})
	for i := range 40 {
		script.try(660+3*i, foothold, target, service{uint16(9001 + i), tcp}, Rejected)
	}
	script.connect(900, foothold, drop, https, exchange{Volume{20600, 30_000_000}, Volume{10300, 535_600}, 500})
	return script
}
