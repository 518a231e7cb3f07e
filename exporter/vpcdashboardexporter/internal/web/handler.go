// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package web serves the dashboard: HTML pages that are rendered on the server, and the same data as JSON. The pages load
// nothing from other hosts, work without JavaScript, and accept only GET and HEAD requests.
package web

import "net/http"

// Handler returns the handler of the pages and the API.
func Handler(store Store, options Options) http.Handler {
	s := &site{store: store, options: options}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.overviewPage)
	mux.HandleFunc("GET /alerts", s.alertsPage)
	mux.HandleFunc("GET /alerts/{uid}", s.alertPage)
	mux.HandleFunc("GET /api/{$}", s.apiPage)
	mux.HandleFunc("GET /api/overview", s.apiOverview)
	mux.HandleFunc("GET /api/alerts", s.apiAlerts)
	mux.HandleFunc("GET /api/alerts/{uid}", s.apiAlert)
	mux.HandleFunc("GET /api/health", s.apiHealth)
	if options.Flows != nil {
		mux.HandleFunc("GET /flows", s.flowsPage)
		mux.HandleFunc("GET /api/flows", s.apiFlows)
		mux.HandleFunc("GET /api/flows/top", s.apiFlowsTop)
	}
	mux.HandleFunc("GET /api/", apiNotFound)
	mux.HandleFunc("GET /assets/{name}", serveAsset)
	mux.HandleFunc("GET /", s.notFound)
	return secure(mux, options.Hosts)
}
