// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("suspicious_destination", func(shop, platform *Site) []*Script {
	return []*Script{beacon(shop), blockedBeacon(platform)}
})

func beacon(s *Site) *Script {
	source, target := s.addr("app-2"), addr("134.203.0.113")
	script := &Script{
		Name: "beacon", Site: s.Name, At: at(8, 14, 0),
		Summary: "an application host connects to a listed address every five minutes for an hour",
		Alerts:  []Alert{{Rule: "suspicious_destination", Source: source, Destination: target, Updated: 1}},
	}
	for i := range 12 {
		script.connect(300*i, source, target, https, fetch)
	}
	return script
}

func blockedBeacon(s *Site) *Script {
	source, target := s.addr("runner"), addr("188.203.0.113")
	script := &Script{
		Name: "blocked-beacon", Site: s.Name, At: at(8, 15, 0),
		Summary: "a build runner connects to a listed address: a network ACL blocks it at first (medium), an hour later it gets through (high)",
		Alerts:  []Alert{{Rule: "suspicious_destination", Source: source, Destination: target, Updated: 1}},
	}
	script.try(0, source, target, appTLS, Blocked)
	script.try(30, source, target, appTLS, Blocked)
	script.connect(3600, source, target, appTLS, fetch)
	return script
}
