// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package scenario

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// folder writes files into a new folder. The arguments are names and contents in turn.
func folder(t *testing.T, namesAndContents ...string) string {
	dir := t.TempDir()
	for i := 0; i < len(namesAndContents); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, namesAndContents[i]), []byte(namesAndContents[i+1]), 0o600))
	}
	return dir
}

func TestLoadFindsOptionalFiles(t *testing.T) {
	dir := folder(t, "flows.log", "", "expect.json", `[{"rule": "dns_not_over_udp", "source": "10.0.0.5", "count": 2, "t": [1, 2]}]`)
	s, err := Load(dir)
	require.NoError(t, err)
	assert.Equal(t, &Scenario{
		Name: filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir), Flows: filepath.Join(dir, "flows.log"), Config: map[string]any{},
		Expect: []Expectation{{
			Rule: "dns_not_over_udp", Source: netip.MustParseAddr("10.0.0.5"), Count: 2, Time: []int64{1, 2},
		}},
	}, s)

	dir = folder(t, "flows.log", "", "expect.json", "[]", "threats.txt", "", "countries.tsv", "")
	s, err = Load(dir)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "threats.txt"), s.Threats)
	assert.Equal(t, filepath.Join(dir, "countries.tsv"), s.Countries)
}

func TestLoadErrorsNameTheCause(t *testing.T) {
	for name, test := range map[string]struct {
		files []string
		want  string
	}{
		"no flows":                  {[]string{"expect.json", "[]"}, "flows.log does not exist"},
		"no expectations":           {[]string{"flows.log", ""}, "expect.json: no such file"},
		"a misspelt expectation":    {[]string{"flows.log", "", "expect.json", `[{"rul": ""}]`}, `unknown field "rul"`},
		"a truncated configuration": {[]string{"flows.log", "", "expect.json", "[]", "config.json", "{"}, "config.json: unexpected EOF"},
		"a rule that is a number": {
			[]string{"flows.log", "", "expect.json", "[]", "config.json", `{"dns_not_over_udp": 1}`},
			"config.json: dns_not_over_udp: 1 is not an object",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(folder(t, test.files...))
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestAllLoadsFoldersInFoldersSortedByName(t *testing.T) {
	dir := folder(t, "README.md", "not a scenario", "config.json", `{"scope": "vpc", "dns_not_over_udp": {"quiet_period": 5, "max_keys": 7}}`)
	for _, name := range []string{"b/a", "a/b", "a/a"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o700))
		for file, content := range map[string]string{"flows.log": "", "expect.json": "[]", "config.json": `{"dns_not_over_udp": {"max_keys": 1}}`} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name, file), []byte(content), 0o600))
		}
	}
	all, err := All(dir)
	require.NoError(t, err)
	require.Len(t, all, 3)
	for i, name := range []string{"a/a", "a/b", "b/a"} {
		assert.Equal(t, name, all[i].Name)
		assert.Equal(t, map[string]any{
			"scope": "vpc", "rules": map[string]any{"dns_not_over_udp": map[string]any{"quiet_period": "5s", "max_keys": 1}},
		}, all[i].Config, "the settings for all scenarios, replaced by its own")
	}
}

func TestConfigurationIsConvertedToTheProcessorsForm(t *testing.T) {
	s, err := Load(folder(t, "flows.log", "", "expect.json", "[]", "config.json", `{
		"scope": "vpc", "allowed_lateness": 10, "emit_resolved": true, "service_ports": [80, 443],
		"ignore": [{"source": "10.0.0.5", "port": [22, "50-60"], "expires": "2025-01-16"}],
		"new_internal_peer": {"learning_period": 0, "max_keys": 2},
		"remote_service_rejects": {"ports": [5900], "ignore": [{"protocol": 6}]}
	}`))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"scope": "vpc", "allowed_lateness": "10s", "emit_resolved": true, "service_ports": []any{80, 443},
		"ignore": []any{map[string]any{
			"source": []any{"10.0.0.5"}, "port": []any{"22", "50-60"}, "expires": "2025-01-16",
		}},
		"rules": map[string]any{
			"new_internal_peer":      map[string]any{"learning_period": "0s", "max_keys": 2},
			"remote_service_rejects": map[string]any{"ports": []any{5900}, "ignore": []any{map[string]any{"protocol": []any{"6"}}}},
		},
	}, s.Config)
}

func TestCountryTable(t *testing.T) {
	dir := folder(t, "good.tsv", "130.239.0.0/16\tSE\n130.239.1.0/24\tZZ\n2001:db8::/32\tNL\n", "bad.tsv", "Sweden\tSE\n")
	table, err := ReadCountries(filepath.Join(dir, "good.tsv"))
	require.NoError(t, err)
	for address, want := range map[string]string{
		"130.239.200.66": "SE", "130.239.1.1": "", "2001:db8::1": "NL", "10.0.0.1": "",
	} {
		assert.Equal(t, want, table.Country(netip.MustParseAddr(address)), address)
	}
	_, err = ReadCountries(filepath.Join(dir, "bad.tsv"))
	assert.ErrorContains(t, err, `bad.tsv: netip.ParsePrefix("Sweden")`)
	_, err = ReadCountries(filepath.Join(dir, "none.tsv"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}
