// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("malicious_remote_access", func(shop, platform *Site) []*Script {
	return []*Script{listedLogin(shop), listedDesktop(platform), listedVisitor(shop)}
})

func listedLogin(s *Site) *Script {
	source, target := addr("85.203.0.113"), s.addr("sftp")
	script := &Script{
		Name: "listed-ssh-login", Site: s.Name, At: at(8, 13, 30),
		Summary: "an address on the threat list logs in to the file server over SSH",
		Alerts:  []Alert{{Rule: "malicious_remote_access", Source: source, Destination: target, Port: 22}},
	}
	script.connect(0, source, target, ssh, session)
	return script
}

func listedDesktop(s *Site) *Script {
	source, target := addr("80.203.0.113"), s.addr("gateway")
	script := &Script{
		Name: "listed-remote-desktop", Site: s.Name, At: at(9, 17, 0),
		Summary: "an address in a listed /24 opens Remote Desktop on the gateway, three times in an hour",
		Alerts: []Alert{
			{Rule: "malicious_remote_access", Source: source, Destination: target, Port: 3389},
			{Rule: "new_exposed_service", Source: target, Destination: source, Why: "nobody outside has reached Remote Desktop of this host before"},
		},
	}
	for i := range 3 {
		script.connect(1500*i, source, target, rdp, session)
	}
	return script
}

func listedVisitor(s *Site) *Script {
	source := addr("91.203.0.113")
	script := &Script{
		Name: "listed-visitor", Site: s.Name, At: at(9, 12, 30),
		Summary: "an address on the threat list: three SSH attempts are rejected, and the public web site answers it",
		Silent:  []string{"malicious_remote_access", "suspicious_destination", "unusual_country", "remote_service_rejects"},
	}
	for i := range 3 {
		script.try(20*i, source, s.addr("jump"), ssh, Rejected)
	}
	script.connect(90, source, s.addr("web-1"), https, fetch)
	return script
}
