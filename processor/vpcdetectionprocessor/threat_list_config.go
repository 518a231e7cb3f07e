// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
	"github.com/vpcflow/otelcol-vpcflow/internal/threatlist"
)

// ThreatList is a list of addresses that are known to be malicious. It has either a path or a URL.
type ThreatList struct {
	// Name is the name of the list in alerts. It is required, and must be unique.
	Name string `mapstructure:"name"`
	// Path is the path of a file. It is read again when it changes.
	Path string `mapstructure:"path"`
	// URL is the URL from which the list is fetched.
	URL string `mapstructure:"url"`
	// Category describes the addresses in alerts, for example botnet. It may be empty.
	Category string `mapstructure:"category"`
	// Severity is the severity of alerts on addresses of this list. Empty means the severity of the rule.
	Severity string `mapstructure:"severity"`
	// Format is plain, drop, csv, abuseipdb, stix or taxii. Empty detects all formats except taxii.
	Format string `mapstructure:"format"`
	// Column is the header of the CSV column with the addresses.
	Column string `mapstructure:"column"`
	// AllowEmpty accepts a new copy that is empty or has less than half of the entries of the last copy. By default the
	// last copy stays in use.
	AllowEmpty bool `mapstructure:"allow_empty"`
	// RefreshInterval is the time between two fetches from the URL, at least 1h. Zero means 6h.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
	// MaxResponseBytes bounds the size of the list, decompressed and all pages together. Zero means 64 MiB.
	MaxResponseBytes int64 `mapstructure:"max_response_bytes"`
	// HTTP configures the HTTP client. Its settings are on the same level as those above.
	HTTP confighttp.ClientConfig `mapstructure:",squash"`
}

const (
	minRefreshInterval     = time.Hour
	defaultRefreshInterval = 6 * time.Hour
	maxListFileBytes       = 1 << 30
	taxiiFormat            = "taxii"
)

// validate adds the problems of the list to p. key is its YAML key. names contains the names of the preceding lists.
func (l *ThreatList) validate(p *configtype.Problems, key string, names map[string]bool) {
	switch {
	case l.Name == "":
		p.Add(key+"::name", "is missing")
		return
	case names[l.Name]:
		p.Add(key+"::name", "%q is already the name of another list", l.Name)
		return
	}
	names[l.Name] = true
	l.validateSource(p, key)
	l.validateFormat(p, key)
	if l.Severity != "" {
		if _, err := alert.ParseSeverity(l.Severity); err != nil {
			p.Add(key+"::severity", "%w", err)
		}
	}
}

func (l *ThreatList) validateSource(p *configtype.Problems, key string) {
	hasPath := strings.TrimSpace(l.Path) != ""
	switch {
	case !hasPath && l.URL == "":
		p.Add(key+"::path", "list %q needs the path of a file, or a url", l.Name)
	case hasPath && l.URL != "":
		p.Add(key+"::url", "list %q has both a path and a url; remove one of them", l.Name)
	case hasPath && l.RefreshInterval != 0:
		p.Add(key+"::refresh_interval", "list %q is a file; files are read again when they change", l.Name)
	case l.HTTP.Endpoint != "":
		p.Add(key+"::endpoint", "use url instead")
	case hasPath:
	case !configtype.IsHTTPURL(l.URL):
		p.Add(key+"::url", "the URL of list %q is not an http or https URL", l.Name) // without the URL, which may contain a key
	case l.RefreshInterval != 0 && l.RefreshInterval < minRefreshInterval:
		p.Add(key+"::refresh_interval", "%s is less than %s", l.RefreshInterval, minRefreshInterval)
	default:
		configtype.AtLeast(p, key+"::max_response_bytes", l.MaxResponseBytes, 0)
	}
}

func (l *ThreatList) validateFormat(p *configtype.Problems, key string) {
	switch format := threatlist.Format(l.Format); {
	case format == threatlist.CSVFormat && l.Column == "":
		p.Add(key+"::column", "list %q is in CSV format and needs the header of the column with the addresses", l.Name)
	case format == threatlist.CSVFormat, format == threatlist.AutoFormat:
	case l.Format == taxiiFormat && l.URL == "":
		p.Add(key+"::format", "list %q is a file, but taxii needs a url", l.Name)
	default:
		p.OneOf(key+"::format", l.Format, "plain", "drop", "csv", "abuseipdb", "stix", taxiiFormat)
		if l.Column != "" {
			p.Add(key+"::column", "the format %s has no columns", l.Format)
		}
	}
}

// validateThreatLists adds the problems of all lists.
func validateThreatLists(p *configtype.Problems, lists []ThreatList) {
	names := map[string]bool{}
	for i := range lists {
		lists[i].validate(p, fmt.Sprintf("threat_lists[%d]", i), names)
	}
}
