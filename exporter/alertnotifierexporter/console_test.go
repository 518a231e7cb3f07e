// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func TestConsoleShowsALinePerAlert(t *testing.T) {
	r := start(t, "console: true")
	require.NoError(t, r.tell(scan("a", "203.0.113.7"), as(alert.Resolved, scan("a", "203.0.113.7"))))
	assert.Equal(t, ""+
		"2025-01-15 00:00:19 HIGH     external_port_scan         203.0.113.7 tried 20 ports of internal hosts in 19 s.\n"+
		"2025-01-15 00:10:19 RESOLVED external_port_scan         203.0.113.7 tried 20 ports of internal hosts in 19 s.\n", r.stdout.String())
}

func TestConsoleIsNotAtTheMercyOfAFlowLog(t *testing.T) {
	r := start(t, "console: true")
	evil := scan("a", "203.0.113.7")
	evil.Body = "one\ntwo\r\x1b[2J\u202ethree\xff\u009b"
	evil.Rule = "x\n"
	require.NoError(t, r.tell(evil))
	assert.Equal(t, "2025-01-15 00:00:19 HIGH     x                          one two  [2J three\uFFFD \n", r.stdout.String())
}

func TestAConsoleThatIsGoneIsNamed(t *testing.T) {
	c := &console{to: broken{}}
	require.EqualError(t, c.show([]*alert.Alert{scan("a", "203.0.113.7")}), "console: gone")
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("gone") }
