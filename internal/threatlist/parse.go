// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Format is how a threat list is written.
type Format string

// The formats. To detect the format is to look at the beginning of the text, which says enough.
const (
	// AutoFormat takes the format that the text has.
	AutoFormat Format = ""
	// PlainFormat is one address or CIDR a line, with comments.
	PlainFormat Format = "plain"
	// DropFormat is Spamhaus DROP: one JSON object a line, of which cidr counts.
	DropFormat Format = "drop"
	// CSVFormat is comma-separated, with a line that names the columns.
	CSVFormat Format = "csv"
	// AbuseIPDBFormat is the JSON of AbuseIPDB's blacklist.
	AbuseIPDBFormat Format = "abuseipdb"
	// STIXFormat is a STIX 2.1 bundle, of which the indicators of addresses count.
	STIXFormat Format = "stix"
)

// Parse reads the text of a threat list. The name stands for the list in messages; the column is the one of a
// CSV in which the addresses are. A bad entry is refused and the others are taken; the error is that of a text which
// is not in the format at all.
func Parse(text []byte, name string, format Format, column string) (Entries, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if format == AutoFormat {
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
		entries.Always, entries.Skipped, err = ParsePlain(bytes.NewReader(text), name)
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

func detectFormat(text []byte, column string) (Format, error) {
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
