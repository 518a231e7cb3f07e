// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"
)

// Parts of the input do not share sources, and overlap in time. The alerts therefore do not depend on the order of the parts.
const (
	tortureBegin   = 1736899200
	tortureSeconds = 50
	// tortureFiller is the number of flows of a part that cause no alert.
	tortureFiller = 1500
)

// part is a file, an object or a request, with flows that cause alerts. The last flows are those of its sentinel.
type part struct {
	number int
	lines  []string
}

func newPart(number int, random *rand.Rand) *part {
	p := &part{number: number}
	// Each scan keeps the order of its flows, and all are mixed.
	groups := [][]string{
		p.ports(p.external(1), p.internal(10), 25+random.IntN(300), "REJECT"),
		p.hosts(p.external(2), 10+random.IntN(150), 443, "REJECT"),
		slices.Concat(p.repeat(p.external(3), p.internal(11), 22, 12, 60, "REJECT"), p.repeat(p.external(3), p.internal(11), 22, 1, 60, "ACCEPT")),
		p.ports(p.internal(1), p.internal(2), 25+random.IntN(50), "ACCEPT"),
		p.hosts(p.internal(3), 10+random.IntN(20), 8443, "REJECT"),
		p.repeat(p.internal(4), "192.0.2.9", 443, 3, 10_000_000, "ACCEPT"),
		p.repeat(p.internal(5), p.internal(6), 443, tortureFiller, 60, "ACCEPT"),
	}
	for len(groups) > 0 {
		n := random.IntN(len(groups))
		count := min(len(groups[n]), 1+random.IntN(20))
		p.lines = append(p.lines, groups[n][:count]...)
		if groups[n] = groups[n][count:]; len(groups[n]) == 0 {
			groups = slices.Delete(groups, n, n+1)
		}
	}
	p.lines = append(p.lines, p.ports(p.external(9), p.internal(12), 20, "REJECT")...)
	return p
}

func (p *part) external(n int) string { return fmt.Sprintf("198.18.%d.%d", p.number, n) }
func (p *part) internal(n int) string { return fmt.Sprintf("10.%d.0.%d", p.number, n) }

// sentinel is the source of the last alert that the part causes.
func (p *part) sentinel() string { return p.external(9) }

func tortureLine(src, dst string, port, size, at int, action string) string {
	return fmt.Sprintf("2 123456789012 eni-0a1b2c3d4e5f60718 %s %s 50000 %d 6 1 %d %d %d %s OK\n", src, dst, port, size, at, at, action)
}

// ports returns flows to several ports of a host.
func (*part) ports(src, dst string, count int, action string) (lines []string) {
	for n := range count {
		lines = append(lines, tortureLine(src, dst, 2000+n, 60, tortureBegin+n%tortureSeconds, action))
	}
	return lines
}

// hosts returns flows to several hosts of the part.
func (p *part) hosts(src string, count, port int, action string) (lines []string) {
	for n := range count {
		lines = append(lines, tortureLine(src, p.internal(20+n), port, 60, tortureBegin+n%tortureSeconds, action))
	}
	return lines
}

func (*part) repeat(src, dst string, port, count, size int, action string) (lines []string) {
	for n := range count {
		lines = append(lines, tortureLine(src, dst, port, size, tortureBegin+n%tortureSeconds, action))
	}
	return lines
}

func (p *part) text() string { return strings.Join(p.lines, "") }

// closing returns flows of the next two days, which end all episodes.
func closing() string {
	var text strings.Builder
	last := &part{number: 255}
	for at := tortureBegin + 300; at < tortureBegin+2*24*3600; at += 300 {
		text.WriteString(tortureLine(last.internal(1), last.internal(2), 443, 60, at, "ACCEPT"))
	}
	for n := range 20 {
		text.WriteString(tortureLine(last.sentinel(), last.internal(12), 2000+n, 60, tortureBegin+2*24*3600+n, "REJECT"))
	}
	return text.String()
}

// hostileFiles returns files that are bad in some way. Their good lines cause alerts.
func hostileFiles(t *testing.T, parts []*part) map[string]string {
	t.Helper()
	text := func(n int) string { return parts[n].text() }
	long := tortureGzip(t, text(0)+strings.Repeat(tortureLine("10.255.0.1", "10.255.0.2", 443, 60, tortureBegin, "ACCEPT"), 2000))
	names := "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
	return map[string]string{
		"truncated.log.gz": long[:len(long)*9/10],
		"corrupt.log.gz":   tortureGzip(t, text(1)) + "\x1f\x8b\x08\x00 no gzip",
		"bytes.log":        "\xff\x00\xfe bad\n" + strings.Repeat("\xff", 3000) + "\n" + text(2),
		"gigantic.log":     parts[3].lines[0] + strings.Repeat("x", 5<<20) + "\n" + text(3),
		"header.log":       names + strings.Repeat(" x", 486) + "\n" + names + " " + names + "\n" + text(4),
		"binary.log":       strings.Repeat("\x00\x01\x02\xff", 5000),
		"empty.log":        "",
		"words.log":        strings.Repeat("these words are no flow log\n", 1000),
	}
}

// hostileParts is the number of parts that hostileFiles needs.
const hostileParts = 5

func tortureGzip(t *testing.T, text string) string {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return buffer.String()
}
