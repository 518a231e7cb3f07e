// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/allowlist"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/names"
)

// alertBody is the data of the alert template.
type alertBody struct {
	alertView
	Allowlist    string
	RelatedLinks []link
	Timeline     []timelineEntry // of an attack sequence
	Sequences    []alertView     // that the alert is part of
}

type link struct{ Text, URL string }

func (s *site) alertPage(w http.ResponseWriter, r *http.Request) {
	if err := parseParameters(r).err; err != nil {
		s.badRequest(w, err)
		return
	}
	found, ok := s.store.Episode(r.PathValue("uid"))
	if !ok {
		s.render(w, http.StatusNotFound, "message", page{Title: "Alert not found", Body: message{
			Heading: "Alert not found", Text: "The dashboard has no alert with this id. It may have been evicted because of max_alerts.",
		}})
		return
	}
	entry, err := allowlist.Entry(&found.Alert)
	if err != nil {
		s.internalError(w, err)
		return
	}
	body := alertBody{alertView: alertView{found}, Allowlist: entry, Timeline: timeline(s.store, &found.Alert), Sequences: sequencesOf(s.store, found.UID)}
	for _, id := range body.Best().Related {
		body.RelatedLinks = append(body.RelatedLinks, link{id, names.TechniqueURL(id)})
	}
	title := strings.TrimSpace(body.SeverityName() + ": " + body.Sentence())
	s.render(w, http.StatusOK, "alert", page{Title: title, Nav: "alerts", Marker: body.Updates, Body: body})
}
