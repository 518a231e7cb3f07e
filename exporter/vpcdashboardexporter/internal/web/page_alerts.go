// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// alertsBody is what the template of the list shows.
type alertsBody struct {
	Ask         alertsAsk
	Rules       []choice
	Spans       []span
	Severities  []choice
	Statuses    []choice
	Alerts      []episode
	Total       uint64
	First, Last int
	Pages       int
	Older       string
	Newer       string
}

func (h *handler) alertsPage(w http.ResponseWriter, r *http.Request) {
	ask, bad := askAlerts(r)
	if bad != nil {
		h.badRequest(w, bad)
		return
	}
	list, total := h.store.Episodes(ask.query)
	body := alertsBody{
		Ask: ask, Rules: rules(ask.Rule), Spans: spans, Alerts: episodes(list), Total: positive(int64(total)),
		Severities: []choice{{"", "Any"}, {"critical", "Critical"}, {"high", "High or worse"}, {"medium", "Medium or worse"}, {"low", "Low or worse"}},
		Statuses:   []choice{{"", "Any"}, {"open", "Open"}, {"resolved", "Resolved"}},
		Pages:      max((total+alertsPerPage-1)/alertsPerPage, 1),
	}
	if len(list) > 0 {
		body.First, body.Last = ask.query.Offset+1, ask.query.Offset+len(list)
	}
	if ask.Page > 1 {
		body.Newer = ask.URL("/alerts", min(ask.Page-1, body.Pages))
	}
	if ask.Page < body.Pages {
		body.Older = ask.URL("/alerts", ask.Page+1)
	}
	h.render(w, http.StatusOK, "alerts", page{Title: "Alerts", Nav: "alerts", Marker: total, Body: body})
}

// rules are those of this build, and the one that was asked for if it is of another.
func rules(asked string) []choice {
	list := []choice{{"", "Any"}}
	known := asked == ""
	for _, rule := range detect.Rules {
		list = append(list, choice{rule.ID, rule.Title})
		known = known || rule.ID == asked
	}
	if !known {
		list = append(list, choice{asked, asked})
	}
	return list
}

// alertBody is what the template of one alert shows.
type alertBody struct {
	episode
	Samples      []sample
	Allow        string
	RelatedLinks []link
}

type link struct{ Text, URL string }

func (h *handler) alertPage(w http.ResponseWriter, r *http.Request) {
	if bad := read(r).err; bad != nil {
		h.badRequest(w, bad)
		return
	}
	found, ok := h.store.Episode(r.PathValue("uid"))
	if !ok {
		h.render(w, http.StatusNotFound, "message", page{Title: "No such alert", Body: message{
			Head: "No such alert", Text: "There is none with this uid. It may have been forgotten to make room for others.",
		}})
		return
	}
	e := episode{found}
	allow, err := e.allowlist()
	if err != nil {
		h.fail(w, err)
		return
	}
	body := alertBody{episode: e, Samples: samples(e.Episode.Samples), Allow: allow}
	for _, id := range e.Episode.Related {
		body.RelatedLinks = append(body.RelatedLinks, link{id, techniqueURL(id)})
	}
	h.render(w, http.StatusOK, "alert", page{Title: strings.TrimSpace(e.SeverityName() + ": " + e.Sentence()), Nav: "alerts", Marker: e.Updates, Body: body})
}
