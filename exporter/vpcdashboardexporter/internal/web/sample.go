// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// sample is a flow that an alert shows as evidence, taken apart where its text is of the form
// "src:port > dst:port proto action packets bytes t eni". Text of another form is shown as it is.
type sample struct {
	Text                        string
	Parsed                      bool
	Source, Destination         netip.AddrPort
	Protocol, Action, Interface string
	Packets, Bytes              uint64
	Time                        time.Time
}

func readSample(text string) sample {
	s := sample{Text: text}
	fields := strings.Fields(text)
	if len(fields) != 9 || fields[1] != ">" {
		return s
	}
	var errs [5]error
	var seconds int64
	s.Source, errs[0] = netip.ParseAddrPort(fields[0])
	s.Destination, errs[1] = netip.ParseAddrPort(fields[2])
	s.Packets, errs[2] = strconv.ParseUint(fields[5], 10, 64)
	s.Bytes, errs[3] = strconv.ParseUint(fields[6], 10, 64)
	seconds, errs[4] = strconv.ParseInt(fields[7], 10, 64)
	for _, err := range errs {
		if err != nil {
			return s
		}
	}
	s.Protocol, s.Action, s.Interface, s.Time = fields[3], fields[4], fields[8], unix(seconds)
	s.Parsed = true
	return s
}

func samples(texts []string) []sample {
	list := make([]sample, len(texts))
	for i, text := range texts {
		list[i] = readSample(text)
	}
	return list
}
