// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package componenthealth

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// host records the reported events.
type host struct{ events []string }

func (*host) GetExtensions() map[component.ID]component.Component { return nil }

func (h *host) Report(event *componentstatus.Event) {
	h.events = append(h.events, fmt.Sprintf("%v %v", event.Status(), event.Err()))
}

func TestOnlyChangesAreReported(t *testing.T) {
	var health Health
	h := &host{}
	health.Set("early", nil)
	health.SetHost(h)
	health.Set("slack_0", nil)
	assert.Empty(t, h.events)
	health.Set("slack_0", errors.New("status 500"))
	health.Set("slack_0", errors.New("status 502"))
	health.Set("pagerduty_0", errors.New("timeout"))
	health.Set("slack_0", nil)
	health.Set("pagerduty_0", nil)
	health.Set("pagerduty_0", nil)
	assert.Equal(t, []string{
		"StatusRecoverableError slack_0: status 500",
		"StatusRecoverableError pagerduty_0: timeout\nslack_0: status 500",
		"StatusRecoverableError pagerduty_0: timeout",
		"StatusOK <nil>",
	}, h.events)
}
