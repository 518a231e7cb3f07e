// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package browsertest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnotherPackageIsRefused(t *testing.T) {
	// The hash of abc is the example of FIPS 180-4.
	const integrity = "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
	require.NoError(t, verifyIntegrity([]byte("abc"), integrity))
	for _, content := range []string{"", "abd", "abc\n"} {
		assert.ErrorContains(t, verifyIntegrity([]byte(content), integrity), "want "+integrity)
	}
	assert.Error(t, verifyIntegrity([]byte("abc"), strings.ToLower(integrity)))
}

func TestAPackageWithoutTheScriptIsRefused(t *testing.T) {
	_, err := extractAxe([]byte("not a gzip file"))
	assert.ErrorContains(t, err, "unzip axe-core")
}
