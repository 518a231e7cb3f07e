// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// Sample is one flow that an alert shows as evidence.
type Sample struct {
	Source, Destination netip.AddrPort
	// Protocol is the IANA protocol number.
	Protocol uint8
	Action   flow.Action
	Packets  uint64
	Bytes    uint64
	// Time is in Unix seconds.
	Time int64
	// Interface is the network interface that logged the flow. Empty means unknown.
	Interface string
	// Raw is the text of a sample that [ParseSample] cannot parse. All other fields are zero then.
	Raw string
}

// String formats the sample as "src:port > dst:port proto action packets bytes t eni". It returns Raw when the sample
// has no addresses.
func (s Sample) String() string {
	if !s.Source.IsValid() {
		return s.Raw
	}
	return fmt.Sprintf("%s > %s %s %s %d %d %d %s", s.Source, s.Destination, s.ProtocolName(), s.Action,
		s.Packets, s.Bytes, s.Time, cmp.Or(s.Interface, "-"))
}

// ProtocolName returns the IANA keyword of the protocol, or its number if it has none.
func (s Sample) ProtocolName() string {
	return cmp.Or(flow.ProtocolName(s.Protocol), strconv.Itoa(int(s.Protocol)))
}

// ParseSample parses the output of [Sample.String]. Any other text becomes Raw, so that formatting the sample again
// always gives the same text.
func ParseSample(text string) Sample {
	raw := Sample{Raw: text}
	fields := strings.Split(text, " ")
	if len(fields) < 9 || fields[1] != ">" {
		return raw
	}
	after := len(fields) - 5 // the keyword of a protocol may have spaces, as "isis over ipv4" does
	protocol, rest := strings.Join(fields[3:after], " "), fields[after:]
	var s Sample
	var errs [5]error
	s.Source, errs[0] = netip.ParseAddrPort(fields[0])
	s.Destination, errs[1] = netip.ParseAddrPort(fields[2])
	s.Packets, errs[2] = strconv.ParseUint(rest[1], 10, 64)
	s.Bytes, errs[3] = strconv.ParseUint(rest[2], 10, 64)
	s.Time, errs[4] = strconv.ParseInt(rest[3], 10, 64)
	if cmp.Or(errs[:]...) != nil {
		return raw
	}
	s.Protocol = parseProtocol(protocol)
	s.Action = parseAction(rest[0])
	if rest[4] != "-" {
		s.Interface = rest[4]
	}
	if s.String() != text {
		return raw
	}
	return s
}

func parseProtocol(text string) uint8 {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		return uint8(n)
	}
	n, _ := flow.ProtocolNumber(text)
	return n
}

func parseAction(text string) flow.Action {
	for _, action := range []flow.Action{flow.Accept, flow.Reject} {
		if action.String() == text {
			return action
		}
	}
	return flow.NoAction
}

// MarshalText returns the text of [Sample.String]. Stored alerts and JSON contain samples in this form.
func (s Sample) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts any text, as [ParseSample] does.
func (s *Sample) UnmarshalText(text []byte) error {
	*s = ParseSample(string(text))
	return nil
}
