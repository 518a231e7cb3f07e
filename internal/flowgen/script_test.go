// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

func TestEveryRuleHasAttacksAndADecoy(t *testing.T) {
	attacks, decoys := make(map[string]int), make(map[string]int)
	inShop := make(map[string]bool)
	for _, s := range Scripts() {
		for _, a := range s.Alerts {
			attacks[a.Rule]++
			inShop[a.Rule] = inShop[a.Rule] || s.Site == "shop"
		}
		for _, rule := range s.Silent {
			decoys[rule]++
		}
	}
	for _, rule := range detect.Rules {
		assert.GreaterOrEqual(t, attacks[rule.ID], 2, "attacks for %s", rule.ID)
		assert.GreaterOrEqual(t, decoys[rule.ID], 1, "decoys for %s", rule.ID)
		assert.True(t, inShop[rule.ID] || rule.Off, "load tests use only the shop, which needs an attack for %s", rule.ID)
	}
	assert.Len(t, attacks, len(detect.Rules), "no unknown rule")
	assert.Len(t, decoys, len(detect.Rules), "no unknown rule")
}

func TestEveryRuleHasItsFile(t *testing.T) {
	files, err := filepath.Glob("attack_*.go")
	require.NoError(t, err)
	registered := make(map[string]bool)
	for _, each := range allAttacks {
		registered[each.rule] = true
	}
	for _, rule := range detect.Rules {
		assert.Contains(t, files, "attack_"+rule.ID+".go")
		assert.True(t, registered[rule.ID], "attack_%s.go must call registerAttacks(%q, ...)", rule.ID, rule.ID)
	}
}

func TestScriptsAreConsistent(t *testing.T) {
	names, keys := make(map[string]bool), make(map[string]string)
	for _, s := range Scripts() {
		assert.False(t, names[s.Name], "two scripts have the name %s", s.Name)
		names[s.Name] = true
		assert.Equal(t, strings.ToLower(s.Name), s.Name)
		assert.NotEmpty(t, s.Summary, s.Name)
		assert.NotEqual(t, len(s.Alerts) == 0, len(s.Silent) == 0, "%s is either an attack or a decoy", s.Name)
		assert.GreaterOrEqual(t, s.At, 7*day, "%s starts after the learning period", s.Name)
		assert.LessOrEqual(t, s.At+s.length(), 9*day, s.Name)

		seen := make(map[netip.Addr]bool)
		for _, c := range s.conversations {
			seen[c.Client], seen[c.Server] = true, true
			assert.GreaterOrEqual(t, c.Start, int64(0), s.Name)
		}
		for _, a := range s.Alerts {
			key := fmt.Sprint(s.Site, a.Rule, a.Source, a.Destination)
			assert.Empty(t, keys[key], "%s and %s would share an episode", s.Name, keys[key])
			keys[key] = s.Name
			for _, part := range []netip.Addr{a.Source, a.Destination} {
				isGateway := part == newPlatform().nat.Addr
				assert.True(t, !part.IsValid() || seen[part] || isGateway, "%s: no conversation has the address %s", s.Name, part)
			}
			if a.Country != "" {
				assert.Equal(t, a.Country, country(a.Destination), s.Name)
			}
		}
	}
}

func TestAtCountsDaysFromOne(t *testing.T) {
	assert.Equal(t, time.Duration(0), at(1, 0, 0))
	assert.Equal(t, 7*24*time.Hour+9*time.Hour+10*time.Minute, at(8, 9, 10))
}

func TestOptionsSelectScripts(t *testing.T) {
	o := DefaultOptions()
	assert.Len(t, o.played(), len(Scripts()))
	o.Scripts = []string{"worm", "beacon"}
	require.Len(t, o.played(), 2)
	assert.Equal(t, "worm", o.played()[0].Name, "sorted by time")
	o.Scripts = []string{}
	assert.Empty(t, o.played())
}
