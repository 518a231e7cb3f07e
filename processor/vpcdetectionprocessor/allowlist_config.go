// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/configdecode"
	"github.com/vpcflow/otelcol-vpcflow/internal/configtype"
)

// IgnoreFile is a YAML file with allowlist entries. It has either a path or a URL. In YAML, it is a string with the
// path or the URL, or a map with the settings of a URL.
type IgnoreFile struct {
	// Path is the path of a file. It is read again when it changes.
	Path string `mapstructure:"path" config:"text"`
	// URL is the URL from which the file is fetched.
	URL string `mapstructure:"url"`
	// RefreshInterval is the time between two fetches from the URL, at least 10s. Zero means 5m.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
	// MaxResponseBytes bounds the size of a file from the URL, decompressed. Zero means 64 MiB.
	MaxResponseBytes int64 `mapstructure:"max_response_bytes"`
	// HTTP configures the HTTP client. Its settings are on the same level as those above.
	HTTP confighttp.ClientConfig `mapstructure:",squash"`
}

const (
	minAllowlistInterval     = 10 * time.Second
	defaultAllowlistInterval = 5 * time.Minute
)

// unmarshalIgnoreFiles decodes ignore_files, a list of strings and maps.
func (c *Config) unmarshalIgnoreFiles(value any) error {
	if expanded, ok := value.(xconfmap.ExpandedValue); ok {
		value = expanded.Value
	}
	if value == nil {
		return nil
	}
	var errs []error
	maps := map[int]IgnoreFile{}
	if list, ok := value.([]any); ok {
		texts := make([]any, len(list))
		for i, each := range list {
			settings, isMap := mapOf(each)
			if !isMap {
				texts[i] = each
				continue
			}
			var file IgnoreFile
			errs = append(errs, configdecode.Decode(ignoreFileKey(i), settings, &file))
			maps[i], texts[i] = file, "map" // the text is not used
		}
		value = texts
	}
	decoded := struct {
		Texts []string `mapstructure:"ignore_files" config:"text"`
	}{}
	if err := configdecode.Join(append(errs, configdecode.Decode("", map[string]any{"ignore_files": value}, &decoded))...); err != nil {
		return err
	}
	c.IgnoreFiles = nil
	for i, text := range decoded.Texts {
		file, isMap := maps[i]
		if !isMap {
			file = ignoreFileOf(text)
		}
		c.IgnoreFiles = append(c.IgnoreFiles, file)
	}
	return nil
}

func mapOf(value any) (settings map[string]any, ok bool) {
	if expanded, isExpanded := value.(xconfmap.ExpandedValue); isExpanded {
		value = expanded.Value
	}
	settings, ok = value.(map[string]any)
	return settings, ok
}

// ignoreFileOf returns the file at a path or at an http or https URL.
func ignoreFileOf(text string) IgnoreFile {
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://") {
		return IgnoreFile{URL: text}
	}
	return IgnoreFile{Path: text}
}

// ignoreFileKey returns the YAML key of an allowlist file. It also names the file in messages and metrics if it is from a
// URL, which may contain a secret.
func ignoreFileKey(i int) string { return fmt.Sprintf("ignore_files[%d]", i) }

// validate adds the problems of the file to p. key is its YAML key.
func (f *IgnoreFile) validate(p *configtype.Problems, key string) {
	hasPath := strings.TrimSpace(f.Path) != ""
	switch {
	case f.HTTP.Endpoint != "":
		p.Add(key+"::endpoint", "use url instead")
	case !hasPath && f.URL == "":
		p.Add(key, "is not the path of a file or a URL")
	case hasPath && f.URL != "":
		p.Add(key+"::url", "there is both a path and a url; remove one of them")
	case hasPath && f.RefreshInterval != 0:
		p.Add(key+"::refresh_interval", "files are read again when they change")
	case hasPath:
	case !configtype.IsHTTPURL(f.URL):
		p.Add(key, "the URL is not an http or https URL") // without the URL, which may contain a key
	case f.RefreshInterval != 0 && f.RefreshInterval < minAllowlistInterval:
		p.Add(key+"::refresh_interval", "%s is less than %s", f.RefreshInterval, minAllowlistInterval)
	default:
		configtype.AtLeast(p, key+"::max_response_bytes", f.MaxResponseBytes, 0)
	}
}
