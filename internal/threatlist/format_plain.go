// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// ReadFile reads a threat list from a file. See [ParsePlain].
func ReadFile(path string) ([]netip.Prefix, Skipped, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, Skipped{}, fmt.Errorf("threat list: %w", err)
	}
	defer file.Close() // only read from: there is nothing that closing could lose
	return ParsePlain(file, path)
}

// ParsePlain reads a threat list of one address or CIDR a line. It ends with the line, or with a blank, tab, comma, ;
// or #, after which anything may stand. Empty lines and those that start with #, ; or // are passed over. A bad entry is refused and
// the others are taken; the error is that of the reader. The name stands for the list in messages.
func ParsePlain(r io.Reader, name string) ([]netip.Prefix, Skipped, error) {
	var (
		prefixes []netip.Prefix
		refused  Skipped
		lines    = bufio.NewReader(r)
	)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return prefixes, refused, nil
		}
		if err != nil {
			return prefixes, refused, fmt.Errorf("threat list %s: after line %d: %w", name, n-1, err)
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		value := entryOf(line)
		if value == "" {
			continue
		}
		prefix, reason := parseEntry(value)
		if reason != "" {
			refused.add(&EntryError{List: name, Line: n, Value: value, Reason: reason})
			continue
		}
		prefixes = append(prefixes, prefix)
	}
}

// readLine returns the next line, of a long one only the beginning: the entry stands there.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, more, err := r.ReadLine()
	if !more || err != nil {
		return line, err
	}
	line = bytes.Clone(line) // reading on overwrites it
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	if errors.Is(err, io.EOF) {
		err = nil // the next call says so again
	}
	return line, err
}

// maxEntry is more than the longest entry has bytes. What is longer is cut, so that a message shows no more of it.
const maxEntry = 64

// entryOf returns the entry in a line, empty when the line has none.
func entryOf(line []byte) string {
	line = bytes.TrimSpace(line)
	if bytes.HasPrefix(line, []byte("//")) {
		return ""
	}
	if end := bytes.IndexAny(line, " \t,;#"); end >= 0 {
		line = line[:end]
	}
	return string(line[:min(len(line), maxEntry)])
}

// A prefix that is wider than these holds more than any list can mean to: it is a mistake in the list, or one made
// on purpose, that would make most traffic an alert.
const (
	widestIPv4 = 8
	widestIPv6 = 19
)

// parseEntry returns the prefix that an entry stands for, or the reason why it is refused.
func parseEntry(value string) (prefix netip.Prefix, reason string) {
	if strings.Contains(value, "/") {
		var err error
		if prefix, err = netip.ParsePrefix(value); err != nil {
			return netip.Prefix{}, "is not a CIDR"
		}
	} else {
		a, err := netip.ParseAddr(value)
		if err != nil || a.Zone() != "" {
			return netip.Prefix{}, "is neither an address nor a CIDR"
		}
		prefix = netip.PrefixFrom(a, a.BitLen())
	}
	prefix = network.Canonical(prefix)
	widest := widestIPv6
	if !prefix.Addr().Is6() {
		widest = widestIPv4
	}
	if prefix.Bits() < widest {
		return netip.Prefix{}, fmt.Sprintf("is wider than /%d", widest)
	}
	return prefix, ""
}
