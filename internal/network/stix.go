// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package network

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// indicator is what counts of a STIX object.
type indicator struct {
	Type        string    `json:"type"`
	ID          string    `json:"id"`
	Modified    time.Time `json:"modified"`
	Revoked     bool      `json:"revoked"`
	Pattern     string    `json:"pattern"`
	PatternType string    `json:"pattern_type"`
	ValidFrom   time.Time `json:"valid_from"`
	ValidUntil  time.Time `json:"valid_until"`
}

// parseSTIX reads the indicators of a STIX bundle. Of several versions of an indicator the one that was modified last
// counts, so that an earlier version of a revoked indicator does not. Other objects are passed over.
func parseSTIX(text []byte, name string, entries *Entries) error {
	var bundle struct {
		Type    string            `json:"type"`
		Objects []json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		return fmt.Errorf("is not a STIX bundle: %w", err)
	}
	if bundle.Type != "bundle" && bundle.Objects == nil {
		return errors.New("is not a STIX bundle")
	}
	type placed struct {
		indicator
		at EntryError
	}
	var found []placed
	latest := map[string]int{}
	for i, text := range bundle.Objects {
		var each struct{ Type string }
		at := EntryError{List: name, Place: fmt.Sprintf("objects[%d]", i)}
		if err := json.Unmarshal(text, &each); err != nil {
			entries.refuse(string(text), "is not a STIX object", at)
			continue
		}
		if each.Type != "indicator" {
			continue
		}
		now := placed{at: at}
		if err := json.Unmarshal(text, &now.indicator); err != nil {
			entries.refuse(string(text), "is not a STIX indicator: "+err.Error(), at)
			continue
		}
		before, known := latest[now.ID]
		switch {
		case !known || now.ID == "":
			latest[now.ID] = len(found)
			found = append(found, now)
		case now.Modified.After(found[before].Modified):
			found[before] = now
		}
	}
	for i := range found {
		found[i].list(entries, found[i].at)
	}
	return nil
}

// list adds the addresses that the indicator's pattern names.
func (i *indicator) list(entries *Entries, at EntryError) {
	if i.Revoked || i.PatternType != "" && i.PatternType != "stix" {
		return
	}
	values, reason := addressesOf(i.Pattern)
	if reason != "" {
		entries.refuse(i.Pattern, reason, at)
		return
	}
	for _, value := range values {
		prefix, reason := parseEntry(value)
		switch {
		case reason != "":
			entries.refuse(value, reason, at)
		case i.ValidFrom.IsZero() && i.ValidUntil.IsZero():
			entries.Always = append(entries.Always, prefix)
		default:
			entries.Timed = append(entries.Timed, TimedPrefix{prefix, i.ValidFrom, i.ValidUntil})
		}
	}
}
