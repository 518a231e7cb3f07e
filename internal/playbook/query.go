// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package playbook

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// athena returns a query on a table that is named vpc_flow_logs, with the column names of AWS's user guide. The condition on
// the partition is a comment, because its name and form depend on the table.
func (n *network) athena() Step {
	from, to := n.period()
	return Step{
		Title:   "List the flows in Athena",
		Command: n.selectFlows(from, to, n.columns()),
		Note:    "To scan only these days, remove the two dashes and use the partition column of your table. " + behindNAT("pkt_srcaddr and pkt_dstaddr"),
	}
}

// accepted returns a query for the connections of an internal source that were accepted, from an hour before the alert.
func (n *network) accepted() Step {
	from, to := n.period()
	return Step{
		Title: fmt.Sprintf("List the accepted flows of %s in Athena, from an hour before the alert to an hour after it", n.source),
		Command: n.selectFlows(max(from-3600, 0), to+3600, []column{
			{athena: "srcaddr", values: []string{n.source.String()}, text: true},
			{athena: "action", values: []string{"ACCEPT"}, text: true},
		}),
	}
}

func (n *network) selectFlows(from, to int64, columns []column) string {
	conditions := []string{fmt.Sprintf("start BETWEEN %d AND %d", from, to)}
	if accountID.MatchString(n.Account) {
		conditions = append(conditions, fmt.Sprintf("account_id = '%s'", n.Account))
	}
	for _, c := range columns {
		conditions = append(conditions, c.athena+c.operator("=", "IN", "(", ")", "'"))
	}
	first, last := time.Unix(from, 0).UTC(), time.Unix(to+aggregation, 0).UTC()
	return "SELECT * FROM vpc_flow_logs\nWHERE " + strings.Join(conditions, "\n  AND ") +
		fmt.Sprintf("\n  -- AND \"date\" BETWEEN DATE '%s' AND DATE '%s'", first.Format(time.DateOnly), last.Format(time.DateOnly)) +
		"\nORDER BY start LIMIT 1000"
}

// insights returns commands that run a CloudWatch Logs Insights query. Logs Insights discovers the fields of logs in the
// default format only.
func (n *network) insights() Step {
	from, to := n.period()
	commands := []string{"fields @timestamp, interfaceId, srcAddr, srcPort, dstAddr, dstPort, protocol, action, packets, bytes"}
	for _, c := range n.columns() {
		commands = append(commands, "filter "+c.insights+c.operator("=", "in", "[", "]", `"`))
	}
	commands = append(commands, "sort @timestamp", "limit 1000")
	return Step{
		Title: "List the flows in CloudWatch Logs",
		Command: fmt.Sprintf("query=$(aws logs start-query%s --log-group-name LOG_GROUP --start-time %d --end-time %d"+
			" --query queryId --output text --query-string '%s')\n",
			n.regionFlag(), from, to+aggregation, strings.Join(commands, " | ")) +
			"sleep 10; aws logs get-query-results" + n.regionFlag() + ` --query-id "$query" --output table`,
		Note: "It works for logs in the default format. For another format, parse @message first. " + behindNAT("the packet's addresses"),
	}
}

func behindNAT(columns string) string {
	return "For pods and hosts behind a NAT gateway, compare " + columns + " instead."
}

// aggregation is the longest time, in seconds, that a record may cover. Its timestamp in CloudWatch Logs and its
// partition in Athena may be later than its start by this time.
const aggregation = 600

// period returns the event times of the flows over the whole episode, in Unix seconds.
func (n *network) period() (from, to int64) {
	const maxTime = 253402300799 - aggregation // the year 9999
	from, to = n.FirstSeen, max(n.LastSeen, n.Time)
	if from == 0 {
		from = n.Time - n.Window
	}
	if n.Episode.Seconds > 0 {
		from = min(from, n.Time-n.Episode.Seconds)
	}
	from = min(max(from, 0), maxTime)
	return from, min(max(to, from), maxTime)
}

// column is a condition on one field of a flow log. The values contain no quotes.
type column struct {
	athena, insights string // the name in Athena, and the one that Logs Insights discovers
	values           []string
	text             bool
}

// columns returns conditions that match all flows of the alert. Properties that only some of the flows have are left
// out.
func (n *network) columns() (list []column) {
	common := commonTo[n.Rule]
	if n.source.IsValid() {
		list = append(list, column{"srcaddr", "srcAddr", []string{n.source.String()}, true})
	}
	switch {
	case common.manyDestinations:
	case n.destination.IsValid():
		list = append(list, column{"dstaddr", "dstAddr", []string{n.destination.String()}, true})
	case n.Unit == alert.Destinations && n.Status == alert.Opened && len(n.targets) > 0 && len(n.targets) < alert.MaxList:
		// Only a complete list of destinations matches all flows.
		c := column{athena: "dstaddr", insights: "dstAddr", text: true}
		for _, address := range slices.SortedFunc(slices.Values(n.targets), netip.Addr.Compare) {
			c.values = append(c.values, address.String())
		}
		list = append(list, c)
	}
	if common.port && n.DestinationPort != 0 {
		list = append(list, column{"dstport", "dstPort", []string{strconv.Itoa(int(n.DestinationPort))}, false})
	}
	if common.protocols != nil {
		list = append(list, column{"protocol", "protocol", common.protocols, false})
	}
	if action := alert.Action(n.Rule); action != flow.NoAction {
		list = append(list, column{"action", "action", []string{action.String()}, true})
	}
	return list
}

// commonTo lists what all flows of a rule's alert have in common, besides the source, a single destination and the action.
var commonTo = map[string]struct {
	manyDestinations bool // the alert names only the destination of its last flow
	port             bool // all flows have the port of the alert
	protocols        []string
}{
	"remote_service_brute_force": {manyDestinations: true},
	"malicious_remote_access":    {port: true},
	"dns_not_over_udp":           {port: true},
	"new_internal_peer":          {port: true},
	"excessive_inbound_icmp":     {protocols: []string{"1", "58"}},
	"unusual_country":            {port: true},
}

// operator compares the column with its values.
func (c *column) operator(one, many, open, end, quote string) string {
	values := slices.Clone(c.values)
	for i := range values {
		if c.text {
			values[i] = quote + values[i] + quote
		}
	}
	if len(values) == 1 {
		return " " + one + " " + values[0]
	}
	return " " + many + " " + open + strings.Join(values, ", ") + end
}
