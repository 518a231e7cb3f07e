// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// ocsf returns the fields of the only record in a text.
func ocsf(t *testing.T, text string) map[string]string {
	t.Helper()
	r := NewReader(strings.NewReader(text))
	block, err := r.Next()
	require.NoError(t, err)
	require.NotNil(t, r.Format())
	values := map[string]string{}
	for i, value := range strings.Fields(string(block)) {
		if value != "-" {
			values[r.Format().Field(i).Name] = value
		}
	}
	return values
}

func TestOCSFEvents(t *testing.T) {
	given := map[string]string{
		"version": "5", "account-id": "012345678901", "interface-id": "eni-1", "srcaddr": "10.0.1.5", "dstaddr": "203.0.113.9", "srcport": "51514",
		"dstport": "443", "protocol": "6", "packets": "12", "bytes": "6000", "start": "1772323200", "end": "1772323260", "action": "REJECT",
		"log-status": "OK", "tcp-flags": "2", "flow-direction": "egress", "region": "eu-west-1", "vpc-id": "vpc-1", "instance-id": "i-1",
	}
	want := maps.Clone(given)
	want["pkt-srcaddr"], want["pkt-dstaddr"] = given["srcaddr"], given["dstaddr"]
	delete(want, "srcaddr")
	delete(want, "dstaddr")
	want["start"], want["end"] = "1772323200000", "1772323260000"
	v10, v11 := flowtest.ToOCSF(given)
	for _, event := range []any{v10, v11} {
		text, err := json.Marshal(event)
		require.NoError(t, err)
		assert.Equal(t, want, ocsf(t, string(text)))
		assert.Equal(t, want, ocsf(t, `{"events":[`+string(text)+`]}`))
	}
}

func TestOCSFDetails(t *testing.T) {
	for text, want := range map[string]map[string]string{
		`{"class_uid":4001,"src_endpoint":{"ip":"10.0.0.1","intermediate_ips":["10.0.9.1","10.0.9.2"]}}`: {"srcaddr": "10.0.9.1", "pkt-srcaddr": "10.0.0.1"},
		`{"class_uid":"4001","src_endpoint":{"ip":"10.0.0.1"},"activity_id":5}`:                          {"pkt-srcaddr": "10.0.0.1", "action": "REJECT"},
		`{"class_uid":4001,"src_endpoint":{"ip":"10.0.0.1"},"activity_id":6,"action_id":2}`:              {"pkt-srcaddr": "10.0.0.1", "action": "REJECT"},
		`{"class_uid":4001,"src_endpoint":{"ip":"10.0.0.1"},"connection_info":{"boundary_id":11,"protocol_ver_id":6}}`: {
			"pkt-srcaddr": "10.0.0.1", "traffic-path": "8", "type": "IPv6",
		},
		`{"class_uid":4001,"dst_endpoint":{"interface_uid":"eni-1"},"status_code":"NODATA","time":5}`: {"interface-id": "eni-1", "log-status": "NODATA", "start": "5"},
	} {
		assert.Equal(t, want, ocsf(t, text), text)
	}
	for _, text := range []string{
		`{"class_uid":4003,"src_endpoint":{"ip":"10.0.0.1"}}`,
		`{"class_uid":4001,"traffic":{"bytes":1}}`,
		`{"class_uid":{},"srcaddr":"10.0.0.1"}`,
	} {
		got, _ := readAll(t, NewReader(strings.NewReader(text)))
		assert.Equal(t, 1, got.bad, text)
		assert.Empty(t, got.lines)
	}
}
