// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// console shows a line per alert.
type console struct {
	mu sync.Mutex
	to io.Writer
}

func (c *console) show(alerts []*alert.Alert) error {
	var lines strings.Builder
	for _, a := range alerts {
		what := a.Severity.Text()
		if a.Status == alert.Resolved {
			what = "RESOLVED"
		}
		fmt.Fprintf(&lines, "%s %-8s %-26s %s\n", time.Unix(a.Time, 0).UTC().Format(time.DateTime), what, clean(a.Rule), clean(a.Body))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := io.WriteString(c.to, lines.String()); err != nil {
		return fmt.Errorf("console: %w", err)
	}
	return nil
}
