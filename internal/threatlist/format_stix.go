// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// indicator has the fields of a STIX object that are read.
type indicator struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	Modified    string `json:"modified"`
	Revoked     bool   `json:"revoked"`
	Pattern     string `json:"pattern"`
	PatternType string `json:"pattern_type"`
	ValidFrom   string `json:"valid_from"`
	ValidUntil  string `json:"valid_until"`
}

// parseSTIX parses the indicators of a STIX bundle and ignores other objects. If there are several versions of an
// indicator, it uses the one that was modified last, so that an older version cannot undo a revocation.
func parseSTIX(text []byte, name string, entries *Entries) error {
	var bundle struct {
		Type    string      `json:"type"`
		Objects []indicator `json:"objects"`
	}
	err := json.Unmarshal(text, &bundle)
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		bundle.Objects, err = parseObjects(text, name, entries)
	}
	if err != nil {
		return fmt.Errorf("is not a STIX bundle: %w", err)
	}
	if bundle.Type != "bundle" && bundle.Objects == nil {
		return errors.New("is not a STIX bundle")
	}
	latest := make(map[string]int, len(bundle.Objects))
	for i := range bundle.Objects {
		current := &bundle.Objects[i]
		if current.Type != "indicator" || current.ID == "" {
			continue
		}
		if before, ok := latest[current.ID]; ok {
			if current.Modified < bundle.Objects[before].Modified { // RFC 3339 in UTC sorts as text
				*current = indicator{}
				continue
			}
			bundle.Objects[before] = indicator{}
		}
		latest[current.ID] = i
	}
	for i := range bundle.Objects {
		bundle.Objects[i].addTo(entries, position{name, "objects", i})
	}
	return nil
}

// parseObjects decodes the objects of a bundle one by one, to find and skip those with a field of the wrong type.
func parseObjects(text []byte, name string, entries *Entries) ([]indicator, error) {
	var bundle struct {
		Objects []json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal(text, &bundle); err != nil {
		return nil, err
	}
	objects := make([]indicator, len(bundle.Objects))
	for i, text := range bundle.Objects {
		err := json.Unmarshal(text, &objects[i])
		if err == nil {
			continue
		}
		if objects[i].Type == "indicator" || objects[i].Type == "" {
			entries.skip(string(text), "is not a STIX indicator: "+err.Error(), position{name, "objects", i})
		}
		objects[i] = indicator{}
	}
	return objects, nil
}

// addTo adds the addresses in the indicator's pattern.
func (i *indicator) addTo(entries *Entries, at position) {
	if i.Type != "indicator" || i.Revoked || i.PatternType != "" && i.PatternType != "stix" {
		return
	}
	values, reason := patternAddresses(i.Pattern)
	if reason != "" {
		entries.skip(i.Pattern, reason, at)
		return
	}
	if len(values) == 0 {
		return
	}
	from, err := parseTime(i.ValidFrom)
	if err != nil {
		entries.skip(i.ValidFrom, "as valid_from is not a time", at)
		return
	}
	until, err := parseTime(i.ValidUntil)
	if err != nil {
		entries.skip(i.ValidUntil, "as valid_until is not a time", at)
		return
	}
	for _, value := range values {
		entries.addTimed(value, from, until, at)
	}
}

// parseTime parses a STIX time. An empty text is the zero time.
func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}
