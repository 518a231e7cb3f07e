// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"embed"
	"html/template"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/names"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/alerttext"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

//go:embed templates
var templateFiles embed.FS

// templates holds the page templates by name, each combined with the layout.
var templates = func() map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(templateFunctions).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts.html"))
	pages := map[string]*template.Template{}
	for _, name := range []string{"overview", "alerts", "alert", "flows", "api", "message"} {
		pages[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return pages
}()

var templateFunctions = template.FuncMap{
	"asset":     assetURL,
	"text":      visibleText,
	"lower":     strings.ToLower,
	"comma":     humanize.Comma[uint64],
	"bytes":     humanize.Bytes[uint64],
	"duration":  humanize.Duration,
	"seconds":   humanize.Seconds,
	"utc":       humanize.Time,
	"rfc3339":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"unix":      unixTime,
	"positive":  positive,
	"country":   names.Country,
	"service":   flow.ServiceName,
	"tactic":    names.TacticURL,
	"technique": names.TechniqueURL,
	"stage":     func(name string) string { return stages[name] },
	"machine":   func(m alert.Machine) string { return alerttext.Machine(&m) },
	"system":    alerttext.System,
}

// unixTime converts Unix seconds to a time in UTC.
func unixTime(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

// positive converts a count of an alert, which should not be negative.
func positive(n int64) uint64 { return uint64(max(n, 0)) }
