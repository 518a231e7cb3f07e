// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
)

// FlowStore provides single flows. It must be safe for concurrent use. Searches return flowstore.ErrBusy if too many of
// them are running, and stop when the context ends.
type FlowStore interface {
	// Latest returns the latest event time in Unix seconds, or 0.
	Latest() int64
	// Search returns a page of flows.
	Search(ctx context.Context, q flowstore.Query, order flowstore.Sort, limit int, after *flowstore.Position) (flowstore.Page, error)
	// Totals counts flows.
	Totals(ctx context.Context, q flowstore.Query, progress flowstore.Progress) (flowstore.Total, error)
	// TopOf groups flows by a column.
	TopOf(ctx context.Context, q flowstore.Query, by string, measure flowstore.Measure, n int, progress flowstore.Progress) (flowstore.Top, error)
	// Status returns the state of the store.
	Status() flowstore.Status
}

// searchStatus returns the HTTP status and the text for the error of a search.
func searchStatus(w http.ResponseWriter, err error) (status int, text string) {
	if errors.Is(err, flowstore.ErrBusy) {
		w.Header().Set("Retry-After", "2")
		return http.StatusServiceUnavailable, "too many searches are running; try again in two seconds"
	}
	return http.StatusInternalServerError, err.Error()
}

func writeSearchError(w http.ResponseWriter, err error) {
	status, text := searchStatus(w, err)
	writeJSON(w, status, errorJSON{Error: text})
}

func noProgress(int, int) {}

// flowTime converts Unix seconds to a time in UTC.
func flowTime(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
