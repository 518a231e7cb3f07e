// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	_ "embed"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

//go:embed tuning_report.md.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"comma": humanize.Comma[int64],
	"count": func(n int64, noun string) string { return humanize.Count(n, noun, noun+"s") },
	"time":  func(t int64) string { return humanize.Time(time.Unix(t, 0)) },
	"cell":  tableCell,
}).Parse(reportText))

// formatReport writes a profile as Markdown.
func formatReport(w io.Writer, profile detect.Profile, start, now time.Time) error {
	report := struct {
		detect.Profile
		Start, Now int64
		Rules      []ruleReport
		Off        []string // ids of rules that are not enabled
	}{Profile: profile, Start: start.Unix(), Now: now.Unix()}
	measured := map[string]bool{}
	for _, rule := range profile.Rules {
		report.Rules = append(report.Rules, ruleReport{rule})
		measured[rule.ID] = true
	}
	for _, id := range ruleIDs() {
		if !measured[id] {
			report.Off = append(report.Off, id)
		}
	}
	return reportTemplate.Execute(w, report)
}

// ruleReport formats the profile of a rule.
type ruleReport struct{ detect.RuleProfile }

// Measured describes the measure of a key.
func (r ruleReport) Measured() string {
	window := humanize.Setting(r.Settings.Window)
	switch r.MeasureKind {
	case detect.BeforeSuccess:
		return fmt.Sprintf("The measure of a key is its highest number of failed %s within `window: %s` before a success.", r.Unit, window)
	case detect.InEpisode:
		return "Each key alerts, so there is no threshold. The measure of a key is its highest number of flows in an episode."
	case detect.AfterStart:
		return "The measure of a key is the time between the first flow of its scope and the last flow for which the key was new. " +
			"Keys that are new within the learning period are learned without an alert."
	default:
		return fmt.Sprintf("The measure of a key is its highest number of %s within any `window: %s`.", r.Unit, window)
	}
}

// Setting returns the configuration key of the threshold. It is empty if the rule has no threshold.
func (r ruleReport) Setting() string {
	switch r.MeasureKind {
	case detect.InWindow:
		return "threshold"
	case detect.BeforeSuccess:
		return "failures"
	case detect.AfterStart:
		return "learning_period"
	default:
		return ""
	}
}

// Value formats a measure.
func (r ruleReport) Value(measure int64) string {
	switch {
	case r.MeasureKind == detect.AfterStart:
		return fmt.Sprintf("%.1f days", (time.Duration(measure)*time.Second).Hours()/24)
	case r.Cap > 0 && measure >= r.Cap:
		return "at least " + humanize.Comma(measure)
	case r.Unit == alert.Bytes:
		return humanize.Comma(measure) + " (" + humanize.Bytes(measure) + ")"
	}
	return humanize.Comma(measure)
}

// Threshold formats a threshold as in the configuration.
func (r ruleReport) Threshold(threshold int64) string {
	if r.MeasureKind == detect.AfterStart {
		return humanize.Setting(time.Duration(threshold) * time.Second)
	}
	return strconv.FormatInt(threshold, 10)
}

// Key formats the parts of a key.
func (ruleReport) Key(k detect.TopKey) string {
	var parts []string
	if k.Source.IsValid() {
		parts = append(parts, k.Source.String())
	}
	if k.Destination.IsValid() {
		parts = append(parts, "→ "+k.Destination.String())
	}
	if k.Port != 0 {
		parts = append(parts, "port "+strconv.Itoa(int(k.Port)))
	}
	if k.SourcePort != 0 {
		parts = append(parts, "source port "+strconv.Itoa(int(k.SourcePort)))
	}
	for _, text := range []string{k.Protocol, k.Country, k.Interface, k.VPC} {
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// Ignore formats an allowlist entry that removes the key from the rule. It is empty if no entry can. If the scope of the key is an account, the entry
// applies only to that account.
func (ruleReport) Ignore(k detect.TopKey) string {
	var parts []string
	if accountID.MatchString(k.Scope) {
		parts = append(parts, "account: "+strconv.Quote(k.Scope))
	}
	if k.Source.IsValid() {
		parts = append(parts, "source: "+quoteYAML(k.Source.String()))
	}
	if k.Destination.IsValid() {
		parts = append(parts, "destination: "+quoteYAML(k.Destination.String()))
	}
	if k.Port != 0 {
		parts = append(parts, "port: "+strconv.Itoa(int(k.Port)))
	}
	if k.Protocol != "" {
		parts = append(parts, "protocol: "+strconv.Quote(k.Protocol))
	}
	if k.Country != "" {
		parts = append(parts, "country: "+quoteYAML(k.Country))
	}
	if k.Interface != "" {
		parts = append(parts, "interface: "+strconv.Quote(k.Interface))
	}
	if parts == nil {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// accountID matches the ID of an AWS account.
var accountID = regexp.MustCompile(`^\d{12}$`)

// quoteYAML quotes texts that YAML would misread, such as IPv6 addresses, and NO, the code of Norway.
func quoteYAML(text string) string {
	if strings.Contains(text, ":") || len(text) == 2 {
		return strconv.Quote(text)
	}
	return text
}

// tableCell formats a scope for a table. A record can contain any text, so characters that would end the cell or the
// code span are replaced.
func tableCell(text string) string {
	if text == "" {
		return "all"
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '|':
			return '¦'
		case r == '`':
			return '\''
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, text)
	return "`" + text + "`"
}
