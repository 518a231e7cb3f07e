// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
)

func TestSummaryCountsAtMost1000RulesAndSources(t *testing.T) {
	var s suppressed
	for i := range maxCounted + 5 {
		a := alerttest.PortScan("a", fmt.Sprintf("10.%d.%d.1", i/256, i%256))
		a.Rule = fmt.Sprint("rule ", i)
		s.add([]*episode.Episode{episode.New(a, alerttest.Noon())}, alerttest.Noon())
	}
	summary := s.summary(RateLimit{Notifications: 1, Period: time.Minute}, time.Time{})
	assert.Equal(t, "1,005 more alerts (1,000 rules, at least 1,000 sources) suppressed by the rate limit.", string(summary.Annotations["summary"]))
}
