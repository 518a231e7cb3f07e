// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

import (
	"fmt"
	"strings"
)

// Severity says how important an alert is. Its values are severity numbers of the OpenTelemetry log data model: a
// higher severity is a greater number. Zero means that no severity is set.
type Severity uint8

// The severities, in the log data model's ranges INFO, WARN, ERROR and FATAL.
const (
	Low      Severity = 10
	Medium   Severity = 13
	High     Severity = 17
	Critical Severity = 21
)

// Severities lists all severities in ascending order.
var Severities = [...]Severity{Low, Medium, High, Critical}

// ParseSeverity returns the severity with the given name. It ignores case.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range Severities {
		if strings.EqualFold(name, s.String()) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: must be low, medium, high or critical", name)
}

// String returns the name in lower case, or an empty string if no severity is set.
func (s Severity) String() string {
	switch s {
	case Low:
		return "low"
	case Medium:
		return "medium"
	case High:
		return "high"
	case Critical:
		return "critical"
	default:
		return ""
	}
}

// Text returns the name in upper case, for the SeverityText of a log record.
func (s Severity) Text() string {
	return strings.ToUpper(s.String())
}

// MarshalText returns the name in lower case.
func (s Severity) MarshalText() ([]byte, error) {
	return []byte(s.String()), nil
}

// UnmarshalText parses the name of a severity. An empty text sets no severity.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	parsed, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = parsed
	return nil
}
