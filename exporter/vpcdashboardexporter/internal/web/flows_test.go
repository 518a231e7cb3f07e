// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"encoding/csv"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/flowstore"
)

// fakeFlows returns fixed flows, and records the last query.
type fakeFlows struct {
	rows  []flowstore.Row
	next  *flowstore.Position
	err   error
	query flowstore.Query
	after *flowstore.Position
	limit int
}

func (f *fakeFlows) Latest() int64            { return latest.Unix() }
func (f *fakeFlows) Status() flowstore.Status { return flowstore.Status{Failure: f.err} }

func (f *fakeFlows) Search(_ context.Context, q flowstore.Query, _ flowstore.Sort, limit int, after *flowstore.Position) (flowstore.Page, error) {
	f.query, f.limit, f.after = q, limit, after
	return flowstore.Page{Rows: f.rows, Next: f.next}, f.err
}

func (f *fakeFlows) Totals(_ context.Context, _ flowstore.Query, progress flowstore.Progress) (flowstore.Total, error) {
	progress(1, 2)
	return flowstore.Total{Flows: 12_345, Bytes: 5_000_000, Packets: 7}, f.err
}

func (f *fakeFlows) TopOf(context.Context, flowstore.Query, string, flowstore.Measure, int, flowstore.Progress) (flowstore.Top, error) {
	return flowstore.Top{Entries: []flowstore.Entry{{Value: f.rows[0].Account, Total: flowstore.Total{Flows: 1, Bytes: 2, Packets: 3}}}}, f.err
}

func someFlows() *fakeFlows {
	return &fakeFlows{rows: []flowstore.Row{{
		Start: latest.Unix(), Source: "10.0.0.1", Destination: "8.8.8.8", SourcePort: 50_000, DestinationPort: 443, Protocol: 6, Packets: 2, Bytes: 84,
		Action: "ACCEPT", Account: "111122223333", VPC: "vpc-1", Interface: "eni-1", DestinationCountry: "US",
	}}, next: &flowstore.Position{Value: -1, Start: 2, Hash: 1 << 63, Seen: 3}}
}

const hostileText = `=cmd|"<script>alert(1)</script><div id="totals" class="sub">`

func TestTheFlowsPageShowsFlowsThenTotals(t *testing.T) {
	flows := someFlows()
	h := Handler(fullStore(), Options{Flows: flows})
	p := pageOf(t, h, "/flows?source=10.0.0.0%2F8&port=443")
	text := get(t, h, "/flows?source=10.0.0.0%2F8&port=443").Body.String()
	assert.Contains(t, text, "50 % ")
	assert.Contains(t, text, "12,345 flows")
	assert.Less(t, strings.Index(text, "8.8.8.8"), strings.Index(text, "12,345 flows"))
	links := p.links(t)
	assert.Contains(t, links, "/flows?destination=8.8.8.8&port=443&source=10.0.0.0%2F8", "a value adds a filter")
	assert.Contains(t, links, "/flows?port=443&source=10.0.0.0%2F8&totals=no", "cancel")
	assert.Contains(t, links, "/flows?cursor=ffffffffffffffff.2.8000000000000000.3&port=443&source=10.0.0.0%2F8", "the next page")
	assert.Equal(t, netip.MustParsePrefix("10.0.0.0/8"), flows.query.Source)
	assert.Equal(t, latest.Unix()-3599, flows.query.From)
}

func TestLaterPagesAndCanceledTotalsAreNotCounted(t *testing.T) {
	h := Handler(fullStore(), Options{Flows: someFlows()})
	for _, path := range []string{"/flows?totals=no", "/flows?cursor=1.2.3.4", "/flows?by=account_id"} {
		assert.NotContains(t, get(t, h, path).Body.String(), "12,345 flows", path)
	}
}

func TestTheCursorOfAResponseIsAccepted(t *testing.T) {
	flows := someFlows()
	h := Handler(fullStore(), Options{Flows: flows})
	var got struct{ Next string }
	decode(t, get(t, h, "/api/flows"), &got)
	require.Equal(t, http.StatusOK, get(t, h, "/api/flows?cursor="+got.Next).Code)
	assert.Equal(t, flows.next, flows.after)
}

