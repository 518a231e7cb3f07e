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

	"github.com/dustin/go-humanize"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

//go:embed tuning_report.md.tmpl
var reportText string

var reportTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"comma": humanize.Comma,
	"count": func(n int64, one string) string {
		if n == 1 {
			return "1 " + one
		}
		return humanize.Comma(n) + " " + one + "s"
	},
	"time": func(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02 15:04:05") },
	"cell": cell,
}).Parse(reportText))

// tell writes a survey as Markdown.
func tell(w io.Writer, s detect.Profile, since, now time.Time) error {
	report := struct {
		detect.Profile
		Since, Now int64
		Rules      []surveyed
	}{Profile: s, Since: since.Unix(), Now: now.Unix()}
	for _, rule := range s.Rules {
		report.Rules = append(report.Rules, surveyed{rule})
	}
	return reportTemplate.Execute(w, report)
}

// surveyed says in words what the survey of a rule has found.
type surveyed struct{ detect.RuleProfile }

// Measured says what the measure of a key is.
func (s surveyed) Measured() string {
	switch s.MeasureKind {
	case detect.BeforeSuccess:
		return fmt.Sprintf("The measure of a key is the most failed %s within `window: %s` before a success.", s.Unit, short(s.Settings.Window))
	case detect.InEpisode:
		return "Each key alerts. The measure of a key is the most flows in one episode; there is no threshold to choose."
	case detect.AfterStart:
		return "The measure of a key is how long after the first flow of its scope it was last new. " +
			"What is new within the learning period is learned without an alert."
	default:
		return fmt.Sprintf("The measure of a key is the most %s within any `window: %s`.", s.Unit, short(s.Settings.Window))
	}
}

// Setting is the name of the threshold in the configuration, empty where there is none.
func (s surveyed) Setting() string {
	return map[detect.MeasureKind]string{
		detect.InWindow: "threshold", detect.BeforeSuccess: "failures", detect.AfterStart: "learning_period",
	}[s.MeasureKind]
}

// Value writes a measure as the configuration would have it, or as people say it.
func (s surveyed) Value(measure int64) string {
	switch {
	case s.MeasureKind == detect.AfterStart:
		return days(measure)
	case s.Cap > 0 && measure >= s.Cap:
		return "at least " + humanize.Comma(measure)
	case s.Unit == alert.Bytes:
		return humanize.Comma(measure) + " (" + humanize.Bytes(uint64(measure)) + ")"
	}
	return humanize.Comma(measure)
}

// Threshold writes a threshold as the configuration has it.
func (s surveyed) Threshold(threshold int64) string {
	if s.MeasureKind == detect.AfterStart {
		return short(time.Duration(threshold) * time.Second)
	}
	return strconv.FormatInt(threshold, 10)
}

// Key writes the parts of a key.
func (surveyed) Key(k detect.TopKey) string {
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
	if k.Country != "" {
		parts = append(parts, k.Country)
	}
	return strings.Join(parts, " ")
}

// Ignore is the entry of an allowlist that takes the key from the rule, and from no other account where that is told apart.
func (surveyed) Ignore(k detect.TopKey) string {
	var parts []string
	if accountID.MatchString(k.Scope) {
		parts = append(parts, "account: "+strconv.Quote(k.Scope))
	}
	if k.Source.IsValid() {
		parts = append(parts, "source: "+quoted(k.Source.String()))
	}
	if k.Destination.IsValid() {
		parts = append(parts, "destination: "+quoted(k.Destination.String()))
	}
	if k.Port != 0 {
		parts = append(parts, "port: "+strconv.Itoa(int(k.Port)))
	}
	if k.Country != "" {
		parts = append(parts, "country: "+quoted(k.Country))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// accountID matches the id of an AWS account, which a scope may be.
var accountID = regexp.MustCompile(`^\d{12}$`)

// quoted keeps YAML from taking the colons of an address, or the country NO, for something else.
func quoted(text string) string {
	if strings.Contains(text, ":") || len(text) == 2 {
		return strconv.Quote(text)
	}
	return text
}

// cell writes what came from outside so that it stays within the cell of a table.
func cell(text string) string {
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

// short writes a duration without the parts that are zero.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func days(seconds int64) string {
	return fmt.Sprintf("%.1f days", (time.Duration(seconds)*time.Second).Hours()/24)
}
