// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"net/netip"
	"time"
)

// tasks are containers that live for minutes. A task fetches its image, looks up names, and works. Some end without
// notice; load balancers and the monitor then fail to connect a few times.
type tasks struct {
	pool, balancers, stores []netip.Addr
	monitor, dns            netip.Addr
	perDay                  float64

	running []task
}

type task struct {
	host   netip.Addr
	end    int64
	served bool // by load balancers
}

func (t *tasks) play(m *minute) {
	n := m.times(t.perDay, 0.5+0.5*shoppers(m.start))
	if m.start%3600 == 0 { // scheduled jobs
		n += m.times(10*1440, 1)
	}
	for range n {
		t.begin(m)
	}
	var running []task
	for _, each := range t.running {
		if m.start >= each.end {
			t.stop(m, each)
			continue
		}
		t.work(m, each)
		running = append(running, each)
	}
	t.running = running
}

func (t *tasks) begin(m *minute) {
	host := t.pool[m.rng.IntN(len(t.pool))]
	for _, other := range t.running {
		if other.host == host {
			return
		}
	}
	t.running = append(t.running, task{host, m.start + 60*int64(5+m.rng.IntN(35)), m.rng.IntN(3) > 0})
	start := m.second()
	m.add(Conversation{
		Start: start, Client: host, ClientPort: m.port(host), Server: t.dns, ServerPort: dns.port, Protocol: udp,
		Sent: Volume{2, 142}, Received: Volume{2, 270},
	})
	t.call(m, start+1, host, registryUS[m.rng.IntN(len(registryUS))], https, exchange{Volume{900, 60_000}, Volume{9000, 12_000_000}, 15})
}

func (*tasks) call(m *minute, start int64, from, to netip.Addr, at service, e exchange) {
	m.add(Conversation{
		Start: start, Seconds: e.seconds, Client: from, ClientPort: m.port(from), Server: to, ServerPort: at.port, Protocol: at.protocol,
		Sent: e.sent.vary(m.rng), Received: e.received.vary(m.rng),
	})
}

func (t *tasks) work(m *minute, each task) {
	start := m.second()
	if m.rng.IntN(6) == 0 {
		t.call(m, start, each.host, t.stores[m.rng.IntN(len(t.stores))], psql, fetch)
	}
	switch m.rng.IntN(20) {
	case 0:
		t.call(m, start, each.host, webServer(m.rng), https, fetch)
	case 1:
		if m.rng.IntN(20) == 0 {
			m.add(failing(m, start, each.host, webServer(m.rng), https, randomFailure(m)))
		}
	}
	if each.served && m.rng.IntN(5) == 0 {
		t.call(m, start, t.balancers[m.rng.IntN(len(t.balancers))], each.host, appHTTP, fetch)
	}
	if m.start/60%5 == 0 && each.served {
		t.call(m, start, t.monitor, each.host, metrics, fetch)
	}
}

// stop ends a task. One in five ends without notice.
func (t *tasks) stop(m *minute, each task) {
	if m.rng.IntN(5) > 0 || !each.served {
		return
	}
	outcome := randomFailure(m)
	for _, balancer := range t.balancers {
		for check := range int64(3) {
			m.add(failing(m, m.start+10*check, balancer, each.host, appHTTP, outcome))
		}
	}
	m.add(failing(m, m.start+30, t.monitor, each.host, metrics, outcome))
}

// autoscaling passes requests of load balancers to as many hosts as the time of day needs. A host that is removed fails the
// monitor once, because the monitor learns of it later.
type autoscaling struct {
	balancers, apps []netip.Addr
	monitor         netip.Addr
	perDay          float64
}

func (a autoscaling) play(m *minute) {
	size := func(t int64) int { return max(8, int(shoppers(t)*float64(len(a.apps)))) }
	n := size(m.start)
	for range m.times(a.perDay, shoppers(m.start)) {
		client, app := a.balancers[m.rng.IntN(len(a.balancers))], a.apps[m.rng.IntN(n)]
		m.add(Conversation{
			Start: m.second(), Seconds: 4, Client: client, ClientPort: m.port(client), Server: app, ServerPort: appHTTP.port, Protocol: tcp,
			Sent: Volume{18, 7200}.vary(m.rng), Received: Volume{26, 26_520}.vary(m.rng),
		})
	}
	for removed := n; removed < size(m.start-60) && removed < n+6; removed++ {
		m.add(failing(m, m.start+int64(removed%60), a.monitor, a.apps[removed], metrics, Unanswered))
	}
}

// rollingRestart restarts one host after another. While a host restarts, it refuses load balancers and the monitor.
type rollingRestart struct {
	balancers, apps []netip.Addr
	monitor         netip.Addr
	at              time.Duration
	every           int64 // minutes
}

func (r rollingRestart) play(m *minute) {
	since := (m.start - m.begin - int64(r.at.Seconds())) / 60
	if since < 0 || since%r.every != 0 || since/r.every >= int64(len(r.apps)) {
		return
	}
	app := r.apps[since/r.every]
	for _, balancer := range r.balancers {
		for check := range int64(3) {
			m.add(failing(m, m.start+10*check, balancer, app, appHTTP, Refused))
		}
	}
	m.add(failing(m, m.start+15, r.monitor, app, metrics, Refused))
}

// lostPeers are workers that still try to reach peers that have ended.
type lostPeers struct {
	from, dead []netip.Addr
	perDay     float64
}

func (l lostPeers) play(m *minute) {
	for range m.times(l.perDay, 1) {
		client, start := l.from[m.rng.IntN(len(l.from))], m.second()
		first := m.rng.IntN(len(l.dead) - 3)
		for _, peer := range l.dead[first : first+1+m.rng.IntN(3)] {
			for try := range int64(4) {
				m.add(failing(m, start+5*try, client, peer, service{7337, tcp}, Unanswered))
			}
		}
	}
}

// spotEnds are hosts that the provider takes away. The monitor fails to connect until it learns of that.
type spotEnds struct {
	monitor netip.Addr
	hosts   []netip.Addr
	perDay  float64
}

func (s spotEnds) play(m *minute) {
	for range m.times(s.perDay, 1) {
		host := s.hosts[m.rng.IntN(len(s.hosts))]
		for try := range int64(3) {
			m.add(failing(m, m.start+15*try, s.monitor, host, metrics, Unanswered))
		}
	}
}

// consecutive returns addresses, which need not belong to a host.
func consecutive(first string, n int) []netip.Addr {
	out := make([]netip.Addr, n)
	out[0] = addr(first)
	for i := range n - 1 {
		out[i+1] = out[i].Next()
	}
	return out
}
