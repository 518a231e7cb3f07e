// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/collectorhealth"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

func decode(t *testing.T, response *httptest.ResponseRecorder, into any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(response.Body.String()))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(into), response.Body.String())
}

// getJSON requests a path of the API of a store.
func getJSON(t *testing.T, s Store, path string) map[string]any {
	t.Helper()
	response := get(t, Handler(s, Options{Collector: func(context.Context) collectorhealth.Report {
		return collectorhealth.Report{Read: latest, Detection: collectorhealth.Detection{RoleEvidence: map[string]uint64{"ports": 3}}}
	}}), path)
	require.Equal(t, http.StatusOK, response.Code, response.Body)
	assert.Equal(t, "application/json", response.Header().Get("Content-Type"))
	var got map[string]any
	decode(t, response, &got)
	return got
}

func TestOverviewJSON(t *testing.T) {
	s := fullStore()
	s.view.Totals.Bytes = math.MaxUint64
	got := getJSON(t, s, "/api/overview?range=6h&measure=bytes")
	assert.Equal(t, "6h", got["range"])
	assert.Equal(t, "bytes", got["measure"])
	assert.Equal(t, "2026-03-09T12:00:00Z", got["from"])
	assert.Equal(t, "2026-03-10T12:00:00Z", got["to"])
	assert.Equal(t, json.Number("900"), got["step_seconds"])
	assert.Equal(t, json.Number("18446744073709551615"), got["totals"].(map[string]any)["bytes"])
	assert.Equal(t, json.Number("800000"), got["previous"].(map[string]any)["flows"])
	assert.Equal(t, map[string]any{
		"low": json.Number("9"), "medium": json.Number("4"), "high": json.Number("3"), "critical": json.Number("1"),
	}, got["alerts_by_severity"])
	points := got["points"].([]any)
	require.Len(t, points, 96)
	for _, name := range []string{"time", "flows", "packets", "bytes", "accepted", "rejected", "classes", "alerts"} {
		assert.Contains(t, points[0], name)
	}
	assert.Len(t, points[0].(map[string]any)["classes"], 4)
	assert.Len(t, got["top"], len(topDimensions))
	first := got["top"].(map[string]any)["sources"].([]any)[0]
	assert.Equal(t, map[string]any{"key": "10.20.1.42", "value": json.Number("300000"), "error": json.Number("0")}, first)
	matrix := got["matrix"].(map[string]any)
	assert.Equal(t, "10.20.0.0/24", matrix["subnets"].([]any)[0])
	assert.Len(t, matrix["cells"], 5)
}

func TestUnknownValuesAreNullAndListsAreEmpty(t *testing.T) {
	got := getJSON(t, &fakeStore{}, "/api/overview")
	for _, name := range []string{"from", "to", "previous"} {
		assert.Contains(t, got, name)
		assert.Nil(t, got[name], name)
	}
	assert.Equal(t, []any{}, got["points"])
	assert.Equal(t, []any{}, got["matrix"].(map[string]any)["cells"])
	assert.Equal(t, []any{}, got["top"].(map[string]any)["ports"])
	assert.Equal(t, []any{}, getJSON(t, &fakeStore{}, "/api/alerts")["alerts"])
	assert.Nil(t, getJSON(t, &fakeStore{}, "/api/health")["latest"])
}

func TestAlertsJSON(t *testing.T) {
	s := fullStore()
	s.total = 1234
	got := getJSON(t, s, "/api/alerts?limit=2&offset=4")
	assert.Equal(t, json.Number("1234"), got["total"])
	assert.Equal(t, json.Number("4"), got["offset"])
	require.Len(t, got["alerts"], 2)
	listed := got["alerts"].([]any)[1].(map[string]any)
	assert.Equal(t, getJSON(t, s, "/api"+alertPath), listed, "the list and the single alert agree")

	assert.Equal(t, "external_port_scan", listed["rule"].(map[string]any)["id"])
	assert.Equal(t, "T1595", listed["mitre"].(map[string]any)["technique_id"])
	assert.Equal(t, "10.20.1.2", listed["source"])
	assert.Equal(t, []any{"10.20.2.20", "10.20.2.21"}, listed["destinations"])
	assert.Equal(t, "2026-03-10T11:00:00Z", listed["time"])
	assert.Equal(t, json.Number("20"), listed["threshold"])
	assert.Len(t, listed["samples"], 2)
	assert.NotContains(t, listed, "destination")
	assert.NotContains(t, listed, "threat")
}

