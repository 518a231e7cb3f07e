// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// parseDrop parses one JSON object per line. It ignores lines with a type, such as the metadata at the end.
func parseDrop(text []byte, name string, entries *Entries) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		at := position{list: name, n: n}
		var entry struct {
			CIDR *string
			Type string
		}
		switch err := json.Unmarshal(line, &entry); {
		case err != nil:
			entries.skip(string(line), "is not a JSON object with a cidr", at)
		case entry.CIDR != nil:
			entries.add(*entry.CIDR, at)
		case entry.Type == "":
			entries.skip(string(line), "has no cidr", at)
		}
	}
}

// parseAbuseIPDB parses the blacklist of AbuseIPDB.
func parseAbuseIPDB(text []byte, name string, entries *Entries) error {
	var list struct {
		Data *[]struct {
			IPAddress string `json:"ipAddress"`
		} `json:"data"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("is not an AbuseIPDB blacklist: %w", err)
	}
	if list.Data == nil {
		return errors.New("is not an AbuseIPDB blacklist: it has no data")
	}
	for i, entry := range *list.Data {
		entries.add(entry.IPAddress, position{name, "data", i})
	}
	return nil
}
