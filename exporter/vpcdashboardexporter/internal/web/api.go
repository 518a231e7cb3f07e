// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/http"
)

// apiPage documents the API.
func (s *site) apiPage(w http.ResponseWriter, r *http.Request) {
	if err := parseParameters(r).err; err != nil {
		s.badRequest(w, err)
		return
	}
	s.render(w, http.StatusOK, "api", page{Title: "API", Nav: "api"})
}

func (s *site) apiOverview(w http.ResponseWriter, r *http.Request) {
	params, err := parseOverviewParams(r)
	if err != nil {
		writeParameterError(w, err)
		return
	}
	view := s.store.View(params.query)
	writeJSON(w, http.StatusOK, newOverviewJSON(params, &view))
}

func (s *site) apiAlerts(w http.ResponseWriter, r *http.Request) {
	params, err := parseAPIAlertsParams(r)
	if err != nil {
		writeParameterError(w, err)
		return
	}
	list, total := s.store.Episodes(params.query)
	out := alertsJSON{Total: total, Offset: params.query.Offset, Alerts: make([]alertJSON, len(list))}
	for i := range list {
		out.Alerts[i] = newAlertJSON(&list[i])
	}
	writeJSON(w, http.StatusOK, out)
}

func (s *site) apiAlert(w http.ResponseWriter, r *http.Request) {
	if err := parseParameters(r).err; err != nil {
		writeParameterError(w, err)
		return
	}
	found, ok := s.store.Episode(r.PathValue("uid"))
	if !ok {
		writeJSON(w, http.StatusNotFound, errorJSON{Error: "no alert has this uid"})
		return
	}
	writeJSON(w, http.StatusOK, newAlertJSON(&found))
}

func (s *site) apiHealth(w http.ResponseWriter, r *http.Request) {
	if err := parseParameters(r).err; err != nil {
		writeParameterError(w, err)
		return
	}
	health := s.store.Health()
	out := newHealthJSON(&health)
	if s.options.Collector != nil {
		collector := s.options.Collector(r.Context())
		out.Collector = &collector
	}
	writeJSON(w, http.StatusOK, out)
}

func apiNotFound(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusNotFound, errorJSON{Error: "unknown endpoint; /api/ lists all endpoints"})
}
