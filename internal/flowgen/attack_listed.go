// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import "net/netip"

// listedPeers is traffic with addresses of the threat list.
func listedPeers(shop, platform *Site) []*Script {
	return []*Script{
		listedLogin(shop), listedDesktop(platform), beacon(shop), blockedBeacon(platform),
	}
}

func listedLogin(s *Site) *Script {
	source, target := addr("85.203.0.113"), s.addr("sftp")
	script := &Script{
		Name: "listed-ssh-login", Site: s.Name, At: at(8, 13, 30),
		Summary: "an address of the threat list logs in to the file server over SSH",
		Alerts:  []Alert{{Rule: maliciousRemoteAccess, Source: source, Destination: target, Port: 22}},
	}
	script.connect(0, source, target, ssh, session)
	return script
}

func listedDesktop(s *Site) *Script {
	source, target := addr("80.203.0.113"), s.addr("gateway")
	script := &Script{
		Name: "listed-remote-desktop", Site: s.Name, At: at(9, 17, 0),
		Summary: "an address of a listed /24 opens Remote Desktop on the gateway, three times in an hour",
		Alerts:  []Alert{{Rule: maliciousRemoteAccess, Source: source, Destination: target, Port: 3389}},
	}
	for i := range 3 {
		script.connect(1500*i, source, target, rdp, session)
	}
	return script
}

func beacon(s *Site) *Script {
	source, target := s.addr("app-2"), addr("134.203.0.113")
	script := &Script{
		Name: "beacon", Site: s.Name, At: at(8, 14, 0),
		Summary: "an application host calls a listed address every five minutes for an hour",
		Alerts:  []Alert{{Rule: suspiciousDestination, Source: source, Destination: target, Updated: 1}},
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
		Summary: "a build runner calls a listed address: at first a network ACL blocks it (medium), an hour later it gets through (high)",
		Alerts: []Alert{
			{Rule: suspiciousDestination, Source: source, Destination: target, Updated: 1},
			throughNAT(s, suspiciousDestination, target),
		},
	}
	script.try(0, source, target, appTLS, Blocked)
	script.try(30, source, target, appTLS, Blocked)
	script.connect(3600, source, target, appTLS, fetch)
	return script
}

// throughNAT is the alert that the NAT gateway's own address causes beside the host's.
func throughNAT(s *Site, rule string, target netip.Addr) Alert {
	return Alert{
		Rule: rule, Source: s.nat.Addr, Destination: target,
		Why: "the NAT gateway sends the same packets on from its own address, which its Internet side logs without a trace of the host",
	}
}
