// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ocsfencodingextension

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/ocsf"
)

func TestReadmeNamesTheRelease(t *testing.T) {
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	assert.Contains(t, string(text), "https://schema.ocsf.io/"+ocsf.Version+"/")
	assert.Contains(t, strings.Join(strings.Fields(string(text)), " "), "OCSF "+ocsf.Version)
}
