// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("remote_service_rejects", func(_, platform *Site) []*Script {
	return []*Script{rejectedLogins(platform)}
})

func rejectedLogins(s *Site) *Script {
	source, target := addr("159.203.0.113"), s.addr("bastion")
	script := &Script{
		Name: "ssh-guessing", Site: s.Name, At: at(9, 16, 0),
		Summary: "ten rejected SSH attempts in nine minutes, each from another port, and no success: exactly the threshold",
		Alerts:  []Alert{{Rule: "remote_service_rejects", Source: source}},
	}
	for i := range 10 {
		script.try(60*i, source, target, ssh, Rejected)
	}
	return script
}
