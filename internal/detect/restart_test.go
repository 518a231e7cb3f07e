// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect_test

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
)

// memory is a store that counts the written bytes. If refuse is set, writes fail.
type memory struct {
	values  map[string][]byte
	written int
	refuse  bool
}

func newMemory() *memory { return &memory{values: map[string][]byte{}} }

func (m *memory) get(key string) ([]byte, error) { return m.values[key], nil }

func (m *memory) write(changes []detect.Change) error {
	if m.refuse {
		return errors.New("disk full")
	}
	for _, c := range changes {
		m.written += len(c.Key) + len(c.Value)
		if c.Value == nil {
			delete(m.values, c.Key)
		} else {
			m.values[c.Key] = c.Value
		}
	}
	return nil
}

func (c *randomCase) restored(t *testing.T, from *memory) *detect.Engine {
	t.Helper()
	engine := newEngine(t, c.cfg, c.threats, c.countries)
	require.NoError(t, engine.Load(from.get))
	return engine
}

// TestEngineGivesTheSameAlertsAfterRestarts saves the state and restarts at random places of random traffic. Some saves
// fail. Some restarts continue with a copy of the state in another store. All alerts must equal those of an engine that is never restarted, and agree with the model.
func TestEngineGivesTheSameAlertsAfterRestarts(t *testing.T) {
	for seed := range uint64(150) {
		c := newCase(seed)
		places := rand.New(rand.NewPCG(seed, 1))
		every := 8 + places.IntN(60)
		emitted := make([][]*alert.Alert, len(c.flows))
		store := newMemory()
		engine := c.restored(t, store)
		for i := range c.flows {
			var event detect.Event
			if engine.Classify(&c.flows[i], clock, &event) == detect.Evaluate {
				engine.Observe(&event, func(a *alert.Alert) { emitted[i] = append(emitted[i], a) })
			}
			if engine.HasNewKeys() && places.IntN(2) == 0 {
				store.refuse = places.IntN(4) == 0
				require.Equal(t, store.refuse, engine.SaveNewKeys(store.write) != nil)
				require.Equal(t, store.refuse, engine.HasNewKeys())
				store.refuse = false
			}
			switch places.IntN(every) {
			case 0:
				require.NoError(t, engine.Save(store.write))
			case 1:
				require.NoError(t, engine.Save(store.write))
				engine = c.restored(t, store)
			case 2:
				store = newMemory()
				require.NoError(t, store.write(engine.SaveScopes(func(string) bool { return true })))
				engine = c.restored(t, store)
			}
		}
		require.Equal(t, c.engine(t), emitted, "seed %d", seed)
		require.Empty(t, disagreement(c.cfg, emitted, c.model()), "seed %d", seed)
	}
}

func TestSaveWritesOnlyChanges(t *testing.T) {
	c := newCase(7)
	store := newMemory()
	engine := c.restored(t, store)
	require.NoError(t, engine.Save(store.write))
	require.Zero(t, store.written, "an engine without flows has nothing to save")
	for i := range c.flows {
		var event detect.Event
		if engine.Classify(&c.flows[i], clock, &event) == detect.Evaluate {
			engine.Observe(&event, func(*alert.Alert) {})
		}
	}
	require.NoError(t, engine.Save(store.write))
	require.NotZero(t, store.written)
	store.written = 0
	require.NoError(t, engine.Save(store.write))
	require.Zero(t, store.written, "saved state is not saved again")
	require.False(t, engine.HasNewKeys())
	require.NoError(t, c.restored(t, store).Save(store.write))
	require.Zero(t, store.written, "restored state is not saved again")
}

// TestLoadNamesAnUnreadableValue breaks each stored value in turn.
func TestLoadNamesAnUnreadableValue(t *testing.T) {
	c := newCase(7)
	store := newMemory()
	engine := c.restored(t, store)
	for i := range c.flows {
		var event detect.Event
		if engine.Classify(&c.flows[i], clock, &event) == detect.Evaluate {
			engine.Observe(&event, func(*alert.Alert) {})
		}
	}
	require.NoError(t, engine.Save(store.write))
	require.Greater(t, len(store.values), 10)
	for key, value := range maps.Clone(store.values) {
		for name, broken := range map[string][]byte{
			"a bit has changed":    append([]byte{value[0], value[1] ^ 4}, value[2:]...),
			"it is truncated":      value[:len(value)-1],
			"it is empty":          {},
			"it is something else": []byte("{}"),
			"it is of version 3":   ofVersion(3, value),
		} {
			store.values[key] = broken
			err := newEngine(t, c.cfg, c.threats, c.countries).Load(store.get)
			var unreadable *detect.UnreadableError
			require.ErrorAs(t, err, &unreadable, name)
			require.Equal(t, key, unreadable.Key)
			if name == "it is of version 3" {
				require.Contains(t, err.Error(), "version 3")
			}
		}
		store.values[key] = value
	}
	for key, value := range maps.Clone(store.values) {
		delete(store.values, key)
		err := newEngine(t, c.cfg, c.threats, c.countries).Load(store.get)
		if len(key) > 4 && key[len(key)-2:] == "/0" {
			require.ErrorContains(t, err, "is missing")
		} else {
			require.NoError(t, err, "a missing first value means that nothing was saved")
		}
		store.values[key] = value
	}
	failing := func(string) ([]byte, error) { return nil, errors.New("disk on fire") }
	require.EqualError(t, engine.Load(failing), `read stored state "scopes": disk on fire`)
}

// ofVersion returns a stored value with the header of another version.
func ofVersion(version byte, value []byte) []byte {
	body := append([]byte{version}, value[1:len(value)-4]...)
	return binary.LittleEndian.AppendUint32(body, crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}

// TestEngineLoadsTheStateOfOtherSettings loads the state of one random configuration into another. The engine must use what
// applies and must not fail.
func TestEngineLoadsTheStateOfOtherSettings(t *testing.T) {
	for seed := range uint64(100) {
		c, store := newCase(seed), newMemory()
		for part := range uint64(5) {
			c.cfg = newCase(seed + 1000*part).cfg
			engine := c.restored(t, store)
			for i := range c.flows {
				var event detect.Event
				if engine.Classify(&c.flows[i], clock, &event) == detect.Evaluate {
					engine.Observe(&event, func(*alert.Alert) {})
				}
			}
			require.NoError(t, engine.Save(store.write))
			for i := range c.flows {
				c.flows[i].Time += 30
			}
		}
	}
}
