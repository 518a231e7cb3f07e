// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package componenthealth reports the status of a component to the Collector. Its parts, such as destinations, can fail
// independently of each other.
package componenthealth

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// Health is the health of the parts of a component. The zero value keeps it, but reports nothing until SetHost is called.
// It is safe for concurrent use.
type Health struct {
	mu      sync.Mutex
	host    component.Host
	failing map[string]error
}

// SetHost sets the host that receives the status of the component from now on.
func (h *Health) SetHost(host component.Host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.host = host
}

// Set sets the health of a part. A nil error means that it works. It reports a recoverable error when the first part fails
// and when others begin to fail, and reports OK when all work again.
func (h *Health) Set(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, failed := h.failing[part]; failed == (err != nil) {
		return
	}
	if err == nil {
		delete(h.failing, part)
	} else {
		if h.failing == nil {
			h.failing = map[string]error{}
		}
		h.failing[part] = err
	}
	if h.host != nil {
		componentstatus.ReportStatus(h.host, h.event())
	}
}

func (h *Health) event() *componentstatus.Event {
	var errs []error
	for _, part := range slices.Sorted(maps.Keys(h.failing)) {
		errs = append(errs, fmt.Errorf("%s: %w", part, h.failing[part]))
	}
	if len(errs) == 0 {
		return componentstatus.NewEvent(componentstatus.StatusOK)
	}
	return componentstatus.NewRecoverableErrorEvent(errors.Join(errs...))
}
