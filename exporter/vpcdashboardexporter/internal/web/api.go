// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

func (h *handler) apiPage(w http.ResponseWriter, r *http.Request) {
	if bad := read(r).err; bad != nil {
		h.badRequest(w, bad)
		return
	}
	h.render(w, http.StatusOK, "api", page{Title: "API", Nav: "api"})
}

func (h *handler) apiOverview(w http.ResponseWriter, r *http.Request) {
	ask, bad := askOverview(r)
	if bad != nil {
		writeBad(w, bad)
		return
	}
	view := h.store.View(ask.query)
	writeJSON(w, http.StatusOK, overviewJSON(ask, &view))
}

// alertsJSON is a page of alerts.
type alertsJSON struct {
	Total  int         `json:"total"`
	Offset int         `json:"offset"`
	Alerts []alertJSON `json:"alerts"`
}

func (h *handler) apiAlerts(w http.ResponseWriter, r *http.Request) {
	ask, bad := askAlertsAPI(r)
	if bad != nil {
		writeBad(w, bad)
		return
	}
	list, total := h.store.Episodes(ask.query)
	out := alertsJSON{Total: total, Offset: ask.query.Offset, Alerts: make([]alertJSON, len(list))}
	for i := range list {
		out.Alerts[i] = newAlertJSON(&list[i])
	}
	writeJSON(w, http.StatusOK, out)
}

func (h *handler) apiAlert(w http.ResponseWriter, r *http.Request) {
	if bad := read(r).err; bad != nil {
		writeBad(w, bad)
		return
	}
	found, ok := h.store.Episode(r.PathValue("uid"))
	if !ok {
		writeJSON(w, http.StatusNotFound, errorJSON{Error: "there is no alert with this uid"})
		return
	}
	writeJSON(w, http.StatusOK, newAlertJSON(&found))
}

func (h *handler) apiHealth(w http.ResponseWriter, r *http.Request) {
	if bad := read(r).err; bad != nil {
		writeBad(w, bad)
		return
	}
	health := h.store.Health()
	out := newHealthJSON(&health)
	if h.options.Collector != nil {
		collector := h.options.Collector(r.Context())
		out.Collector = &collector
	}
	writeJSON(w, http.StatusOK, out)
}

func apiNotFound(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusNotFound, errorJSON{Error: "there is no such endpoint; /api/ lists them"})
}

// errorJSON says what is wrong, and with which parameter where it is one.
type errorJSON struct {
	Error     string `json:"error"`
	Parameter string `json:"parameter,omitempty"`
}

func writeBad(w http.ResponseWriter, bad *parameterError) {
	writeJSON(w, http.StatusBadRequest, errorJSON{Error: bad.Error(), Parameter: bad.Name})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		http.Error(w, "the dashboard failed: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // whoever asked has gone
}
