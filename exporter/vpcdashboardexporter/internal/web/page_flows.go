// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
	"github.com/vpcflow/otelcol-vpcflow/internal/humanize"
)

// flowsBody is the data of the flows template.
type flowsBody struct {
	Params   flowParams
	Ranges   []timeRange
	Actions  []choice
	Classes  []choice
	Columns  []choice
	Measures []choice
	Sorts    []choice
	From, To time.Time
	Rows     []flowView
	Top      []flowTopRow
	TopOf    string
	NextURL  string
	// Totals says that the totals follow.
	Totals bool
	// Failure is the error of the last attempt to store flows.
	Failure error
}

// totalsStart is the place in the page where the totals follow. Texts from flow logs cannot contain it, because templates
// escape them.
const totalsStart = `<div id="totals" class="sub">`

func (s *site) flowsPage(w http.ResponseWriter, r *http.Request) {
	params, invalid := parseFlowParams(r, s.options.Flows.Latest(), "sort", "cursor", "by", "measure", "totals")
	if invalid != nil {
		s.badRequest(w, invalid)
		return
	}
	body := newFlowsBody(params)
	body.Failure = s.options.Flows.Status().Failure
	if err := s.searchFlows(r.Context(), &body); err != nil {
		status, text := searchStatus(w, err)
		s.render(w, status, "message", page{Title: "Flows", Nav: "flows", Body: message{Heading: "The search did not finish", Text: text}})
		return
	}
	var out bytes.Buffer
	p := page{Title: "Flows", Nav: "flows", Flows: true, Version: s.options.Version, Body: body}
	if err := templates["flows"].ExecuteTemplate(&out, "layout.html", p); err != nil {
		s.internalError(w, fmt.Errorf("render page flows: %w", err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	before, after, found := strings.Cut(out.String(), totalsStart)
	if !found || !body.Totals || r.Method == http.MethodHead {
		_, _ = w.Write(out.Bytes()) // fails only if the client has disconnected
		return
	}
	_, _ = fmt.Fprint(w, before, totalsStart)
	s.streamTotals(r.Context(), w, params)
	_, _ = fmt.Fprint(w, after)
}

// searchFlows fills in the flows, or the groups of flows.
func (s *site) searchFlows(ctx context.Context, body *flowsBody) error {
	params := body.Params
	if params.by != "" {
		top, err := s.options.Flows.TopOf(ctx, params.query, params.by, params.top, maxPageTop, noProgress)
		body.setTop(&top)
		return err
	}
	found, err := s.options.Flows.Search(ctx, params.query, params.order, flowsPerPage, params.after)
	for i := range found.Rows {
		body.Rows = append(body.Rows, flowView{found.Rows[i], params})
	}
	if found.Next != nil {
		body.NextURL = params.URL("/flows", "cursor", formatCursor(found.Next))
	}
	return err
}

// streamTotals counts the flows and writes the progress until it has finished or the user goes to another page.
func (s *site) streamTotals(ctx context.Context, w http.ResponseWriter, params flowParams) {
	flush := func() { _ = http.NewResponseController(w).Flush() } // a recorder of a test may not support it
	_, _ = fmt.Fprintf(w, `<p>Counting all flows. <a href="%s">Cancel</a> `, template.HTMLEscapeString(params.URL("/flows", "totals", "no")))
	flush()
	shown := 0
	total, err := s.options.Flows.Totals(ctx, params.query, func(done, all int) {
		if percent := 100 * done / max(all, 1); percent >= shown+10 {
			shown = percent
			_, _ = fmt.Fprintf(w, "%d %% ", percent)
			flush()
		}
	})
	if err != nil {
		_, text := searchStatus(w, err)
		_, _ = fmt.Fprintf(w, "</p><p>The flows were not counted: %s.</p>", template.HTMLEscapeString(text))
		return
	}
	_, _ = fmt.Fprintf(w, `</p><p id="total">%s, %s, <span title="%s bytes">%s</span> in total.</p>`, humanize.Count(total.Flows, "flow", "flows"),
		humanize.Count(total.Packets, "packet", "packets"), humanize.Comma(total.Bytes), humanize.Bytes(total.Bytes))
}

func newFlowsBody(params flowParams) flowsBody {
	body := flowsBody{
		Params: params, Ranges: timeRanges, From: flowTime(params.query.From), To: flowTime(params.query.To),
		Totals:  params.after == nil && params.by == "" && params.Get("totals") != "no",
		Actions: []choice{{"", "Any"}, {"ACCEPT", "Accepted"}, {"REJECT", "Rejected"}},
		Classes: []choice{
			{"", "Any"},
			{"internal_to_internal", "Internal"},
			{"internal_to_external", "Outbound"},
			{"external_to_internal", "Inbound"},
			{"external_to_external", "External"},
		},
		Columns:  []choice{{"", "No grouping"}},
		Measures: []choice{{"bytes", "Bytes"}, {"flows", "Flows"}, {"packets", "Packets"}},
		Sorts:    []choice{{"", "Newest first"}, {"bytes", "Most bytes first"}, {"packets", "Most packets first"}},
	}
	for _, name := range flowstore.TopColumns {
		body.Columns = append(body.Columns, choice{name, name})
	}
	return body
}
