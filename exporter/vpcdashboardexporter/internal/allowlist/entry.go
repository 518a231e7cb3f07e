// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package allowlist suggests allowlist entries of vpc_detection for alerts.
package allowlist

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// validity is the time after which a suggested entry expires.
const validity = 90 * 24 * time.Hour

// item is an entry. Its fields are in the best order for reading.
type item struct {
	Source      string `yaml:"source,omitempty"`
	Destination string `yaml:"destination,omitempty"`
	Port        string `yaml:"port,omitempty"`
	Protocol    string `yaml:"protocol,omitempty"`
	Country     string `yaml:"country,omitempty"`
	Account     string `yaml:"account,omitempty"`
	Reason      string `yaml:"reason"`
	Expires     string `yaml:"expires"`
}

// Patterns that a text of a record must match to appear in an entry, because users paste entries into their
// configuration.
var (
	ruleID          = regexp.MustCompile(`^[a-z0-9_]{1,64}$`)
	accountID       = regexp.MustCompile(`^\d{12}$`)
	protocolKeyword = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]{0,31}$`)
	countryCode     = regexp.MustCompile(`^[A-Z]{2}$`)
)

// Entry returns the YAML of an entry in the rule's own allowlist that suppresses the alert. It returns an empty text if
// the alert has nothing that an entry could match.
func Entry(a *alert.Alert) (string, error) {
	entry := item{
		Source: single(a.Source, a.Sources), Destination: single(a.Destination, a.Destinations),
		Protocol: ifMatches(protocolKeyword, a.Transport), Account: ifMatches(accountID, a.Account),
		Reason: "explain here why this traffic is expected", Expires: time.Unix(a.Time, 0).UTC().Add(validity).Format(time.DateOnly),
	}
	if a.DestinationPort != 0 {
		entry.Port = strconv.Itoa(int(a.DestinationPort))
	}
	if entry.Destination == "" {
		entry.Country = ifMatches(countryCode, a.DestinationCountry)
	}
	if !ruleID.MatchString(a.Rule) || entry.Source == "" && entry.Destination == "" && entry.Country == "" {
		return "", nil
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	err := encoder.Encode(map[string]any{"processors": map[string]any{"vpc_detection": map[string]any{
		"rules": map[string]any{a.Rule: map[string]any{"ignore": []item{entry}}},
	}}})
	if err != nil {
		return "", fmt.Errorf("encode allowlist entry of alert %s: %w", a.UID, err)
	}
	return text.String(), nil
}

// single returns the only address of the alert. It returns an empty text if there are several.
func single(one netip.Addr, several []netip.Addr) string {
	switch {
	case one.IsValid():
		return one.String()
	case len(several) == 1:
		return several[0].String()
	default:
		return ""
	}
}

func ifMatches(pattern *regexp.Regexp, text string) string {
	if !pattern.MatchString(text) {
		return ""
	}
	return text
}
