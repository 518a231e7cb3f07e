// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Format is the format of a threat list.
type Format string

// The formats of threat lists.
const (
	// AutoFormat detects the format from the beginning of the text.
	AutoFormat Format = ""
	// PlainFormat has one address or CIDR per line, with comments.
	PlainFormat Format = "plain"
	// DropFormat is Spamhaus DROP: one JSON object per line with the key cidr.
	DropFormat Format = "drop"
	// CSVFormat is comma-separated, with a header line.
	CSVFormat Format = "csv"
	// AbuseIPDBFormat is the JSON of AbuseIPDB's blacklist.
	AbuseIPDBFormat Format = "abuseipdb"
	// STIXFormat is a STIX 2.1 bundle. Only indicators of addresses are read.
	STIXFormat Format = "stix"
)

// Parse parses the text of a threat list. The name identifies the list in messages. The column is the header of the
// CSV column with the addresses; with AutoFormat, a column means CSV. Parse skips invalid entries. It returns an error
// if the text as a whole is not in the format.
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
		err = fmt.Errorf("unknown format %q", format)
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
		return "", fmt.Errorf("begins like JSON, but is invalid: %w", err)
	}
	switch {
	case first["objects"] != nil || string(first["type"]) == `"bundle"`:
		return STIXFormat, nil
	case first["data"] != nil:
		return AbuseIPDBFormat, nil
	case first["cidr"] != nil || string(first["type"]) == `"metadata"`:
		return DropFormat, nil
	default:
		return "", errors.New("is JSON, but not a STIX bundle, an AbuseIPDB blacklist or a Spamhaus DROP list")
	}
}
