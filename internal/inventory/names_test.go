// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const namesYAML = `
- {address: 10.0.1.10, name: web-1}
- {address: 10.0.0.0/16, owner: shop team, environment: production, tags: {app: shop}}
- {address: 10.0.1.10, account: "222222222222", name: second}
- {address: 10.0.1.20, account: "222222222222", name: other-web}
- {interface: eni-1, name: pod gateway}
- {instance: i-1, name: worker}
- {vpc: vpc-1, owner: vpc team}
- {account: "111111111111", environment: staging}
`

func TestNames(t *testing.T) {
	entries, bad, err := ParseNames([]byte(namesYAML), "names.yaml")
	require.NoError(t, err)
	require.Empty(t, bad)
	names := NewNames(entries)
	require.Equal(t, 8, names.Len())
	address := netip.MustParseAddr
	shop := map[string]string{"app": "shop"}
	for _, c := range []struct {
		name    string
		machine Machine
		want    Name
	}{
		{"an unknown machine has no name", Machine{Address: address("192.0.2.1")}, Name{}},
		{"a longer prefix adds to a shorter one", Machine{Address: address("10.0.1.10")}, Name{"web-1", "shop team", "production", shop}},
		{"a shorter prefix alone counts", Machine{Address: address("10.0.9.9")}, Name{"", "shop team", "production", shop}},
		{"if two entries have the same address, the first one counts", Machine{Address: address("10.0.1.10"), Account: "222222222222"}, Name{"web-1", "shop team", "production", shop}},
		{"an entry of another account does not count", Machine{Address: address("10.0.1.20"), Account: "111111111111"}, Name{"", "shop team", "production", shop}},
		{"an entry with two parts counts where both match", Machine{Address: address("10.0.1.20"), Account: "222222222222"}, Name{"other-web", "shop team", "production", shop}},
		{"an unknown part does not exclude a machine", Machine{Address: address("10.0.1.20")}, Name{"other-web", "shop team", "production", shop}},
		{"the interface takes precedence over the address", Machine{Address: address("10.0.1.10"), Interface: "eni-1"}, Name{"pod gateway", "shop team", "production", shop}},
		{"the instance takes precedence over the address", Machine{Address: address("10.0.1.10"), Instance: "i-1"}, Name{"worker", "shop team", "production", shop}},
		{"VPC and account fill empty fields", Machine{VPC: "vpc-1", Account: "111111111111"}, Name{"", "vpc team", "staging", nil}},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, names.Lookup(c.machine)) })
	}
	assert.Zero(t, (*Names)(nil).Lookup(Machine{Address: address("10.0.1.10")}))
	assert.Zero(t, (*Names)(nil).Len())
}

func TestParseNamesReadsCSV(t *testing.T) {
	entries, bad, err := ParseNames([]byte("\ufeffAddress,Name, Owner,app\n# a comment\n10.0.1.10,web-1,\"team, shop\",shop\n10.0.2.0/24,,db team,\n"), "names.csv")
	require.NoError(t, err)
	require.Empty(t, bad)
	assert.Equal(t, []NameEntry{
		{Prefix: netip.MustParsePrefix("10.0.1.10/32"), Name: Name{Name: "web-1", Owner: "team, shop", Tags: map[string]string{"app": "shop"}}},
		{Prefix: netip.MustParsePrefix("10.0.2.0/24"), Name: Name{Owner: "db team"}},
	}, entries)
}

func TestParseNamesSkipsBadEntries(t *testing.T) {
	for _, c := range []struct {
		name, path, content, want string
		kind                      Kind
	}{
		{"CSV: not an address", "n.csv", "address,name\n10.0.0.300,a\n10.0.0.1,b\n", `n.csv:2: address: "10.0.0.300" is not an address or a CIDR such as 10.0.0.0/8`, BadValue},
		{"CSV: host bits", "n.csv", "address,name\n10.0.0.1/8,a\n10.0.0.1,b\n", `n.csv:2: address: "10.0.0.1/8" has bits set beyond its length; write 10.0.0.0/8`, BadValue},
		{"CSV: a short row", "n.csv", "address,name\n10.0.0.2\n10.0.0.1,b\n", "n.csv:2: the row has 1 columns, the header has 2", BadRow},
		{"CSV: a bare quote", "n.csv", "address,name\n10.0.0.2,a\"b\n10.0.0.1,b\n", `n.csv:2: bare " in non-quoted-field`, BadRow},
		{"CSV: no column that selects machines", "n.csv", "address,name\n,a\n10.0.0.1,b\n", "n.csv:2: the entry has none of address, interface, instance, vpc, account", NoSelector},
		{"CSV: no name, owner, environment or tag", "n.csv", "address,name\n10.0.0.2,\n10.0.0.1,b\n", "n.csv:2: the entry has no name, owner, environment or tag", NoName},
		{"YAML: not an address", "n.yml", "- {address: x, name: a}\n- {address: 10.0.0.1, name: b}\n", `n.yml:1: address: "x" is not an address or a CIDR such as 10.0.0.0/8`, BadValue},
		{"YAML: an unknown key", "n.yaml", "- {adress: 10.0.0.2}\n- {address: 10.0.0.1, name: b}\n", "n.yaml:1: adress: unknown key; the keys are address, interface, instance, vpc, account, name, owner, environment, tags", UnknownKey},
		{"YAML: not a map", "n.yaml", "- web\n- {address: 10.0.0.1, name: b}\n", "n.yaml:1: the entry is not a map of keys", BadRow},
		{"YAML: a list as value", "n.yaml", "- {name: [a]}\n- {address: 10.0.0.1, name: b}\n", "n.yaml:1: name: the value is not text", BadValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			entries, bad, err := ParseNames([]byte(c.content), c.path)
			require.NoError(t, err)
			require.Len(t, bad, 1)
			assert.EqualError(t, bad[0], c.want)
			assert.Equal(t, c.kind, bad[0].Kind)
			require.Len(t, entries, 1, "the other entry counts")
			assert.Equal(t, "b", entries[0].Name.Name)
		})
	}
}

func TestParseNamesRejectsOtherFiles(t *testing.T) {
	for _, c := range []struct{ name, path, content, want string }{
		{"an empty CSV file", "n.csv", "", "n.csv: the file is empty; its first line must name the columns"},
		{"a CSV file without a header", "n.csv", "10.0.0.1,web\n", `n.csv: the header line "10.0.0.1,web" has none of the columns address, interface, instance, vpc, account`},
		{"a YAML file that is not a list", "n.yaml", "a: b", "n.yaml: the file is not a list of entries"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := ParseNames([]byte(c.content), c.path)
			assert.EqualError(t, err, c.want)
		})
	}
	entries, bad, err := ParseNames(nil, "n.yaml")
	require.NoError(t, err)
	assert.Empty(t, entries)
	assert.Empty(t, bad)
}

func FuzzParseNames(f *testing.F) {
	f.Add([]byte(namesYAML), true)
	f.Add([]byte("address,name\n10.0.0.1,web\n"), false)
	f.Fuzz(func(t *testing.T, content []byte, isYAML bool) {
		path := "names.csv"
		if isYAML {
			path = "names.yaml"
		}
		entries, _, err := ParseNames(content, path)
		if err == nil {
			NewNames(entries).Lookup(Machine{Address: netip.MustParseAddr("10.0.0.1")})
		}
	})
}
