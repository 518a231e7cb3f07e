// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/overview"
)

// Store provides the data of the pages. It must be safe for concurrent use.
type Store interface {
	// View returns the content of the overview page.
	View(query overview.Query) overview.View
	// Episodes returns one page of alerts, most recent first, and the number of all matches.
	Episodes(query overview.AlertQuery) ([]overview.Episode, int)
	// Episode returns the alert with the given uid, and whether it is known.
	Episode(uid string) (overview.Episode, bool)
	// Health returns the quality of the data.
	Health() overview.Health
}

// Options configure the pages. The zero value is valid.
type Options struct {
	// Collector returns the state of the collector. It may be nil.
	Collector func(context.Context) collectorhealth.Report
	// Flows searches single flows. It is nil if they are not kept.
	Flows FlowStore
	// Version is the version of the build.
	Version string
	// Hosts are the host names that requests may use besides localhost and IP addresses. They protect against DNS
	// rebinding, by which a foreign web page could read the dashboard. An empty list allows all names.
	Hosts []string
}

// site renders the pages.
type site struct {
	store   Store
	options Options
}

// page is the data of the layout template.
type page struct {
	Title string
	// Nav is the navigation entry of the page.
	Nav string
	// Marker changes when alerts change. The script then announces it to screen readers.
	Marker  int
	Version string
	// Flows says that single flows can be searched.
	Flows bool
	Body  any
}

// message is the body of a page that only has a message.
type message struct{ Heading, Text string }

// render writes a page. It renders the whole page first, so that an error does not leave half a page.
func (s *site) render(w http.ResponseWriter, status int, name string, p page) {
	p.Version, p.Flows = s.options.Version, s.options.Flows != nil
	var out bytes.Buffer
	if err := templates[name].ExecuteTemplate(&out, "layout.html", p); err != nil {
		s.internalError(w, fmt.Errorf("render page %s: %w", name, err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // fails only if the client has disconnected
}

func (*site) internalError(w http.ResponseWriter, err error) {
	http.Error(w, "internal error of the dashboard: "+err.Error(), http.StatusInternalServerError)
}

func (s *site) badRequest(w http.ResponseWriter, err *parameterError) {
	s.render(w, http.StatusBadRequest, "message", page{Title: "Bad request", Body: message{
		Heading: "Invalid parameter in the address", Text: err.Error(),
	}})
}

func (s *site) notFound(w http.ResponseWriter, _ *http.Request) {
	s.render(w, http.StatusNotFound, "message", page{Title: "Not found", Body: message{
		Heading: "Page not found", Text: "The dashboard has an overview, a list of alerts and an API.",
	}})
}
