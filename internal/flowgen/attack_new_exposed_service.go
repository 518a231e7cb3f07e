// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("new_exposed_service", func(shop, platform *Site) []*Script {
	return []*Script{openDatabase(shop), forgottenPort(platform), closedPort(platform), knownService(shop)}
})

func openDatabase(s *Site) *Script {
	source, client := s.addr("stage-2"), addr("77.203.0.113")
	script := &Script{
		Name: "open-database", Site: s.Name, At: at(8, 17, 10),
		Summary: "somebody opens MongoDB on a staging host to the Internet; a stranger reads it (medium)",
		Alerts:  []Alert{{Rule: "new_exposed_service", Source: source, Destination: client}},
	}
	for i := range 3 {
		script.connect(600*i, client, source, mongo, fetch)
	}
	return script
}

func forgottenPort(s *Site) *Script {
	source, client := s.addr("bastion"), addr("78.203.0.113")
	script := &Script{
		Name: "forgotten-port", Site: s.Name, At: at(8, 20, 30),
		Summary: "a web server that was started for a test answers on port 8443 of the bastion (low)",
		Alerts:  []Alert{{Rule: "new_exposed_service", Source: source, Destination: client}},
	}
	script.connect(0, client, source, appTLS, fetch)
	return script
}

func closedPort(s *Site) *Script {
	script := &Script{
		Name: "closed-port", Site: s.Name, At: at(9, 7, 30),
		Summary: "port 8080 of the gateway is open in its security group, but nothing listens: it replies with RST",
		Silent:  []string{"new_exposed_service"},
	}
	for i := range 5 {
		script.try(30*i, addr("78.198.51.100"), s.addr("gateway"), appHTTP, Refused)
	}
	return script
}

func knownService(s *Site) *Script {
	script := &Script{
		Name: "known-service", Site: s.Name, At: at(9, 6, 30),
		Summary: "the partner fetches files over SFTP from another address: the service is known, whoever uses it",
		Silent:  []string{"new_exposed_service"},
	}
	script.connect(0, nextTo(partnerNL[0], 1), s.addr("sftp"), ssh, session)
	return script
}
