// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// The intrusion is an attack sequence, too.
var _ = registerAttacks("attack_sequence", func(shop, platform *Site) []*Script {
	return []*Script{stolenStage(shop), shortOfASequence(platform)}
})

func stolenStage(s *Site) *Script {
	attacker, foothold := addr("133.203.0.113"), s.addr("stage-1")
	database, controller := s.addr("db-1"), addr("134.203.0.113")
	script := &Script{
		Name: "stolen-stage", Site: s.Name, At: at(9, 9, 20),
		Summary: "an attacker logs in to a staging host over SSH, opens the production database, and connects to a listed address",
		Alerts: []Alert{
			{Rule: "remote_service_brute_force", Source: attacker, Destination: foothold, Port: 22},
			{Rule: "new_exposed_service", Source: foothold, Destination: attacker, Why: "nobody outside has reached SSH of this host before"},
			{Rule: "new_internal_peer", Source: foothold, Destination: database},
			{Rule: "suspicious_destination", Source: foothold, Destination: controller},
			{Rule: "attack_sequence", Source: foothold, Why: "these four alerts"},
		},
	}
	for i := range 6 {
		script.try(40*i, attacker, foothold, ssh, Rejected)
	}
	script.connect(300, attacker, foothold, ssh, session)
	script.connect(480, foothold, database, psql, session)
	script.connect(600, foothold, controller, https, fetch)
	return script
}

func shortOfASequence(s *Site) *Script {
	admin, host := addr("62.203.0.113"), s.addr("bastion")
	script := &Script{
		Name: "short-of-a-sequence", Site: s.Name, At: at(8, 8, 0),
		Summary: "an administrator logs in to the bastion after four rejected attempts, tries 24 closed ports and sends exactly 20,000,000 bytes",
		Silent:  []string{"attack_sequence"},
	}
	for i := range 4 {
		script.try(30*i, admin, host, ssh, Rejected)
	}
	script.connect(150, admin, host, ssh, session)
	for i := range 24 {
		script.try(300+3*i, host, s.addr("payments"), service{uint16(9001 + i), tcp}, Rejected)
	}
	script.connect(600, host, mirrorGB[0], https, exchange{Volume{14000, 20_000_000}, Volume{7000, 364_000}, 500})
	return script
}
