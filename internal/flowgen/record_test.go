// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

func TestLinesHaveTheFormOfAWS(t *testing.T) {
	shop, platform := newShop(), newPlatform()
	web, alb := shop.byName["web-1"], platform.byName["alb-1"]
	at := Record{
		Status: OK, Egress: true, Src: web.Addr, Dst: addr("84.140.3.8"), PktSrc: web.Addr, PktDst: addr("84.140.3.8"),
		SrcPort: 443, DstPort: 50001, Protocol: tcp, Flags: 19, Path: 8, Packets: 12, Bytes: 12840, Start: 1772409600, End: 1772409603,
	}
	for name, test := range map[string]struct {
		site   *Site
		host   *Host
		change func(*Record)
		want   string
	}{
		"version 2": {
			shop, web, func(*Record) {},
			"2 111122223333 " + web.ENI + " 10.20.1.10 84.140.3.8 443 50001 6 12 12840 1772409600 1772409603 ACCEPT OK",
		},
		"version 2, rejected": {
			shop, web, func(r *Record) { r.Rejected = true },
			"2 111122223333 " + web.ENI + " 10.20.1.10 84.140.3.8 443 50001 6 12 12840 1772409600 1772409603 REJECT OK",
		},
		"version 2, no data": {
			shop, web, func(r *Record) { r.Status = NoData },
			"2 111122223333 " + web.ENI + " - - - - - - - 1772409600 1772409603 - NODATA",
		},
		"version 5, egress": {
			platform, alb, func(*Record) {},
			"5 444455556666 eu-central-1 vpc-07be2d90c1a4f6e35 euc1-az2 " + alb.Subnet + " - " + alb.ENI + " egress 8 IPv4 " +
				"10.20.1.10 84.140.3.8 10.20.1.10 84.140.3.8 - - 443 50001 6 19 12 12840 1772409600 1772409603 ACCEPT OK",
		},
		"version 5, ingress over IPv6": {
			platform, alb, func(r *Record) { r.Egress, r.Src, r.PktSrc = false, alb.Addr6, alb.Addr6 },
			"5 444455556666 eu-central-1 vpc-07be2d90c1a4f6e35 euc1-az2 " + alb.Subnet + " - " + alb.ENI + " ingress - IPv6 " +
				"fd5c:7a1e:b0d2:10::a 84.140.3.8 fd5c:7a1e:b0d2:10::a 84.140.3.8 - - 443 50001 6 19 12 12840 1772409600 1772409603 ACCEPT OK",
		},
		"version 5, to an AWS service": {
			platform, alb, func(r *Record) { r.PktDst = objectsDE[0] },
			"5 444455556666 eu-central-1 vpc-07be2d90c1a4f6e35 euc1-az2 " + alb.Subnet + " - " + alb.ENI + " egress 8 IPv4 " +
				"10.20.1.10 84.140.3.8 10.20.1.10 52.219.170.14 - S3 443 50001 6 19 12 12840 1772409600 1772409603 ACCEPT OK",
		},
		"version 5, records lost": {
			platform, alb, func(r *Record) { r.Status = SkipData },
			"5 444455556666 eu-central-1 vpc-07be2d90c1a4f6e35 euc1-az2 " + alb.Subnet + " - " + alb.ENI +
				strings.Repeat(" -", 15) + " 1772409600 1772409603 - SKIPDATA",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := at
			r.Host = test.host
			test.change(&r)
			assert.Equal(t, test.want, string(test.site.AppendLine(nil, &r)))
		})
	}
}

func TestEveryLineDecodes(t *testing.T) {
	for _, version := range Versions() {
		l, err := NewLog(version, oneDay())
		require.NoError(t, err)
		format, err := flow.ParseFormat(l.Header())
		require.NoError(t, err)
		assert.Empty(t, format.Unknown())
		fields := len(strings.Fields(l.Header()))
		statuses := make(map[flow.Status]int)
		for r := range l.Records() {
			line := string(l.AppendLine(nil, r))
			require.Len(t, strings.Split(line, " "), fields, line)
			var f flow.Flow
			require.NoError(t, format.Flow(line, &f), line)
			statuses[f.Status]++
			require.Equal(t, r.Start, f.Time)
			require.Equal(t, l.Account, f.Account)
			if r.Status == OK {
				require.Equal(t, r.PktSrc, f.Src)
				require.Equal(t, r.Packets, f.Packets)
				require.Equal(t, r.Rejected, f.Action == flow.Reject)
			}
		}
		assert.Greater(t, statuses[flow.StatusOK], 5000)
		assert.Equal(t, 48, statuses[flow.NoData])
		assert.Equal(t, 2, statuses[flow.SkipData])
	}
}
