// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// allowFor is how long a suggested entry of an allowlist lasts, so that nobody has to remember to take it out.
const allowFor = 90 * day

// entry is an entry of an allowlist of vpc_detection, in the order in which it reads best.
type entry struct {
	Source      string `yaml:"source,omitempty"`
	Destination string `yaml:"destination,omitempty"`
	Port        string `yaml:"port,omitempty"`
	Protocol    string `yaml:"protocol,omitempty"`
	Country     string `yaml:"country,omitempty"`
	Account     string `yaml:"account,omitempty"`
	Reason      string `yaml:"reason"`
	Expires     string `yaml:"expires"`
}

// What an entry takes from the record's texts. All else is left out: the entry is made to be pasted.
var (
	accountID = regexp.MustCompile(`^\d{12}$`)
	keyword   = regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]{0,31}$`)
	isoCode   = regexp.MustCompile(`^[A-Z]{2}$`)
)

func matching(pattern *regexp.Regexp, text string) string {
	if !pattern.MatchString(text) {
		return ""
	}
	return text
}

// allowlist is the YAML that would silence the alert: an entry of its rule's own allowlist, with all that the alert is
// sure of. It is empty where the alert names nothing that an entry could match.
func (e episode) allowlist() (string, error) {
	item := entry{
		Source: only(e.Source, e.Sources), Destination: only(e.Destination, e.Destinations),
		Protocol: matching(keyword, e.Transport), Account: matching(accountID, e.Account),
		Reason: "say here why this is expected", Expires: unix(e.Time).Add(allowFor).Format(time.DateOnly),
	}
	if e.DestinationPort != 0 {
		item.Port = strconv.Itoa(int(e.DestinationPort))
	}
	if item.Destination == "" {
		item.Country = matching(isoCode, e.DestinationCountry)
	}
	if !ruleID.MatchString(e.Rule) || item.Source == "" && item.Destination == "" && item.Country == "" {
		return "", nil
	}
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	err := encoder.Encode(map[string]any{"processors": map[string]any{"vpc_detection": map[string]any{
		"rules": map[string]any{e.Rule: map[string]any{"ignore": []entry{item}}},
	}}})
	if err != nil {
		return "", fmt.Errorf("allowlist entry for %s: %w", e.UID, err)
	}
	return text.String(), nil
}

// only returns the one address that the alert is about; empty where there are several.
func only(one netip.Addr, several []netip.Addr) string {
	switch {
	case one.IsValid():
		return one.String()
	case len(several) == 1:
		return several[0].String()
	default:
		return ""
	}
}
