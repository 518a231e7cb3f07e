// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// hostile is what an attacker could put into each field of a record: markup, a script, a template, marks that turn the
// direction of writing, and length.
var hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`>{{.}}\u202egnp.exe\x00\x1b[31m" + strings.Repeat("A", 5000)

// hostileStore has it everywhere.
func hostileStore() *fakeStore {
	s := fullStore()
	for i := range s.episodes {
		a := &s.episodes[i].Alert
		for _, field := range []*string{
			&a.Body, &a.Title, &a.Category, &a.RulesetVersion, &a.Account, &a.Region, &a.Scope, &a.Transport, &a.Rule,
			&a.Tactic.ID, &a.Tactic.Name, &a.Technique.ID, &a.Technique.Name, &a.SourceCountry, &a.DestinationCountry,
			&a.VPC, &a.Interface, &a.Instance, &a.Impact, &a.Mitigation, &a.Feed, &a.IndicatorProvider,
		} {
			*field = hostile
		}
		a.Unit, a.RoleEvidence = "<script>alert(3)</script>", "<script>alert(4)</script>"
		a.Related, a.Samples = []string{hostile, "javascript:alert(5)"}, []alert.Sample{{Raw: hostile}}
		a.Indicator = a.Source
	}
	for dimension := range s.view.Top {
		s.view.Top[dimension] = []overview.Entry{{Key: hostile, Value: 7}, {Key: "javascript:alert(6)", Value: 3}}
	}
	s.view.Health.Undecodable = map[string]uint64{hostile: 1}
	return s
}

func TestAHostileStringIsShownAsText(t *testing.T) {
	h := Handler(hostileStore(), Options{Version: hostile, Collector: hostileCollector})
	for _, path := range []string{"/", "/alerts", alertPath} {
		answer := get(t, h, path)
		require.Equal(t, http.StatusOK, answer.Code, path)
		root, err := html.Parse(answer.Body)
		require.NoError(t, err)
		p := &node{root}
		assert.Len(t, p.tags(atom.Script), 1, "%s: a script beside ours", path)
		assert.Empty(t, p.tags(atom.Img), path)
		assert.Contains(t, p.text(), "<script>alert(1)</script>", path)
		for _, r := range p.text() {
			assert.False(t, unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r), "%s: a mark %U that is not seen", path, r)
		}
		for _, link := range p.links(t) {
			assert.Regexp(t, "^(/|#|https://attack\\.mitre\\.org/)", link, path)
		}
		for _, e := range p.all(func(e *node) bool { return e.FirstChild != nil && e.FirstChild.Type == html.TextNode }) {
			assert.Less(t, len(e.FirstChild.Data), 3*longest, "%s: %s is long", path, e.Data)
		}
	}
}

func TestVisible(t *testing.T) {
	for given, want := range map[string]string{
		"":                             "",
		"10.0.0.1 did it":              "10.0.0.1 did it",
		"Zürich 東京":                    "Zürich 東京",
		"a\u202eb\u2066c\u200bd":       `a\u202eb\u2066c\u200bd`,
		"a\x00b\nc":                    `a\u0000b\u000ac`,
		"a\u2028b":                     `a\u2028b`,
		"a\xffb":                       `a\ufffdb`,
		strings.Repeat("é", longest):   strings.Repeat("é", longest),
		strings.Repeat("é", longest+3): strings.Repeat("é", longest) + "… (3 more characters)",
	} {
		assert.Equal(t, want, visible(given))
	}
}
