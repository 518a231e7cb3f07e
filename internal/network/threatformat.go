// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ThreatFormat is how a threat list is written.
type ThreatFormat string

// The formats. To detect the format is to look at the beginning of the text, which says enough.
const (
	// DetectFormat takes the format that the text has.
	DetectFormat ThreatFormat = ""
	// PlainFormat is one address or CIDR a line, with comments.
	PlainFormat ThreatFormat = "plain"
	// DropFormat is Spamhaus DROP: one JSON object a line, of which cidr counts.
	DropFormat ThreatFormat = "drop"
	// CSVFormat is comma-separated, with a line that names the columns.
	CSVFormat ThreatFormat = "csv"
	// AbuseIPDBFormat is the JSON of AbuseIPDB's blacklist.
	AbuseIPDBFormat ThreatFormat = "abuseipdb"
	// STIXFormat is a STIX 2.1 bundle, of which the indicators of addresses count.
	STIXFormat ThreatFormat = "stix"
)

// ParseThreatList reads the text of a threat list. The name stands for the list in messages; the column is the one of a
// CSV in which the addresses are. A bad entry is refused and the others are taken; the error is that of a text which
// is not in the format at all.
func ParseThreatList(text []byte, name string, format ThreatFormat, column string) (Entries, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if format == DetectFormat {
		detected, err := detectFormat(text, column)
		if err != nil {
			return Entries{}, fmt.Errorf("threat list %s: %w", name, err)
		}
		format = detected
	}
	var (
		entries Entries
		err     error
	)
	switch format {
	case PlainFormat:
		entries.Always, entries.Refused, err = ParseThreats(bytes.NewReader(text), name)
		return entries, err
	case DropFormat:
		parseDrop(text, name, &entries)
	case CSVFormat:
		err = parseCSV(text, name, column, &entries)
	case AbuseIPDBFormat:
		err = parseAbuseIPDB(text, name, &entries)
	case STIXFormat:
		err = parseSTIX(text, name, &entries)
	default:
		err = fmt.Errorf("there is no format %q", format)
	}
	if err != nil {
		return Entries{}, fmt.Errorf("threat list %s: %w", name, err)
	}
	return entries, nil
}

func detectFormat(text []byte, column string) (ThreatFormat, error) {
	begin := bytes.TrimSpace(text)
	switch {
	case column != "":
		return CSVFormat, nil
	case !bytes.HasPrefix(begin, []byte("{")):
		return PlainFormat, nil
	}
	var first map[string]json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(begin)).Decode(&first); err != nil {
		return "", fmt.Errorf("begins like JSON, but %w", err)
	}
	switch {
	case first["objects"] != nil || string(first["type"]) == `"bundle"`:
		return STIXFormat, nil
	case first["data"] != nil:
		return AbuseIPDBFormat, nil
	case first["cidr"] != nil || string(first["type"]) == `"metadata"`:
		return DropFormat, nil
	default:
		return "", errors.New("is JSON, but neither a STIX bundle nor in the form of AbuseIPDB or Spamhaus DROP")
	}
}

// ErrTooLarge says that a text is larger than its limit.
var ErrTooLarge = errors.New("is too large")

// ReadText reads a text of at most so many bytes, and unpacks one that was packed with gzip.
func ReadText(r io.Reader, limit int64) ([]byte, error) {
	text, err := readAtMost(r, limit)
	if err != nil || !bytes.HasPrefix(text, []byte("\x1f\x8b")) {
		return text, err
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	text, err = readAtMost(unpacked, limit)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	return text, err
}

func readAtMost(r io.Reader, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	return text, nil
}
