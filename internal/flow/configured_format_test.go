// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChooseFormat(t *testing.T) {
	for name, test := range map[string]struct {
		names []string
		want  string
	}{
		"the default":                 {[]string{"default"}, Default.String()},
		"Transit Gateway":             {[]string{"tgw"}, TransitGateway.String()},
		"a list of fields":            {[]string{"srcaddr", "dst_port"}, "srcaddr dst-port"},
		"one field":                   {[]string{"srcaddr"}, "srcaddr"},
		"fields in one string":        {[]string{"srcaddr dstaddr"}, "srcaddr dstaddr"},
		"a list with a new field":     {[]string{"srcaddr", "new-field"}, "srcaddr new-field"},
		"a default among other names": {[]string{"default", "tgw"}, "default tgw"},
	} {
		t.Run(name, func(t *testing.T) {
			format, err := ChooseFormat(test.names)
			require.NoError(t, err)
			assert.Equal(t, test.want, format.String())
		})
	}
	_, err := ChooseFormat([]string{"transit"})
	require.EqualError(t, err, `unknown value "transit"; want default, tgw or a list of field names`)
	_, err = ChooseFormat(nil)
	require.Error(t, err)
}
