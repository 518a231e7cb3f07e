// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package names_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter/internal/names"
)

func TestCountry(t *testing.T) {
	assert.Equal(t, "Germany", names.Country("DE"))
	assert.Equal(t, "South Korea", names.Country("KR"))
	for _, code := range []string{"", "d", "<script>", "ZZZZ", "<script>alert(1)</script>\x00"} {
		assert.NotContains(t, names.Country(code), "<", code)
	}
}

func TestOnlyValidIDsHaveAMITREPage(t *testing.T) {
	for id, want := range map[string]string{
		"T1046":     "https://attack.mitre.org/techniques/T1046/",
		"T1021.004": "https://attack.mitre.org/techniques/T1021/004/",
		"":          "", "T104": "", "T1046/../x": "", "javascript:alert(1)": "", "xT1046": "",
	} {
		assert.Equal(t, want, names.TechniqueURL(id), id)
	}
	for id, want := range map[string]string{"TA0043": "https://attack.mitre.org/tactics/TA0043/", "T1046": "", "": ""} {
		assert.Equal(t, want, names.TacticURL(id), id)
	}
}
