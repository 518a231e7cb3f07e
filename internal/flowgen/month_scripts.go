// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

// MonthScripts returns the attacks of a [Month], and ordinary events that cause alerts by the definition of a rule. The
// latter have a reason in the field Why of the alerts. Only alerts of the second ruleset are named.
func MonthScripts() []*Script {
	office, shop, data, containers := newMonthOffice(), newMonthShop(), newMonthData(), newMonthContainers()
	return []*Script{
		monthOutboundScan(office), monthInternalSweep(data), monthFailedCallbacks(shop), monthOutboundFlood(containers),
		monthExternalSweep(shop), monthExposedService(data), monthLongConnection(containers), monthSequence(office),
	}
}

// MonthEvents returns the alerts that ordinary traffic causes by the definition of a rule.
func MonthEvents() []Alert {
	shop, data := newMonthShop(), newMonthData()
	events := []Alert{
		{Rule: "new_exposed_service", Source: shop.addr("front-24"), Why: "the load balancer adds a node on day 16"},
		{
			Rule: "long_connection", Source: data.addr("monitor"),
			Why: "the monitor keeps a connection to the service of its vendor for 23 hours a day; because of such hosts, the rule is off by default",
		},
	}
	for _, worker := range data.many("worker", 5) {
		events = append(events, Alert{
			Rule: "failed_callbacks", Source: worker, Why: "an agent connects every thirty seconds to a service that is down for an hour",
		})
	}
	return events
}

func monthOutboundScan(s *Site) *Script {
	source := s.addr("desk-17")
	script := &Script{
		Name: "month-outbound-scan", Site: s.Name, At: at(9, 13, 0), Summary: "forty external hosts on port 445 in three minutes",
		Alerts: []Alert{{Rule: "outbound_scan", Source: source}},
	}
	for i, target := range consecutive("198.18.7.1", 40) {
		script.try(4*i, source, target, smb, Unanswered)
	}
	return script
}

func monthInternalSweep(s *Site) *Script {
	source := s.addr("worker-40")
	script := &Script{
		Name: "month-internal-sweep", Site: s.Name, At: at(10, 2, 0), Summary: "SSH to thirty internal addresses that do not answer",
		Alerts: []Alert{{Rule: "internal_sweep", Source: source}},
	}
	for i, target := range consecutive("10.80.200.1", 30) {
		script.try(5*i, source, target, ssh, Unanswered)
	}
	return script
}

func monthFailedCallbacks(s *Site) *Script {
	source, target := s.addr("app-3"), addr("45.148.10.99")
	script := &Script{
		Name: "month-failed-callbacks", Site: s.Name, At: at(11, 4, 0), Summary: "a command server that is gone is called once a minute for an hour",
		Alerts: []Alert{{Rule: "failed_callbacks", Source: source}},
	}
	for i := range 60 {
		script.try(60*i, source, target, appTLS, Unanswered)
	}
	return script
}

func monthOutboundFlood(s *Site) *Script {
	source, target := s.addr("task-7"), addr("198.18.99.1")
	script := &Script{
		Name: "month-outbound-flood", Site: s.Name, At: at(13, 22, 0), Summary: "100,000 UDP packets to one address in eight minutes",
		Alerts: []Alert{{Rule: "outbound_flood", Source: source}},
	}
	script.conversations = []Conversation{{
		Seconds: 480, Client: source, ClientPort: 40009, Server: target, ServerPort: 80, Protocol: udp, Outcome: Unanswered,
		Sent: Volume{100_000, 6_400_000},
	}}
	return script
}

func monthExternalSweep(s *Site) *Script {
	source := addr("45.148.10.77")
	script := &Script{
		Name: "month-external-sweep", Site: s.Name, At: at(15, 5, 0), Summary: "one address connects to port 443 of twenty-three public hosts in six minutes",
		Alerts: []Alert{{Rule: "external_sweep", Source: source}},
	}
	for i, target := range s.many("front", monthFronts-1) {
		script.connect(15*i, source, target, https, fetch)
	}
	return script
}

func monthExposedService(s *Site) *Script {
	source, visitor := s.addr("notebook"), addr("84.190.7.99")
	script := &Script{
		Name: "month-exposed-service", Site: s.Name, At: at(20, 16, 0), Summary: "a notebook server opens port 5900 to the Internet",
		Alerts: []Alert{{Rule: "new_exposed_service", Source: source}},
	}
	script.connect(0, visitor, source, service{5900, tcp}, session)
	return script
}

func monthLongConnection(s *Site) *Script {
	source := s.addr("schedule")
	script := &Script{
		Name: "month-long-connection", Site: s.Name, At: at(22, 1, 0), Summary: "one connection to an external host for fourteen hours",
		Alerts: []Alert{{Rule: "long_connection", Source: source}},
	}
	packets := uint64(14 * 60)
	script.conversations = []Conversation{{
		Seconds: 14 * 3600, Client: source, ClientPort: 41001, Server: addr("45.148.10.55"), ServerPort: 443, Protocol: tcp,
		Sent: Volume{packets, 100 * packets}, Received: Volume{packets, 80 * packets},
	}}
	return script
}

// monthSequence is an intrusion: a guessed password, a scan from inside, a new peer and a large transfer.
func monthSequence(s *Site) *Script {
	intruder, host := addr("45.148.10.33"), s.addr("jump")
	script := &Script{
		Name: "month-intrusion", Site: s.Name, At: at(24, 3, 0), Summary: "guessed SSH password, scan of the inside, and a large transfer",
		Alerts: []Alert{{Rule: "attack_sequence", Source: host}, {Rule: "internal_sweep", Source: host}},
	}
	for i := range 12 {
		script.try(10*i, intruder, host, ssh, Rejected)
	}
	script.connect(180, intruder, host, ssh, session)
	for i, target := range consecutive("10.60.10.1", 40) {
		script.try(400+5*i, host, target, rdp, Unanswered)
	}
	script.connect(900, host, addr("45.148.10.34"), https, exchange{Volume{40_000, 56_000_000}, Volume{20_000, 1_040_000}, 300})
	return script
}
