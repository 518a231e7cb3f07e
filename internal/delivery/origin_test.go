// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package delivery

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOriginIsParsed(t *testing.T) {
	origin := Origin{Input: NewInput("a"), First: 1000, End: 2000}
	parsed, err := ParseOrigin(origin.String())
	require.NoError(t, err)
	require.Equal(t, origin, parsed)
}

func TestBadOriginIsAnError(t *testing.T) {
	input := Origin{Input: NewInput("a")}.String()[:32]
	for _, text := range []string{
		"", "/", input, input + "/1", input + "/1/", input + "/x/2", input + "/1/x", input + "/3/2", input + "/-1/2", input + "0/1/2", input[:30] + "/1/2",
		"g" + input[1:] + "/1/2", input + "/1/2/3", input + "/1/99999999999999999999",
	} {
		_, err := ParseOrigin(text)
		require.Error(t, err, text)
	}
}
