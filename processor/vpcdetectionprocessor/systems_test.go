// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/network/networktest"
)

func TestAutonomousSystemsAreReloadedWhenTheFileIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "asn.mmdb")
	replace := func(number uint32, organization string, at time.Time) {
		networktest.WriteDatabase(t, path, mmdbwriter.Options{DatabaseType: "Test-ASN"}, map[string]mmdbtype.DataType{
			"0.0.0.0/0": mmdbtype.Map{
				"autonomous_system_number":       mmdbtype.Uint32(number),
				"autonomous_system_organization": mmdbtype.String(organization),
			},
		})
		require.NoError(t, os.Chtimes(path, at, at))
	}
	replace(64496, "Example Hosting", clock())
	r := newHarness(t, fmt.Sprintf("asn: {database: %q}", path)).run()
	destination := func(source int) alert.AS {
		require.NotEmpty(t, r.consume(dnsOverTCP(source, 0)))
		a := alertsIn(t, r.sink)[0]
		assert.Zero(t, a.SourceAS, "the source is internal")
		return a.DestinationAS
	}
	assert.Equal(t, alert.AS{Number: 64496, Organization: "Example Hosting"}, destination(1))

	replace(64497, "Another Provider", clock().Add(time.Hour))
	r.tick(0)
	assert.Equal(t, []string{"info: AS database reloaded file=" + path}, r.messages())
	assert.Equal(t, alert.AS{Number: 64497, Organization: "Another Provider"}, destination(2))

	rewrite(t, path, "not a database")
	r.tick(0)
	r.tick(0)
	require.Len(t, r.messages(), 1, "logged once")
	assert.Equal(t, alert.AS{Number: 64497, Organization: "Another Provider"}, destination(3))
}

func TestStartFailsWithoutTheAutonomousSystems(t *testing.T) {
	r := newHarness(t, "asn: {database: /does/not/exist.mmdb}")
	require.ErrorContains(t, r.Start(t.Context(), r), "asn::database: ")
	r = newHarness(t, fmt.Sprintf("asn: {database: %q}", networktest.WriteCountries(t, t.TempDir(), "10.0.0.0/8\tSE\n")))
	require.ErrorContains(t, r.Start(t.Context(), r), "no network has an AS number")
}
