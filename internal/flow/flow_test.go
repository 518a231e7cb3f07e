// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestStringsAreTheWordsOfFlowLogs(t *testing.T) {
	assert.Equal(t, "-", NoAction.String())
	assert.Equal(t, "ACCEPT", Accept.String())
	assert.Equal(t, "REJECT", Reject.String())

	assert.Equal(t, "OK", StatusOK.String())
	assert.Equal(t, "NODATA", NoData.String())
	assert.Equal(t, "SKIPDATA", SkipData.String())

	assert.Equal(t, "-", DirectionUnknown.String())
	assert.Equal(t, "ingress", Ingress.String())
	assert.Equal(t, "egress", Egress.String())
}
