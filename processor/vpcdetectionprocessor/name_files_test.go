// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNamesAreReloadedWhenTheyChange(t *testing.T) {
	csv := write(t, "names.csv", "address,name,owner\n10.0.0.1,web-1,shop team\n10.0.0.300,x,y\n")
	yaml := write(t, "names.yaml", "- {address: 10.0.0.0/8, owner: network team}\n")
	r := newHarness(t, fmt.Sprintf("names: [%q, %q]", csv, yaml)).run()
	assert.Equal(t, []string{`warn: names skipped entries=1 error=` + csv + `:3: address: "10.0.0.300" is not an address or a CIDR such as 10.0.0.0/8`}, r.messages())
	name := func(address int) string {
		require.NotEmpty(t, r.consume(dnsOverTCP(address, 0)))
		machine := alertsIn(t, r.sink)[0].SourceMachine
		return machine.Name + "/" + machine.Owner
	}
	assert.Equal(t, "web-1/shop team", name(1))
	assert.Equal(t, "/network team", name(2))

	rewrite(t, csv, "address,name\n10.0.0.3,db-1\n")
	r.tick(0)
	assert.Equal(t, []string{"info: names reloaded entries=1 file=" + csv}, r.messages())
	assert.Equal(t, "db-1/network team", name(3))

	rewrite(t, csv, "")
	r.tick(0)
	r.tick(0)
	assert.Equal(t, []string{"warn: fail to reload names; the last entries stay in use file=" + csv + " error=" + csv + ": the file is empty; its first line must name the columns"}, r.messages(), "logged once")
	rewrite(t, yaml, "- {address: 10.0.0.4, name: cache-1}\n")
	r.tick(0)
	assert.Equal(t, "cache-1/", name(4))
}

func TestStartFailsWithoutANamesFile(t *testing.T) {
	r := newHarness(t, "names: [/does/not/exist.csv]")
	err := r.Start(t.Context(), r)
	require.ErrorContains(t, err, "names[0]: ")
	require.ErrorContains(t, err, "/does/not/exist.csv")
}