func TestParametersOfFlowsAreChecked(t *testing.T) {
	h := Handler(fullStore(), Options{Flows: someFlows()})
	for query, parameter := range map[string]string{
		"address=10.0.0": "address", "source=x": "source", "destination=10.0.0.0/33": "destination", "port=65536": "port", "port=-1": "port",
		"protocol=256": "protocol", "protocol=nothing": "protocol", "action=DROP": "action", "class=x": "class", "from=yesterday": "from",
		"from=2026-03-11": "from", "to=x": "to", "account=" + strings.Repeat("1", 257): "account", "min_bytes=-1": "min_bytes", "sort=port": "sort",
		"limit=0": "limit", "limit=10001": "limit", "cursor=1.2.3": "cursor", "cursor=1.2.3.x": "cursor", "cursor=1.2.3.2711": "cursor",
		"format=xml": "format", "range=1y": "range", "unknown=1": "unknown", "port=1&port=2": "port",
	} {
		response := get(t, h, "/api/flows?"+query)
		require.Equal(t, http.StatusBadRequest, response.Code, query)
		var got errorJSON
		decode(t, response, &got)
		assert.Equal(t, parameter, got.Parameter, query)
	}
	for query, parameter := range map[string]string{"": "by", "by=bytes": "by", "by=srcaddr&measure=x": "measure", "by=srcaddr&n=1001": "n"} {
		var got errorJSON
		decode(t, get(t, h, "/api/flows/top?"+query), &got)
		assert.Equal(t, parameter, got.Parameter, query)
	}
	for _, query := range []string{
		"port=0", "port=65535", "protocol=0", "protocol=TCP", "limit=10000", "from=0", "from=2026-03-10", "from=2026-03-10T01:02:03Z", "cursor=1.2.3.2710",
		"account=" + strings.Repeat("1", 256), "address=fd00::/8", "address=::ffff:10.0.0.1", "country=us", "address=",
	} {
		assert.Equal(t, http.StatusOK, get(t, h, "/api/flows?"+query).Code, query)
	}
}

func TestFlowsAsCSV(t *testing.T) {
	flows := someFlows()
	flows.rows[0].Account = hostileText
	h := Handler(fullStore(), Options{Flows: flows})
	response := get(t, h, "/api/flows?format=csv&port=443")
	assert.Contains(t, response.Header().Get("Content-Disposition"), "attachment")
	assert.Equal(t, `</api/flows?cursor=ffffffffffffffff.2.8000000000000000.3&format=csv&port=443>; rel="next"`, response.Header().Get("Link"))
	rows, err := csv.NewReader(response.Body).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2)
	assert.Equal(t, []string{"start", "srcaddr", "dstaddr", "srcport"}, rows[0][:4])
	assert.Equal(t, []string{"1773144000", "10.0.0.1", "8.8.8.8", "50000"}, rows[1][:4])
	assert.Contains(t, rows[1], "'"+hostileText, "not a formula")
	rows, err = csv.NewReader(get(t, h, "/api/flows/top?format=csv&by=account_id").Body).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, [][]string{{"value", "flows", "bytes", "packets"}, {"'" + hostileText, "1", "2", "3"}}, rows)
}

func TestHostileNamesInFlowsAreText(t *testing.T) {
	flows := someFlows()
	r := &flows.rows[0]
	for _, s := range []*string{&r.Source, &r.Destination, &r.Action, &r.Account, &r.VPC, &r.Interface, &r.DestinationCountry} {
		*s = hostileText
	}
	h := Handler(fullStore(), Options{Flows: flows})
	for _, path := range []string{"/flows", "/flows?by=account_id", "/flows?account=" + url.QueryEscape(hostileText)} {
		text := get(t, h, path).Body.String()
		assert.NotContains(t, text, "<script>alert", path)
		assert.LessOrEqual(t, strings.Count(text, totalsStart), 1, path)
	}
}

func TestABusyStoreAnswersWithRetryAfter(t *testing.T) {
	flows := someFlows()
	flows.err = flowstore.ErrBusy
	h := Handler(fullStore(), Options{Flows: flows})
	for _, path := range []string{"/flows", "/flows?by=srcaddr", "/api/flows", "/api/flows/top?by=srcaddr"} {
		response := get(t, h, path)
		assert.Equal(t, http.StatusServiceUnavailable, response.Code, path)
		assert.Equal(t, "2", response.Header().Get("Retry-After"), path)
	}
}

func TestPagesLinkToFlowsOnlyIfTheyAreKept(t *testing.T) {
	with, without := Handler(fullStore(), Options{Flows: someFlows()}), Handler(fullStore(), Options{})
	assert.Equal(t, http.StatusNotFound, get(t, without, "/flows").Code)
	assert.Equal(t, http.StatusNotFound, get(t, without, "/api/flows").Code)
	for _, path := range []string{"/", "/alerts", "/api/", alertPath} {
		assert.NotContains(t, get(t, without, path).Body.String(), `"/flows`, path)
		assert.Contains(t, pageOf(t, with, path).links(t), "/flows", path)
	}
	overviewText := get(t, with, "/").Body.String()
	for _, filter := range []string{"source=10.20.1.42", "destination=10.20.2.20", "port=5432", "protocol=udp", "interface=eni-", "account=111122223333", "country=IE"} {
		assert.Contains(t, overviewText, filter)
	}
	assert.Contains(t, pageOf(t, with, alertPath).links(t), "/flows?from=2026-03-10T10%3A55%3A00Z&source=10.20.1.2&to=2026-03-10T11%3A00%3A01Z")
}

func TestAFullDiskIsOnTheFlowsPage(t *testing.T) {
	h := Handler(fullStore(), Options{Flows: &failingFlows{someFlows()}})
	assert.Contains(t, get(t, h, "/flows").Body.String(), "New flows are not stored")
}

// failingFlows can be searched, but not written.
type failingFlows struct{ *fakeFlows }

func (*failingFlows) Status() flowstore.Status { return flowstore.Status{Failure: assert.AnError} }
