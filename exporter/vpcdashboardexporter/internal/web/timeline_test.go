// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"net/netip"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/browsertest"
)

const sequencePath = "/alerts/5e90e4ce"

// sequenceStore returns a store with an attack sequence of four alerts, one of which the store does not have.
func sequenceStore() *fakeStore {
	s := fullStore()
	host := netip.MustParseAddr("10.20.1.5")
	add := func(uid, rule, body string, minutes int, severity alert.Severity) {
		at := latest.Add(time.Duration(minutes-30) * time.Minute)
		s.episodes = append(s.episodes, overview.Episode{
			Alert: alert.Alert{
				UID: uid, Rule: rule, Title: "Title of " + rule, Body: body, Status: alert.Opened, Severity: severity, Time: at.Unix(), Source: host,
			},
			Opened: at, Updates: 1,
		})
	}
	add("5e90e4ce", sequenceRule, "10.20.1.5: accepted 203.0.113.7 after 5 rejected attempts (11:33), sent 21.7 MB to 198.51.100.9 (11:50)", 20, alert.Critical)
	add("aa02", "large_outbound_transfer", "10.20.1.5 sent 21.7 MB to 198.51.100.9 in 12 min", 20, alert.Medium)
	add("aa01", "remote_service_brute_force", "203.0.113.7 connected to 10.20.1.5 after 5 rejected attempts", 3, alert.High)
	access := s.find("aa01")
	access.Source, access.Destination = netip.MustParseAddr("203.0.113.7"), host
	add("aa03", "internal_port_scan", "10.20.1.5 tried 25 ports of 10.20.2.20", 12, alert.Medium)
	sequence := s.find("5e90e4ce")
	sequence.Stages, sequence.Related = []string{"access", "discovery", "exfiltration"}, []string{"evicted", "aa02", "aa01", "aa03"}
	return s
}

func (f *fakeStore) find(uid string) *overview.Episode {
	for i := range f.episodes {
		if f.episodes[i].UID == uid {
			return &f.episodes[i]
		}
	}
	return nil
}

func TestTheSequencePageIsATimelineWithLinks(t *testing.T) {
	s := sequenceStore()
	h := Handler(s, Options{})
	p := pageOf(t, h, sequencePath)
	assert.Equal(t, "3 stages in order of time: access (someone entered the host), discovery (the host searched the network), "+
		"exfiltration (data or attacks left the host).", p.byID(t, "stages").text())
	list := p.byID(t, "timeline")
	assert.Equal(t, atom.Ol, list.DataAtom)
	var entries []string
	for _, e := range list.tags(atom.Li) {
		entries = append(entries, e.text())
	}
	assert.Equal(t, []string{
		"access 2026-03-10 11:33:00 UTC 203.0.113.7 connected to 10.20.1.5 after 5 rejected attempts high, open · Title of remote_service_brute_force",
		"discovery 2026-03-10 11:42:00 UTC 10.20.1.5 tried 25 ports of 10.20.2.20 medium, open · Title of internal_port_scan",
		"exfiltration 2026-03-10 11:50:00 UTC 10.20.1.5 sent 21.7 MB to 198.51.100.9 in 12 min medium, open · Title of large_outbound_transfer",
		"An alert that this page does not have: evicted",
	}, entries)
	assert.Equal(t, []string{"/alerts/aa01", "/alerts/aa03", "/alerts/aa02"}, list.links(t))

	part := pageOf(t, h, "/alerts/aa03")
	assert.Contains(t, part.byID(t, "part-of").links(t), sequencePath)
	assert.NotContains(t, part.text(), "Attack sequence")
	assert.NotContains(t, pageOf(t, h, "/alerts/"+s.episodes[0].UID).text(), "Part of")

	got := getJSON(t, s, "/api"+sequencePath)
	assert.Equal(t, []any{"access", "discovery", "exfiltration"}, got["stages"])
	assert.Len(t, got["related"], 4)
	assert.IsType(t, json.Number(""), got["updates"])
}

func TestTheTimelineIsReadableOnAPhoneInDarkModeWithoutJavaScript(t *testing.T) {
	tab, _, url := browse(t, sequenceStore())
	for scheme, width := range map[string]int64{"light": 1440, "dark": 390} {
		setScheme(tab, scheme)
		tab.Do(chromedp.EmulateViewport(width, 900), chromedp.Navigate(url+sequencePath))
		for _, violation := range tab.Accessibility() {
			assert.Fail(t, violation.String(), "%s, %d wide", scheme, width)
		}
		assert.Empty(t, browsertest.Value[string](tab, tooWide), scheme)
	}
	browsertest.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	tab.Do(
		chromedp.Navigate(url+sequencePath),
		chromedp.Click(chromedp.CSS(`#timeline li:nth-child(2) a`)),
		chromedp.WaitVisible(chromedp.CSS("#part-of")),
	)
	where, err := chromedp.Run(tab, chromedp.Location())
	require.NoError(t, err)
	assert.Equal(t, url+"/alerts/aa03", where)
}
