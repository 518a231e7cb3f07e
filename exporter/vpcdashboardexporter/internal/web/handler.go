// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package web serves the dashboard: pages for people, made on the server, and the same as JSON. It needs no other host
// and no JavaScript, and takes only GET and HEAD.
package web

import (
	"context"
	"net/http"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// Store is what the pages are made from. It may be asked by several requests at once.
type Store interface {
	// View sums up a range of event time.
	View(query overview.Query) overview.View
	// Episodes returns a page of alerts, most recent first, and how many there are in all.
	Episodes(query overview.AlertQuery) ([]overview.Episode, int)
	// Episode returns the alert with the uid, and whether it is known.
	Episode(uid string) (overview.Episode, bool)
	// Health tells how good the data is.
	Health() overview.Health
}

// Options are what the pages say beside what the store knows. The zero value will do.
type Options struct {
	// Collector tells how the collector does that the dashboard runs in; nil where nothing is known of it.
	Collector func(context.Context) overview.CollectorHealth
	// Version is the build's.
	Version string
	// Hosts are the names, beside localhost and addresses, under which the dashboard may be called. A web page elsewhere
	// can have a name of its own point here and so read what is shown, which this stops. Empty allows any name.
	Hosts []string
}

type handler struct {
	store   Store
	options Options
}

// Handler returns the pages and the API.
func Handler(store Store, options Options) http.Handler {
	h := &handler{store: store, options: options}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.overviewPage)
	mux.HandleFunc("GET /alerts", h.alertsPage)
	mux.HandleFunc("GET /alerts/{uid}", h.alertPage)
	mux.HandleFunc("GET /api/{$}", h.apiPage)
	mux.HandleFunc("GET /api/overview", h.apiOverview)
	mux.HandleFunc("GET /api/alerts", h.apiAlerts)
	mux.HandleFunc("GET /api/alerts/{uid}", h.apiAlert)
	mux.HandleFunc("GET /api/health", h.apiHealth)
	mux.HandleFunc("GET /api/", apiNotFound)
	mux.HandleFunc("GET /assets/{name}", asset)
	mux.HandleFunc("GET /", h.notFound)
	return guard(mux, options.Hosts)
}
