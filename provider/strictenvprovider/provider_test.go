// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package strictenvprovider

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
)

// resolve returns the values of a configuration.
func resolve(t *testing.T, yaml string) (map[string]any, error) {
	t.Helper()
	resolver, err := confmap.NewResolver(confmap.ResolverSettings{
		URIs:              []string{"yaml:" + yaml},
		ProviderFactories: []confmap.ProviderFactory{NewFactory(), yamlprovider.NewFactory()},
		DefaultScheme:     "env",
	})
	require.NoError(t, err)
	conf, err := resolver.Resolve(t.Context())
	require.NoError(t, resolver.Shutdown(t.Context()))
	if err != nil {
		return nil, err
	}
	return conf.ToStringMap(), nil
}

func TestUnsetVariableWithoutDefaultIsAnError(t *testing.T) {
	t.Setenv("SET", "1")
	for name, yaml := range map[string]string{
		"a whole value":      "a: ${env:VPCFLOW_UNSET}",
		"a part of a value":  "a: localhost:${env:VPCFLOW_UNSET}",
		"without its scheme": "a: ${VPCFLOW_UNSET}",
		"in a list":          "a: [x, {b: '${env:SET}${env:VPCFLOW_UNSET}'}]",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := resolve(t, yaml)
			assert.EqualError(t, err, "environment variable VPCFLOW_UNSET is not set: set it, or write ${env:VPCFLOW_UNSET:-} to use an empty value")
		})
	}
}

func TestOtherVariablesAreReadAsByTheCollector(t *testing.T) {
	t.Setenv("NUMBER", "17")
	t.Setenv("EMPTY", "")
	values, err := resolve(t, "{number: '${env:NUMBER}', empty: '${env:EMPTY}', default: '${env:VPCFLOW_UNSET:-b}', nothing: '${env:VPCFLOW_UNSET:-}', text: '$${env:VPCFLOW_UNSET}'}")
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"number": 17, "empty": nil, "default": "b", "nothing": "", "text": "${env:VPCFLOW_UNSET}"}, values)
	_, err = resolve(t, "a: ${env:1-2}")
	assert.ErrorContains(t, err, "invalid name")
}
