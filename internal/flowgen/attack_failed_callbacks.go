// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("failed_callbacks", func(shop, platform *Site) []*Script {
	return []*Script{deadServer(shop), closedServer(platform), movedCollector(platform), serverRestart(shop)}
})

func deadServer(s *Site) *Script {
	source, target := s.addr("app-3"), nextTo(registryUS[0], 40)
	script := &Script{
		Name: "dead-command-server", Site: s.Name, At: at(8, 7, 20),
		Summary: "malware calls its server every ninety seconds for an hour; the server has been shut down",
		Alerts:  []Alert{{Rule: "failed_callbacks", Source: source, Destination: target, Port: 8443}},
	}
	for i := range 40 {
		script.try(90*i, source, target, appTLS, Unanswered)
	}
	return script
}

func closedServer(s *Site) *Script {
	source, target := s.addr("payments"), nextTo(paymentsUS[1], 30)
	script := &Script{
		Name: "closed-command-server", Site: s.Name, At: at(8, 5, 20),
		Summary: "malware calls its server every minute; the port is closed",
		Alerts:  []Alert{{Rule: "failed_callbacks", Source: source, Destination: target, Port: 8443}},
	}
	for i := range 25 {
		script.try(60*i, source, target, appTLS, Refused)
	}
	return script
}

func movedCollector(s *Site) *Script {
	script := &Script{
		Name: "moved-collector", Site: s.Name, At: at(8, 4, 10),
		Summary: "an agent calls a collector that has moved nineteen times in an hour",
		Silent:  []string{"failed_callbacks"},
	}
	for i := range 19 {
		script.try(180*i, s.addr("etl"), nextTo(paymentsUS[1], 31), appTLS, Unanswered)
	}
	return script
}

func serverRestart(s *Site) *Script {
	script := &Script{
		Name: "server-restart", Site: s.Name, At: at(8, 6, 40),
		Summary: "a service calls another company fifty times; it is down for ten of these calls",
		Silent:  []string{"failed_callbacks"},
	}
	for i := range 50 {
		if i >= 20 && i < 30 {
			script.try(30*i, s.addr("app-1"), registryUS[1], https, Unanswered)
			continue
		}
		script.connect(30*i, s.addr("app-1"), registryUS[1], https, fetch)
	}
	return script
}