func TestAlertsJSONHasTotalsOutcomeAndSteps(t *testing.T) {
	s := fullStore()
	a := &s.episodes[1].Alert
	a.Episode = alert.Totals{Measure: 600, Flows: 601, Packets: 602, Bytes: 603, Seconds: 604}
	a.AcceptedFlows, a.RejectedFlows, a.AcceptedTargets = 1, 249, []netip.AddrPort{netip.MustParseAddrPort("10.20.2.20:22")}
	got := getJSON(t, s, "/api"+alertPath)
	assert.Equal(t, map[string]any{
		"measure": json.Number("600"), "flows": json.Number("601"), "packets": json.Number("602"), "bytes": json.Number("603"), "seconds": json.Number("604"),
	}, got["episode"])
	assert.Equal(t, json.Number("1"), got["accepted_flows"])
	assert.Equal(t, json.Number("249"), got["rejected_flows"])
	assert.Equal(t, []any{"10.20.2.20:22"}, got["accepted_targets"])
	assert.Equal(t, "https://github.com/vpcflow/otelcol-vpcflow/blob/main/docs/rules.md#external_port_scan", got["rule"].(map[string]any)["url"])
	step := got["next_steps"].([]any)[0].(map[string]any)
	assert.Contains(t, step["command"], "aws ec2 describe-network-interfaces --region eu-west-1")
	assert.NotContains(t, getJSON(t, fullStore(), "/api"+alertPath), "episode")
}

func TestHealthJSON(t *testing.T) {
	got := getJSON(t, fullStore(), "/api/health")
	assert.Equal(t, "2026-03-10T12:00:00Z", got["latest"])
	assert.Equal(t, json.Number("12423"), got["flows"])
	assert.Equal(t, json.Number("3"), got["skip_data"])
	assert.Equal(t, map[string]any{"not_a_flow": json.Number("2")}, got["undecodable"])
	collector := got["collector"].(map[string]any)
	assert.Equal(t, "2026-03-10T12:00:00Z", collector["read"])
	assert.Equal(t, map[string]any{"ports": json.Number("3")}, collector["detection"].(map[string]any)["role_evidence"])

	var without map[string]any
	decode(t, get(t, Handler(fullStore(), Options{}), "/api/health"), &without)
	assert.Nil(t, without["collector"])
}

func TestNotFoundErrorsAreJSON(t *testing.T) {
	h := Handler(fullStore(), Options{})
	for _, path := range []string{"/api/alerts/ffff", "/api/nothing", "/api/overview/"} {
		response := get(t, h, path)
		assert.Equal(t, http.StatusNotFound, response.Code, path)
		var got errorJSON
		decode(t, response, &got)
		assert.NotEmpty(t, got.Error, path)
	}
}

func TestFieldNamesAreSnakeCase(t *testing.T) {
	name := regexp.MustCompile("^[a-z][a-z0-9_]*$")
	var check func(any)
	check = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				assert.Regexp(t, name, key)
				check(inner)
			}
		case []any:
			for _, inner := range v {
				check(inner)
			}
		}
	}
	for _, path := range []string{"/api/overview", "/api/alerts", "/api/health", "/api" + alertPath} {
		check(getJSON(t, fullStore(), path))
	}
}

func TestTheAPIPageDocumentsAllParameters(t *testing.T) {
	text := pageOf(t, Handler(fullStore(), Options{}), "/api/").byID(t, "endpoints").text()
	for _, word := range []string{
		"/api/overview", "/api/alerts", "/api/health", "range", "measure", "top", "rule", "severity", "address", "status", "dry_run", "offset", "limit",
	} {
		assert.Contains(t, text, word)
	}
	for _, s := range timeRanges {
		assert.Contains(t, text, s.Name)
	}
}
