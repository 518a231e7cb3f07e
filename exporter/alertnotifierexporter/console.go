// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/cleantext"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/playbook"
)

// console prints one line per alert. For an opened alert, it also prints the first next step and the URL of the rule.
// It is safe for concurrent use.
type console struct {
	mu  sync.Mutex
	out io.Writer
}

func (c *console) write(alerts []*alert.Alert) error {
	var lines strings.Builder
	for _, a := range alerts {
		label := a.Severity.Text()
		if a.Status == alert.Resolved {
			label = "RESOLVED"
		}
		at := time.Unix(a.Time, 0).UTC().Format(time.DateTime)
		fmt.Fprintf(&lines, "%s %-8s %-26s %s\n", at, label, cleantext.Line(a.Rule), cleantext.Line(a.Body))
		if a.Status == alert.Opened {
			fmt.Fprintf(&lines, "    next: %s\n    rule: %s\n", cleantext.Line(playbook.Steps(a)[0].Command), playbook.RuleURL(a.Rule))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.out, lines.String()); err != nil {
		return fmt.Errorf("write to console: %w", err)
	}
	return nil
}
