// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// The rule needs tcp-flags, which the format of the shop lacks.
var _ = registerAttacks("long_connection", func(_, platform *Site) []*Script {
	return []*Script{remoteControl(platform), tunnel(platform), elevenHours(platform)}
})

func remoteControl(s *Site) *Script {
	source, target := s.addr("bastion"), nextTo(gitUS[0], 60)
	script := &Script{
		Name: "remote-control", Site: s.Name, At: at(8, 3, 0),
		Summary: "a remote control tool keeps one connection open for twelve hours, with a packet every nine minutes",
		Alerts:  []Alert{{Rule: "long_connection", Source: source, Destination: target, Port: 443}},
	}
	script.connect(0, source, target, https, exchange{Volume{80, 4160}, Volume{80, 4160}, 43_200})
	return script
}

func tunnel(s *Site) *Script {
	source, target := s.addr("gateway"), nextTo(mirrorGB[0], 40)
	script := &Script{
		Name: "long-tunnel", Site: s.Name, At: at(8, 1, 30),
		Summary: "somebody keeps an SSH tunnel to an external host open for thirteen hours",
		Alerts:  []Alert{{Rule: "long_connection", Source: source, Destination: target, Port: 22}},
	}
	script.connect(0, source, target, ssh, exchange{Volume{90, 9000}, Volume{90, 9000}, 46_800})
	return script
}

func elevenHours(s *Site) *Script {
	script := &Script{
		Name: "eleven-hours", Site: s.Name, At: at(9, 1, 0),
		Summary: "an agent keeps a connection to its server open for eleven hours",
		Silent:  []string{"long_connection"},
	}
	script.connect(0, s.addr("win-1"), nextTo(gitUS[0], 61), https, exchange{Volume{75, 3900}, Volume{75, 3900}, 39_600})
	return script
}
