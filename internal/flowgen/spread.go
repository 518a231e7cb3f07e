// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"time"
)

// Spread selects a log of one hour with many addresses, for benchmarks: nine external addresses in ten records, and a
// thousand internal addresses. Requests and replies go in both directions; DNS uses UDP. The last records cause the only
// alert, internal_reject_sweep. The zero value is invalid: start from [DefaultSpread].
type Spread struct {
	// Seed determines all random choices.
	Seed uint64
	// Start is the start of the log.
	Start time.Time
	// Records is the number of records.
	Records int
}

// DefaultSpread returns a million records with 900,000 external addresses.
func DefaultSpread() Spread {
	o := DefaultOptions()
	return Spread{Seed: o.Seed, Start: o.Start, Records: 1_000_000}
}

const (
	spreadHosts   = 1000
	spreadPods    = 4 // addresses of an interface
	spreadSeconds = 3600
	// spreadSweep is the default threshold of internal_reject_sweep.
	spreadSweep = 10
	// minSpread is the number of records in which every host occurs.
	minSpread = 20_000
	maxSpread = 1_000_000_000
)

// Validate returns an error that names the first invalid option.
func (s Spread) Validate() error {
	if s.Records < minSpread || s.Records > maxSpread {
		return fmt.Errorf("records %d: must be from %d to %d", s.Records, minSpread, maxSpread)
	}
	return nil
}

// Hosts returns the internal addresses.
func (Spread) Hosts() []netip.Addr {
	site := newSpreadSite()
	hosts := make([]netip.Addr, len(site.Hosts))
	for i, h := range site.Hosts {
		hosts[i] = h.Addr
	}
	return hosts
}

// Lines yields the lines, without the header. A line is only valid until the next one.
func (s Spread) Lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		site := newSpreadSite()
		var line []byte
		for r := range s.records(site) {
			line = site.AppendLine(line[:0], r)
			if !yield(line) {
				return
			}
		}
	}
}

// Write writes the log as one file below dir, in the folders that AWS uses in a bucket. It fails if dir contains flow logs.
func (s Spread) Write(dir string) (Summary, error) {
	if err := errors.Join(s.Validate(), checkEmpty(dir)); err != nil {
		return Summary{}, err
	}
	site := newSpreadSite()
	sum := Summary{Account: site.Account, Version: site.Version, Files: 1, Records: s.Records}
	out, err := createLogFile(site.path(dir, s.Start.Unix(), uint32(s.Seed)))
	if err != nil {
		return Summary{}, err
	}
	out.writeLine([]byte(site.Header()))
	for line := range s.Lines() {
		out.writeLine(line)
	}
	err = out.close(&sum)
	return sum, err
}

func newSpreadSite() *Site {
	hosts := make([]Host, spreadHosts)
	for i := range hosts {
		const perSubnet = 250
		a := netip.AddrFrom4([4]byte{10, 40, byte(i / perSubnet), byte(1 + i%perSubnet)})
		hosts[i] = Host{Name: a.String(), Addr: a}
	}
	site := newSite(Site{
		Name: "spread", Version: 2, Account: "777788889999", Region: "eu-west-1",
		VPC: "vpc-05b8e1f7a2c94d360", FlowLog: "fl-09e2c7a5b1d8f4036",
	}, hosts)
	for i, h := range site.Hosts { // The addresses of an interface are those of pods.
		h.ENI = site.Hosts[i-i%spreadPods].ENI
	}
	return site
}

// records yields the records in the order of their end. A record is only valid until the next one.
func (s Spread) records(site *Site) iter.Seq[*Record] {
	return func(yield func(*Record) bool) {
		begin := s.Start.Unix()
		traffic := s.Records - spreadSweep
		opposite := traffic - s.Records*9/10 // the records of known addresses
		t := newSpreadTraffic(site, s.Seed)
		for i := range traffic {
			t.now = begin + int64(i)*spreadSeconds/int64(traffic)
			if i*opposite/traffic == (i+1)*opposite/traffic {
				t.addFirst()
			} else {
				t.addOpposite()
			}
			if !yield(&t.record) {
				return
			}
		}
		t.now = begin + spreadSeconds
		for i := range spreadSweep {
			t.addSweep(i)
			if !yield(&t.record) {
				return
			}
		}
	}
}
