// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// hostile is a text that an attacker could put into a field of a record: markup, a script, a template, invisible
// characters and great length.
var hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`>{{.}}\u202egnp.exe\x00\x1b[31m" + strings.Repeat("A", 5000)

// hostileStore returns a store with the hostile text in all fields.
func hostileStore() *fakeStore {
	s := fullStore()
	for i := range s.episodes {
		a := &s.episodes[i].Alert
		for _, field := range []*string{
			&a.Body, &a.Title, &a.Category, &a.RulesetVersion, &a.Account, &a.Region, &a.Scope, &a.Transport, &a.Rule,
			&a.Tactic.ID, &a.Tactic.Name, &a.Technique.ID, &a.Technique.Name, &a.SourceCountry, &a.DestinationCountry,
			&a.SourceMachine.Name, &a.SourceMachine.Interface, &a.DestinationMachine.Owner, &a.DestinationAS.Organization, &a.VPC, &a.Interface, &a.Instance, &a.Impact, &a.Mitigation, &a.Feed, &a.IndicatorProvider, &a.IndicatorCategory,
		} {
			*field = hostile
		}
		a.Unit, a.RoleEvidence = "<script>alert(3)</script>", "<script>alert(4)</script>"
		a.RelatedTechniques, a.Samples = []string{hostile, "javascript:alert(5)"}, []alert.Sample{{Raw: hostile}}
		a.Indicator = a.Source
		a.Stages, a.Related = []string{hostile, "access"}, []string{hostile, s.episodes[0].UID}
	}
	for dimension := range s.view.Top {
		s.view.Top[dimension] = []overview.Entry{{Key: hostile, Value: 7}, {Key: "javascript:alert(6)", Value: 3}}
	}
	s.view.Health.Undecodable = map[string]uint64{hostile: 1}
	return s
}

// hostileReport returns a report of the collector with the hostile text in all fields.
func hostileReport(context.Context) collectorhealth.Report {
	return collectorhealth.Report{
		ThreatLists: []collectorhealth.ThreatList{{Name: hostile}},
		Detection:   collectorhealth.Detection{Lag: map[string]time.Duration{hostile: time.Hour}, Skipped: map[string]uint64{hostile: 1}},
		Exporters:   []collectorhealth.Exporter{{Name: hostile, Failed: 1}},
	}
}

func TestHostileStringsAreShownAsText(t *testing.T) {
	h := Handler(hostileStore(), Options{Version: hostile, Collector: hostileReport})
	for _, path := range []string{"/", "/alerts", alertPath} {
		response := get(t, h, path)
		require.Equal(t, http.StatusOK, response.Code, path)
		root, err := html.Parse(response.Body)
		require.NoError(t, err)
		p := &node{root}
		assert.Len(t, p.tags(atom.Script), 1, "%s: a foreign script", path)
		assert.Empty(t, p.tags(atom.Img), path)
		assert.Contains(t, p.text(), "<script>alert(1)</script>", path)
		for _, r := range p.text() {
			assert.False(t, unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r), "%s: the invisible character %U", path, r)
		}
		for _, link := range p.links(t) {
			assert.Regexp(t, "^(/|#|https://attack\\.mitre\\.org/|https://github\\.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules\\.md$)", link, path)
		}
		for _, e := range p.all(func(e *node) bool { return e.FirstChild != nil && e.FirstChild.Type == html.TextNode }) {
			assert.Less(t, len(e.FirstChild.Data), 3*maxText, "%s: %s is long", path, e.Data)
		}
	}
}

func TestVisibleText(t *testing.T) {
	for given, want := range map[string]string{
		"":                             "",
		"10.0.0.1 to port 22":          "10.0.0.1 to port 22",
		"Zürich 東京":                    "Zürich 東京",
		"a\u202eb\u2066c\u200bd":       `a\u202eb\u2066c\u200bd`,
		"a\x00b\nc":                    `a\u0000b\u000ac`,
		"a\u2028b":                     `a\u2028b`,
		"a\xffb":                       `a\ufffdb`,
		strings.Repeat("é", maxText):   strings.Repeat("é", maxText),
		strings.Repeat("é", maxText+3): strings.Repeat("é", maxText) + "… (3 more characters)",
	} {
		assert.Equal(t, want, visibleText(given))
	}
}
