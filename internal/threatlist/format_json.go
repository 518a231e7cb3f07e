// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// parseDrop reads one JSON object a line. Lines of another type than an entry, such as the metadata at the end, are
// passed over.
func parseDrop(text []byte, name string, entries *Entries) {
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		at := place{list: name, n: n}
		var entry struct {
			CIDR *string
			Type string
		}
		switch err := json.Unmarshal(line, &entry); {
		case err != nil:
			entries.refuse(string(line), "is not a JSON object with a cidr", at)
		case entry.CIDR != nil:
			entries.add(*entry.CIDR, at)
		case entry.Type == "":
			entries.refuse(string(line), "has no cidr", at)
		}
	}
}

// parseAbuseIPDB reads the blacklist of AbuseIPDB.
func parseAbuseIPDB(text []byte, name string, entries *Entries) error {
	var list struct {
		Data *[]struct {
			IPAddress string `json:"ipAddress"`
		} `json:"data"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("is not JSON in the form of AbuseIPDB: %w", err)
	}
	if list.Data == nil {
		return errors.New("has no data in the form of AbuseIPDB")
	}
	for i, entry := range *list.Data {
		entries.add(entry.IPAddress, place{name, "data", i})
	}
	return nil
}
