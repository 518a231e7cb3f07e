// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// valid is the smallest Network Activity.
const valid = `"class_uid":4001,"category_uid":4,"activity_id":6,"type_uid":400106,"severity_id":1,"time":1,"metadata":{"version":"1.6.0","product":{"name":"p"}},` +
	`"src_endpoint":{"ip":"10.0.0.1"}`

func TestValidate(t *testing.T) {
	table, err := Load()
	require.NoError(t, err)
	require.NoError(t, table.Validate([]byte("{"+valid+"}")))
	for event, want := range map[string]string{
		`{`:                                  "unexpected end",
		`{"class_uid":1}`:                    "unknown class",
		"{" + valid + `,"nonsense":1}`:       "nonsense: is not an attribute",
		"{" + valid + `,"severity_id":7}`:    "severity_id: unknown value 7",
		"{" + valid + `,"severity_id":1.5}`:  "severity_id: is a number",
		"{" + valid + `,"severity_id":"1"}`:  "severity_id: is text",
		"{" + valid + `,"message":1}`:        "message: is a number",
		"{" + valid + `,"message":null}`:     "message: has no value",
		"{" + valid + `,"message":["a"]}`:    "message: list true",
		"{" + valid + `,"observables":{}}`:   "observables: list false",
		"{" + valid + `,"cloud":{}}`:         "cloud: is not an attribute",
		"{" + valid + `,"activity_id":5}`:    "type_uid",
		"{" + valid + `,"src_endpoint":{}}`:  "src_endpoint.: needs one of",
		"{" + valid + `,"src_endpoint":"x"}`: "src_endpoint: is text",
		"{" + valid + `,"is_src_dst_assignment_known":true,"src_endpoint":{"ip":"x"}}`:               "src_endpoint.ip",
		"{" + valid + `,"metadata":{"version":"1.0.0","product":{"name":"p"}}}`:                      "metadata.version",
		"{" + valid + `,"metadata":{"version":"1.6.0","product":{}}}`:                                "metadata.product.: needs one of",
		"{" + valid + `,"metadata":{"version":"1.6.0","product":{"name":"p"},"profiles":["cloud"]}}`: "cloud: is required",
	} {
		assert.ErrorContains(t, table.Validate([]byte(event)), want, event)
	}
}
