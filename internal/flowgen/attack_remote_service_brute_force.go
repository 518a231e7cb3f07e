// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// A flow log shows a failed login as a rejected flow: the port is closed to the source until something opens it.
var _ = registerAttacks("remote_service_brute_force", func(shop, platform *Site) []*Script {
	return []*Script{
		bruteForce(shop), slowBruteForce(shop), desktopBruteForce(platform), fourFailures(shop), failuresAfterSuccess(platform),
	}
})

func bruteForce(s *Site) *Script {
	source, target := addr("87.203.0.113"), s.addr("jump")
	script := &Script{
		Name: "ssh-brute-force", Site: s.Name, At: at(8, 11, 0),
		Summary: "forty rejected SSH attempts on the jump host in three and a half minutes, then an accepted one",
		Alerts: []Alert{
			{Rule: "remote_service_brute_force", Source: source, Destination: target, Port: 22},
			{Rule: "remote_service_rejects", Source: source, Why: "the forty rejected attempts"},
		},
	}
	for i := range 40 {
		script.try(5*i, source, target, ssh, Rejected)
	}
	script.connect(210, source, target, ssh, session)
	return script
}

func slowBruteForce(s *Site) *Script {
	source, target := addr("109.203.0.113"), s.addr("jump")
	script := &Script{
		Name: "slow-ssh-brute-force", Site: s.Name, At: at(9, 13, 0),
		Summary: "six rejected SSH attempts in fifty minutes, too few for remote_service_rejects, then an accepted one",
		Alerts:  []Alert{{Rule: "remote_service_brute_force", Source: source, Destination: target, Port: 22}},
	}
	for i := range 6 {
		script.try(600*i, source, target, ssh, Rejected)
	}
	script.connect(3300, source, target, ssh, session)
	return script
}

func desktopBruteForce(s *Site) *Script {
	source, target := s.addr("win-2"), s.addr("win-3")
	script := &Script{
		Name: "remote-desktop-guessing", Site: s.Name, At: at(9, 14, 20),
		Summary: "a Windows host tries Remote Desktop on another: six rejected attempts, then an accepted one; both interfaces log them",
		Alerts: []Alert{
			{Rule: "remote_service_brute_force", Source: source, Destination: target, Port: 3389},
			{Rule: "new_internal_peer", Source: source, Destination: target, Why: "these two hosts have never connected before"},
		},
	}
	for i := range 6 {
		script.try(40*i, source, target, rdp, Rejected)
	}
	script.connect(300, source, target, rdp, session)
	return script
}

func fourFailures(s *Site) *Script {
	source, target := addr("87.198.51.100"), s.addr("jump")
	script := &Script{
		Name: "four-failures", Site: s.Name, At: at(9, 14, 10),
		Summary: "four rejected SSH attempts, then an accepted one",
		Silent:  []string{"remote_service_brute_force", "remote_service_rejects"},
	}
	for i := range 4 {
		script.try(30*i, source, target, ssh, Rejected)
	}
	script.connect(150, source, target, ssh, session)
	return script
}

func failuresAfterSuccess(s *Site) *Script {
	source, target := addr("62.198.51.100"), s.addr("bastion")
	script := &Script{
		Name: "failures-after-success", Site: s.Name, At: at(9, 13, 40),
		Summary: "an accepted SSH login, then nine rejected attempts: failures after a success do not count, and nine are below the threshold",
		Silent:  []string{"remote_service_brute_force", "remote_service_rejects"},
	}
	script.connect(0, source, target, ssh, session)
	for i := range 9 {
		script.try(120+30*i, source, target, ssh, Rejected)
	}
	return script
}
