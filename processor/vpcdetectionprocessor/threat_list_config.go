// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// ThreatList is a list of addresses known to be malicious. It has either a path or a URL.
type ThreatList struct {
	// Name is what alerts call the list. It is required.
	Name string `mapstructure:"name"`
	// Path is the file. It is read again when it changes.
	Path string `mapstructure:"path"`
	// URL is where the list is fetched from.
	URL string `mapstructure:"url"`
	// Category is what the list holds, such as botnet: alerts say it behind the name. May be empty.
	Category string `mapstructure:"category"`
	// Severity is that of alerts on this list's addresses. Empty leaves it to the rule.
	Severity string `mapstructure:"severity"`
	// Format is plain, drop, csv, abuseipdb, stix or taxii. Empty detects all but taxii.
	Format string `mapstructure:"format"`
	// Column is the name of the column of a CSV that has the addresses.
	Column string `mapstructure:"column"`
	// AllowEmpty takes a new copy that is empty, or less than half of the last. By default the last copy stays.
	AllowEmpty bool `mapstructure:"allow_empty"`
	// RefreshInterval is how long after one fetch from the URL the next one is, at least 1h. Zero means 6h.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
	// MaxResponseBytes bounds what is fetched from the URL, unpacked and all pages together. Zero means 64 MiB.
	MaxResponseBytes int64 `mapstructure:"max_response_bytes"`
	// HTTP is how the URL is asked: its settings stand beside the others.
	HTTP confighttp.ClientConfig `mapstructure:",squash"`
}

const (
	shortestInterval    = time.Hour
	defaultInterval     = 6 * time.Hour
	defaultTimeout      = 30 * time.Second
	defaultMaxResponse  = 64 << 20
	maxFile             = 1 << 30
	taxiiFormat         = "taxii"
	formatsOfThreatList = "plain, drop, csv, abuseipdb, stix or taxii"
)

func (l *ThreatList) validate(named map[string]bool) error {
	switch {
	case l.Name == "":
		return errors.New("name: is missing")
	case named[l.Name]:
		return fmt.Errorf("name: %q is the name of another list, too", l.Name)
	}
	named[l.Name] = true
	return errors.Join(l.validatePlace(), l.validateFormat(), l.validateSeverity())
}

func (l *ThreatList) validatePlace() error {
	path := strings.TrimSpace(l.Path) != ""
	switch {
	case !path && l.URL == "":
		return fmt.Errorf("path: list %q needs the path of a file, or a url", l.Name)
	case path && l.URL != "":
		return fmt.Errorf("url: list %q has a path, too; it is one or the other", l.Name)
	case path && l.RefreshInterval != 0:
		return fmt.Errorf("refresh_interval: list %q is a file, which is read again when it changes", l.Name)
	case l.HTTP.Endpoint != "":
		return errors.New("endpoint: is called url here")
	case path:
		return nil
	}
	if address, err := url.Parse(l.URL); err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return fmt.Errorf("url: that of list %q is not an http or https URL", l.Name) // without the URL, which may hold a key
	}
	if l.RefreshInterval != 0 && l.RefreshInterval < shortestInterval {
		return fmt.Errorf("refresh_interval: %s is less than %s; write the unit, as in 6h", l.RefreshInterval, shortestInterval)
	}
	if l.MaxResponseBytes < 0 {
		return fmt.Errorf("max_response_bytes: %d is less than 0", l.MaxResponseBytes)
	}
	return nil
}

func (l *ThreatList) validateFormat() error {
	switch threatlist.Format(l.Format) {
	case threatlist.CSVFormat:
		if l.Column == "" {
			return fmt.Errorf("column: list %q is a CSV and needs the name of the column that has the addresses", l.Name)
		}
		return nil
	case threatlist.AutoFormat:
		return nil
	case threatlist.PlainFormat, threatlist.DropFormat, threatlist.AbuseIPDBFormat, threatlist.STIXFormat:
	case taxiiFormat:
		if l.URL == "" {
			return fmt.Errorf("format: list %q is a file, and taxii needs a url", l.Name)
		}
	default:
		return fmt.Errorf("format: %q is not %s", l.Format, formatsOfThreatList)
	}
	if l.Column != "" {
		return fmt.Errorf("column: format %s has no columns", l.Format)
	}
	return nil
}

func (l *ThreatList) validateSeverity() error {
	if l.Severity == "" {
		return nil
	}
	if _, err := alert.ParseSeverity(l.Severity); err != nil {
		return fmt.Errorf("severity: %w", err)
	}
	return nil
}

// client returns how the URL is asked, with the defaults that a list in a list can not have otherwise.
func (l *ThreatList) client() confighttp.ClientConfig {
	client, usual := l.HTTP, confighttp.NewDefaultClientConfig()
	client.Timeout = cmp.Or(client.Timeout, defaultTimeout)
	client.MaxIdleConns = cmp.Or(client.MaxIdleConns, usual.MaxIdleConns)
	client.IdleConnTimeout = cmp.Or(client.IdleConnTimeout, usual.IdleConnTimeout)
	client.ForceAttemptHTTP2 = true
	return client
}
