// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package threatlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// indicator is what counts of a STIX object.
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

// parseSTIX reads the indicators of a STIX bundle. Of several versions of an indicator the one that was modified last
// counts, so that an earlier version of a revoked indicator does not. Other objects are passed over.
func parseSTIX(text []byte, name string, entries *Entries) error {
	var bundle struct {
		Type    string      `json:"type"`
		Objects []indicator `json:"objects"`
	}
	err := json.Unmarshal(text, &bundle)
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); mistyped {
		bundle.Objects, err = oneByOne(text, name, entries)
	}
	if err != nil {
		return fmt.Errorf("is not a STIX bundle: %w", err)
	}
	if bundle.Type != "bundle" && bundle.Objects == nil {
		return errors.New("is not a STIX bundle")
	}
	latest := make(map[string]int, len(bundle.Objects))
	for i := range bundle.Objects {
		now := &bundle.Objects[i]
		if now.Type != "indicator" || now.ID == "" {
			continue
		}
		if before, known := latest[now.ID]; known {
			if now.Modified < bundle.Objects[before].Modified { // RFC 3339 in UTC sorts as text
				*now = indicator{}
				continue
			}
			bundle.Objects[before] = indicator{}
		}
		latest[now.ID] = i
	}
	for i := range bundle.Objects {
		bundle.Objects[i].list(entries, place{name, "objects", i})
	}
	return nil
}

// oneByOne decodes a bundle in which something is of another type than it should be, to find out in which objects.
func oneByOne(text []byte, name string, entries *Entries) ([]indicator, error) {
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
			entries.refuse(string(text), "is not a STIX indicator: "+err.Error(), place{name, "objects", i})
		}
		objects[i] = indicator{}
	}
	return objects, nil
}

// list adds the addresses that the indicator's pattern names.
func (i *indicator) list(entries *Entries, at place) {
	if i.Type != "indicator" || i.Revoked || i.PatternType != "" && i.PatternType != "stix" {
		return
	}
	values, reason := addressesOf(i.Pattern)
	if reason != "" {
		entries.refuse(i.Pattern, reason, at)
		return
	}
	if len(values) == 0 {
		return
	}
	from, err := timeOf(i.ValidFrom)
	if err != nil {
		entries.refuse(i.ValidFrom, "as valid_from is not a time", at)
		return
	}
	until, err := timeOf(i.ValidUntil)
	if err != nil {
		entries.refuse(i.ValidUntil, "as valid_until is not a time", at)
		return
	}
	for _, value := range values {
		entries.addTimed(value, from, until, at)
	}
}

// timeOf reads a STIX time. None is the zero time.
func timeOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, text)
}
