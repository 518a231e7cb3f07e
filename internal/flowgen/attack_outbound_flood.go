// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

var _ = registerAttacks("outbound_flood", func(shop, platform *Site) []*Script {
	return []*Script{udpFlood(shop), synFlood(platform), videoCall(shop), logShipper(shop)}
})

func udpFlood(s *Site) *Script {
	source, target := s.addr("app-2"), nextTo(registryUS[0], 41)
	script := &Script{
		Name: "udp-flood", Site: s.Name, At: at(8, 23, 30),
		Summary: "a bot sends 60,000 UDP packets to one address within eight minutes; nothing comes back",
		Alerts:  []Alert{{Rule: "outbound_flood", Source: source, Destination: target}},
	}
	script.conversations = []Conversation{{
		Seconds: 480, Client: source, ClientPort: 40009, Server: target, ServerPort: 80, Protocol: udp, Outcome: Unanswered,
		Sent: Volume{60_000, 3_840_000},
	}}
	return script
}

func synFlood(s *Site) *Script {
	source, target := s.addr("orders-2"), nextTo(paymentsUS[1], 32)
	script := &Script{
		Name: "syn-flood", Site: s.Name, At: at(9, 4, 0),
		Summary: "a bot sends 10,002 SYN packets to one service within five minutes; two more than the threshold",
		Alerts:  []Alert{{Rule: "outbound_flood", Source: source, Destination: target}},
	}
	script.conversations = []Conversation{{
		Seconds: 300, Client: source, ClientPort: 40010, Server: target, ServerPort: 443, Protocol: tcp, Outcome: Unanswered,
		Sent: Volume{10_002, 600_120},
	}}
	return script
}

func videoCall(s *Site) *Script {
	script := &Script{
		Name: "video-call", Site: s.Name, At: at(9, 10, 10),
		Summary: "a call over UDP sends 40,000 packets within ten minutes; as many come back",
		Silent:  []string{"outbound_flood"},
	}
	script.conversations = []Conversation{{
		Seconds: 590, Client: s.addr("dev-4"), ClientPort: 40011, Server: nextTo(registryUS[0], 42), ServerPort: 443, Protocol: udp,
		Sent: Volume{40_000, 8_000_000}, Received: Volume{40_000, 8_000_000},
	}}
	return script
}

func logShipper(s *Site) *Script {
	script := &Script{
		Name: "log-shipper", Site: s.Name, At: at(9, 5, 0),
		Summary: "10,000 packets go to a log collector over UDP, which never answers; only more would exceed the threshold",
		Silent:  []string{"outbound_flood"},
	}
	script.conversations = []Conversation{{
		Seconds: 580, Client: s.addr("monitor"), ClientPort: 40012, Server: nextTo(registryUS[0], 43), ServerPort: 514, Protocol: udp,
		Outcome: Unanswered, Sent: Volume{10_000, 2_000_000},
	}}
	return script
}
