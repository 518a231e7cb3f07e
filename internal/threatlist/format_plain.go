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
)

// ReadFile reads a threat list in PlainFormat from a file. See [ParsePlain].
func ReadFile(path string) ([]netip.Prefix, Skipped, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, Skipped{}, fmt.Errorf("threat list: %w", err)
	}
	defer file.Close() // nothing is written, so closing loses nothing
	return ParsePlain(file, path)
}

// ParsePlain parses a threat list of one address or CIDR per line. A space, tab, comma, semicolon or # ends the entry,
// and the rest of the line is ignored. Empty lines and lines that start with #, ; or // are ignored, too. ParsePlain
// skips invalid entries. The port of an address is ignored. It returns an error only if reading fails. The name identifies the list in messages.
func ParsePlain(r io.Reader, name string) ([]netip.Prefix, Skipped, error) {
	var (
		prefixes []netip.Prefix
		skipped  Skipped
		lines    = bufio.NewReader(r)
	)
	for n := 1; ; n++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			return prefixes, skipped, nil
		}
		if err != nil {
			return prefixes, skipped, fmt.Errorf("threat list %s: after line %d: %w", name, n-1, err)
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		value := entryOf(line)
		if value == "" {
			continue
		}
		prefix, reason := parseEntry(withoutPort(value))
		if reason != "" {
			skipped.add(&EntryError{List: name, Line: n, Value: value, Reason: reason})
			continue
		}
		prefixes = append(prefixes, prefix)
	}
}

// withoutPort removes the port from an address with one, as in 192.0.2.1:3333 and [2001:db8::1]:3333. It returns any other
// text unchanged.
func withoutPort(value string) string {
	if target, err := netip.ParseAddrPort(value); err == nil {
		return target.Addr().String()
	}
	return value
}

// readLine returns the next line. If a line exceeds the buffer, it returns only the beginning, which contains the
// entry.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, more, err := r.ReadLine()
	if !more || err != nil {
		return line, err
	}
	line = bytes.Clone(line) // the next read overwrites it
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	if errors.Is(err, io.EOF) {
		err = nil // the next call returns it again
	}
	return line, err
}

// entryOf returns the entry in a line, cut to maxEntry bytes. It is empty if the line has none.
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
