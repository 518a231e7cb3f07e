// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/csv"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
)

// The types in this file are part of the API. Fields may be added but not renamed.

// flowsJSON is one page of flows.
type flowsJSON struct {
	From  time.Time       `json:"from"`
	To    time.Time       `json:"to"`
	Flows []flowstore.Row `json:"flows"`
	// Next is the cursor of the next page. It is empty on the last page.
	Next string `json:"next"`
}

// topJSON are the heaviest values of a column.
type topJSON struct {
	From    time.Time         `json:"from"`
	To      time.Time         `json:"to"`
	By      string            `json:"by"`
	Measure flowstore.Measure `json:"measure"`
	Entries []flowstore.Entry `json:"entries"`
	Total   flowstore.Total   `json:"total"`
	// Error is how much an entry may lack; 0 if the entries are exact.
	Error uint64 `json:"error"`
}

func (s *site) apiFlows(w http.ResponseWriter, r *http.Request) {
	params, invalid := parseFlowParams(r, s.options.Flows.Latest(), "sort", "cursor", "limit", "format")
	if invalid != nil {
		writeParameterError(w, invalid)
		return
	}
	page, err := s.options.Flows.Search(r.Context(), params.query, params.order, params.limit, params.after)
	if err != nil {
		writeSearchError(w, err)
		return
	}
	if params.format == "csv" {
		w.Header().Set("Link", nextLink(params, page.Next))
		writeCSV(w, "flows.csv", page.Rows)
		return
	}
	writeJSON(w, http.StatusOK, flowsJSON{
		From: flowTime(params.query.From), To: flowTime(params.query.To), Flows: append([]flowstore.Row{}, page.Rows...), Next: formatCursor(page.Next),
	})
}

// nextLink returns a header that leads to the next page of a CSV file; empty on the last page.
func nextLink(params flowParams, next *flowstore.Position) string {
	if next == nil {
		return ""
	}
	return "<" + params.URL("/api/flows", "cursor", formatCursor(next)) + `>; rel="next"`
}

func (s *site) apiFlowsTop(w http.ResponseWriter, r *http.Request) {
	params, invalid := parseFlowParams(r, s.options.Flows.Latest(), "by", "measure", "n", "format")
	if invalid == nil && params.by == "" {
		invalid = &parameterError{"by", "", "is missing; use one of " + strings.Join(flowstore.TopColumns, ", ")}
	}
	if invalid != nil {
		writeParameterError(w, invalid)
		return
	}
	top, err := s.options.Flows.TopOf(r.Context(), params.query, params.by, params.top, params.n, noProgress)
	if err != nil {
		writeSearchError(w, err)
		return
	}
	if params.format == "csv" {
		writeCSV(w, "top.csv", top.Entries)
		return
	}
	writeJSON(w, http.StatusOK, topJSON{
		From: flowTime(params.query.From), To: flowTime(params.query.To), By: params.by, Measure: params.top,
		Entries: append([]flowstore.Entry{}, top.Entries...), Total: top.Total, Error: top.Error,
	})
}

// writeCSV writes a slice of structs as a table with the JSON names as its header.
func writeCSV(w http.ResponseWriter, name string, rows any) {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	out := csv.NewWriter(w)
	var header []string
	list := reflect.ValueOf(rows)
	fields := reflect.VisibleFields(list.Type().Elem())
	for _, f := range fields {
		if !f.Anonymous {
			header = append(header, f.Tag.Get("json"))
		}
	}
	_ = out.Write(header) // errors mean that the client has disconnected
	for i := range list.Len() {
		var record []string
		for _, f := range fields {
			if !f.Anonymous {
				record = append(record, cell(list.Index(i).FieldByIndex(f.Index)))
			}
		}
		_ = out.Write(record)
	}
	out.Flush()
}

// cell returns a value as text. A quote keeps spreadsheets from taking a text from a flow log as a formula.
func cell(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		text := v.String()
		if strings.HasPrefix(text, "=") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "-") || strings.HasPrefix(text, "@") ||
			strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\r") {
			return "'" + text
		}
		return text
	case reflect.Uint64:
		return strconv.FormatUint(v.Uint(), 10)
	default:
		return strconv.FormatInt(v.Int(), 10)
	}
}
