// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package render renders alerts for people with Go templates: the default texts of all integrations, and the user's.
package render

import (
	_ "embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"net/url"
	"path/filepath"
	"strings"
	texttemplate "text/template"

	"github.com/prometheus/alertmanager/template"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

//go:embed default.tmpl
var defaultTemplates string

// Load returns the templates of all integrations. Ours replace Alertmanager's defaults of the same name, and the files
// at the given paths or globs replace both. Errors name the key templates or external_url.
func Load(paths []string, externalURL string) (*template.Template, error) {
	t, err := template.FromGlobs(nil, func(text *texttemplate.Template, html *htmltemplate.Template) {
		text.Funcs(functions)
		html.Funcs(functions)
	})
	if err != nil {
		return nil, err
	}
	if err := t.Parse(strings.NewReader(defaultTemplates)); err != nil {
		return nil, err
	}
	for i, path := range paths {
		found, err := filepath.Glob(path)
		if err == nil && len(found) == 0 {
			err = errors.New("no such file")
		}
		if err == nil {
			err = t.FromGlob(path)
		}
		if err != nil {
			return nil, fmt.Errorf("templates[%d]: %q: %w", i, path, err)
		}
	}
	if t.ExternalURL, err = url.Parse(externalURL); err != nil {
		return nil, fmt.Errorf("external_url: %q is not a URL", redact.URL(externalURL))
	}
	return t, nil
}

// CheckSyntax reports whether a text is a valid template. Its functions must exist; its fields are not checked.
func CheckSyntax(text string) error {
	_, err := texttemplate.New("").Funcs(texttemplate.FuncMap(template.DefaultFuncs)).Funcs(functions).Parse(text)
	return err
}
