// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	"go.yaml.in/yaml/v3"
)

// decide are the variables that decide which resources exist. README.md of the modules names them. create_key and image_id are never the attribute
// of another resource.
var decide = map[string]bool{
	"vpc_id": true, "second_subnet_id": true, "page_cidr": true, "existing_bucket": true, "sns_topic_arn": true, "create_key": true, "image_id": true,
}

// TestOtherResourcesCanSetVariables evaluates modules with attributes that Terraform does not know before it creates their resources.
func TestOtherResourcesCanSetVariables(t *testing.T) {
	mappings := loadMappings(t)
	for _, name := range slices.Sorted(maps.Keys(scenarios)) {
		in, m := loadTemplate(t, name), loadModule(t, name)
		for _, text := range scenarios[name] {
			t.Run(name+" "+text, func(t *testing.T) {
				var given map[string]any
				require.NoError(t, yaml.Unmarshal([]byte(text), &given))
				s := newStack(t, in, given)
				all := variables(t, s)
				for variable, value := range all {
					// With create_key, the key decides whether one is created.
					if !decide[variable] && (variable != "kms_key_arn" || given["CreateKey"] != "true") {
						all[variable] = cty.UnknownVal(value.Type())
					}
				}
				newPlan(t, m, all, attributes(t, s, mappings))
			})
		}
	}
}
