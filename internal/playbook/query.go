// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// athena returns a query on a table that is named vpc_flow_logs, with AWS's column names.
func athena(a *alert.Alert) string {
	conditions := []string{fmt.Sprintf("start BETWEEN %d AND %d", a.FirstSeen, a.LastSeen)}
	if len(a.Account) == 12 && strings.Trim(a.Account, "0123456789") == "" {
		conditions = append(conditions, fmt.Sprintf("account_id = '%s'", a.Account))
	}
	for _, c := range columns(a) {
		conditions = append(conditions, c.sql())
	}
	return "SELECT * FROM vpc_flow_logs\nWHERE " + strings.Join(conditions, "\n  AND ") + "\nORDER BY start LIMIT 1000"
}

// insights returns a command that starts a CloudWatch Logs Insights query. It looks ten minutes past the last flow, because
// records are written when their interval ends.
func insights(a *alert.Alert) string {
	const aggregation = 600
	commands := []string{"fields @timestamp, @message"}
	for _, c := range columns(a) {
		commands = append(commands, "filter "+c.insights())
	}
	commands = append(commands, "sort @timestamp", "limit 1000")
	return fmt.Sprintf("aws logs start-query%s --log-group-name LOG_GROUP --start-time %d --end-time %d --query-string '%s'",
		region(a), a.FirstSeen, a.LastSeen+aggregation, strings.Join(commands, " | "))
}

// column is a condition on one field of a flow log. The values contain no quotes.
type column struct {
	athena, discovered string // the name in Athena, and the one that Logs Insights discovers
	values             []string
	text               bool
}

// columns returns the conditions that select the flows of the alert. A list that the alert cuts off is no condition.
func columns(a *alert.Alert) (list []column) {
	if a.Source.IsValid() {
		list = append(list, column{"srcaddr", "srcAddr", []string{a.Source.String()}, true})
	}
	destinations := a.Destinations
	if a.Destination.IsValid() {
		destinations = []netip.Addr{a.Destination}
	}
	if len(destinations) > 0 && (a.Destination.IsValid() || len(destinations) < maxAddresses) {
		c := column{athena: "dstaddr", discovered: "dstAddr", text: true}
		for _, address := range slices.SortedFunc(slices.Values(destinations), netip.Addr.Compare) {
			c.values = append(c.values, address.String())
		}
		list = append(list, c)
	}
	if a.DestinationPort != 0 {
		list = append(list, column{"dstport", "dstPort", []string{strconv.Itoa(int(a.DestinationPort))}, false})
	}
	return list
}

func (c *column) quoted(quote string) string {
	values := slices.Clone(c.values)
	for i := range values {
		if c.text {
			values[i] = quote + values[i] + quote
		}
	}
	return strings.Join(values, ", ")
}

func (c *column) sql() string {
	if len(c.values) == 1 {
		return c.athena + " = " + c.quoted("'")
	}
	return c.athena + " IN (" + c.quoted("'") + ")"
}

func (c *column) insights() string {
	if len(c.values) == 1 {
		return c.discovered + " = " + c.quoted(`"`)
	}
	return c.discovered + " in [" + c.quoted(`"`) + "]"
}
