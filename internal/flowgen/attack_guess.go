// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// guessing is attempts at logins on remote service ports. A flow log shows a
// failed one as rejected: the port is closed to the source until something opens it.
func guessing(shop, platform *Site) []*Script {
	return []*Script{
		bruteForce(shop), slowBruteForce(shop), desktopGuessing(platform), guessingOnly(platform),
	}
}

func bruteForce(s *Site) *Script {
	source, target := addr("87.203.0.113"), s.addr("jump")
	script := &Script{
		Name: "ssh-brute-force", Site: s.Name, At: at(8, 11, 0),
		Summary: "forty rejected tries at SSH on the jump host in three and a half minutes, then one that is let in",
		Alerts: []Alert{
			{Rule: remoteServiceBruteForce, Source: source, Destination: target, Port: 22},
			{Rule: remoteServiceRejects, Source: source, Why: "the forty tries themselves"},
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
		Summary: "six rejected tries at SSH in fifty minutes, too slow for a rate, then one that is let in",
		Alerts:  []Alert{{Rule: remoteServiceBruteForce, Source: source, Destination: target, Port: 22}},
	}
	for i := range 6 {
		script.try(600*i, source, target, ssh, Rejected)
	}
	script.connect(3300, source, target, ssh, session)
	return script
}

func desktopGuessing(s *Site) *Script {
	source, target := s.addr("win-2"), s.addr("win-3")
	script := &Script{
		Name: "remote-desktop-guessing", Site: s.Name, At: at(9, 14, 20),
		Summary: "one Windows host tries Remote Desktop on the next, six times in vain and then with success; both interfaces log it",
		Alerts: []Alert{
			{Rule: remoteServiceBruteForce, Source: source, Destination: target, Port: 3389},
			{Rule: newInternalPeer, Source: source, Destination: target, Why: "these two have not talked before"},
		},
	}
	for i := range 6 {
		script.try(40*i, source, target, rdp, Rejected)
	}
	script.connect(300, source, target, rdp, session)
	return script
}

func guessingOnly(s *Site) *Script {
	source, target := addr("159.203.0.113"), s.addr("bastion")
	script := &Script{
		Name: "ssh-guessing", Site: s.Name, At: at(9, 16, 0),
		Summary: "ten rejected tries at SSH in nine minutes, each from another port, and no success: exactly enough",
		Alerts:  []Alert{{Rule: remoteServiceRejects, Source: source}},
	}
	for i := range 10 {
		script.try(60*i, source, target, ssh, Rejected)
	}
	return script
}
