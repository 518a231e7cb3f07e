// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// errorJSON is the body of an error response. Parameter names the invalid parameter, if there is one.
type errorJSON struct {
	Error     string `json:"error"`
	Parameter string `json:"parameter,omitempty"`
}

func writeParameterError(w http.ResponseWriter, err *parameterError) {
	writeJSON(w, http.StatusBadRequest, errorJSON{Error: err.Error(), Parameter: err.Name})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		http.Error(w, "internal error of the dashboard: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(out.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // fails only if the client has disconnected
}

// timeJSON returns a time in UTC for JSON. It returns nil, which becomes null, for the zero time.
func timeJSON(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// secondsJSON is like timeJSON for Unix seconds. Zero means unknown.
func secondsJSON(seconds int64) *time.Time {
	if seconds == 0 {
		return nil
	}
	return timeJSON(unixTime(seconds))
}
