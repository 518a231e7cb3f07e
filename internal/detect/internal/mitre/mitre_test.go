// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package mitre

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNames(t *testing.T) {
	for id, want := range map[string]string{
		"TA0010": "Exfiltration", "TA0011": "Command and Control", "TA0099": "", "T1048": "", "": "", "ta0010": "", "TA": "",
	} {
		assert.Equal(t, want, Tactic(id), id)
	}
	for id, want := range map[string]string{
		"T1048": "Exfiltration Over Alternative Protocol", "T1595.001": "Scanning IP Blocks", "T1048.099": "", "TA0010": "", "": "", "T": "",
	} {
		assert.Equal(t, want, Technique(id), id)
	}
}
