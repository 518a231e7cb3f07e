// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

const importPartitions = 3

// importHarness runs detectors that import the state of a former collector.
type importHarness struct {
	*storageHarness
	former storage.Extension
}

func (h *importHarness) GetExtensions() map[component.ID]component.Component {
	all := h.storageHarness.GetExtensions()
	if h.former != nil {
		all[component.MustNewIDWithName("file_storage", "former")] = h.former
	}
	return all
}

// newImportHarness returns a harness. The former collector has seen what see sends.
func newImportHarness(t *testing.T, see func(former *storageHarness, d *detector)) *importHarness {
	t.Helper()
	former := newStorageHarness(t, t.TempDir(), atOnce)
	d := former.start()
	see(former, d)
	require.NoError(t, d.Shutdown(t.Context()))
	config := atOnce[:len(atOnce)-1] + fmt.Sprintf(", storage: file_storage, import_state: {storage: file_storage/former, topic: flows, partitions: %d}}", importPartitions)
	return &importHarness{newStorageHarness(t, t.TempDir(), config), former.storage}
}

func (h *importHarness) start() (*detector, error) {
	h.t.Helper()
	d := h.build()
	if err := d.Start(h.t.Context(), h); err != nil {
		require.NoError(h.t, d.Shutdown(h.t.Context()))
		return nil, err
	}
	return d, nil
}

func importAccounts() (list []string) {
	for n := range 8 {
		list = append(list, strconv.Itoa(100000000000+n))
	}
	return list
}

// pairOf returns a connection of an account from 10.0.0.1 to a host.
func pairOf(account string, host, after int) string {
	return lineOf(account, "10.0.0.1", 50000, fmt.Sprint("10.1.0.", host), 443, after, "ACCEPT")
}

func seeOnePairOfEachAccount(h *storageHarness, d *detector) {
	for _, account := range importAccounts() {
		h.see(d, pairOf(account, 1, 0))
	}
}

func TestImportedStateContinuesInThePartitionsOfItsAccounts(t *testing.T) {
	const unsent = "100000000003"
	h := newImportHarness(t, func(former *storageHarness, d *detector) {
		seeOnePairOfEachAccount(former, d)
		former.see(d, probes(1, 5)...) // of another account
		d.queue.hold([]*alert.Alert{{UID: "unsent", Rule: "unsent", Status: alert.Opened, Scope: unsent}})
	})
	d, err := h.start()
	require.NoError(t, err)
	for _, a := range append(importAccounts(), account) {
		number := int(partitionOfAccount(a, importPartitions))
		ctx := fromPartition(t.Context(), number, 0)
		require.NoError(t, d.ConsumeLogs(ctx, decoded(pairOf(a, 1, 60))))
		require.NoError(t, d.ConsumeLogs(ctx, decoded(pairOf(a, 2, 60))))
	}
	want := []string{"unsent opened invalid IP"}
	for range append(importAccounts(), account, account) { // both pairs of the last account are new
		want = append(want, "new_internal_peer opened 10.0.0.1")
	}
	require.ElementsMatch(t, want, h.rules())

	require.NoError(t, d.ConsumeLogs(fromPartition(t.Context(), int(partitionOfAccount(account, importPartitions)), 1), decoded(probes(6, 10)...)))
	require.Equal(t, []string{"external_reject_sweep opened 203.0.113.7"}, h.rules(), "5 probes before, and 5 after the import")

	found := 0
	for _, s := range d.partitions.all()[1:] {
		for _, a := range s.engine.Scopes() {
			require.Equal(t, s.name, fmt.Sprint("flows-", partitionOfAccount(a, importPartitions)))
			found++
		}
	}
	require.Equal(t, len(importAccounts())+1, found)
	require.NoError(t, d.Shutdown(t.Context()))
}

func TestSecondImportChangesNothing(t *testing.T) {
	for name, interrupted := range map[string]bool{"after a complete one": false, "after one that was interrupted at its end": true} {
		t.Run(name, func(t *testing.T) {
			h := newImportHarness(t, seeOnePairOfEachAccount)
			d, err := h.start()
			require.NoError(t, err)
			logged := h.messages.FilterMessage("state imported").All()
			require.Len(t, logged, 1)
			require.Subset(t, logged[0].ContextMap(), map[string]any{"topic": "flows", "partitions": int64(importPartitions), "accounts": int64(len(importAccounts()))})
			learned := importAccounts()[0]
			ctx := fromPartition(t.Context(), int(partitionOfAccount(learned, importPartitions)), 0)
			require.NoError(t, d.ConsumeLogs(ctx, decoded(pairOf(learned, 9, 60))))
			require.Len(t, h.rules(), 1)
			require.NoError(t, d.Shutdown(t.Context()))

			if interrupted {
				id := component.MustNewID("file_storage")
				own, err := storageclient.Open(t.Context(), h, &id, component.KindProcessor, component.NewID(componentType), "import_state")
				require.NoError(t, err)
				require.NoError(t, own.Delete(t.Context(), importedKey))
				require.NoError(t, own.Close(t.Context()))
			} else {
				h.former = nil // The former storage can be removed.
			}
			d, err = h.start()
			require.NoError(t, err)
			for _, message := range h.messages.FilterMessage("state imported").All() {
				require.Zero(t, message.ContextMap()["partitions"], "all partitions have it")
			}
			require.Equal(t, !interrupted, h.messages.FilterMessage("state is already imported; remove import_state from the configuration").Len() == 1)
			require.NoError(t, d.ConsumeLogs(ctx, decoded(pairOf(learned, 9, 120))))
			require.Empty(t, h.rules(), "what was learned since is kept")
			require.NoError(t, d.Shutdown(t.Context()))
		})
	}
}

func TestImportRefusesToOverwriteAPartition(t *testing.T) {
	h := newImportHarness(t, seeOnePairOfEachAccount)
	config := h.config
	h.config = atOnce
	d, err := h.start()
	require.NoError(t, err)
	require.NoError(t, d.ConsumeLogs(fromPartition(t.Context(), 1, 0), decoded(pairOf(importAccounts()[0], 1, 0))))
	require.NoError(t, d.Shutdown(t.Context()))
	h.config = config
	_, err = h.start()
	require.EqualError(t, err, `import_state: partition flows-1: storage: extension "file_storage" already has state of it: `+
		`import before the first detector starts, or delete the state topic`)
}

func TestImportNeedsState(t *testing.T) {
	h := newImportHarness(t, func(*storageHarness, *detector) {})
	_, err := h.start()
	require.EqualError(t, err, `import_state::storage: extension "file_storage/former" has no state of vpc_detection: `+
		`is it the directory of the former collector, and had vpc_detection this name there?`)
	h.former = nil
	_, err = h.start()
	require.EqualError(t, err, `import_state::storage: extension "file_storage/former" is not among the extensions of the service`)
}

// The kafka exporter's default hasher is sarama_compat, which franz-go implements.
func TestAccountsAreInThePartitionsOfTheKafkaExporter(t *testing.T) {
	hasher := kgo.SaramaCompatHasher(fnv32a)
	var used []int32
	for n := range 1000 {
		for _, partitions := range []int{1, 3, 12, 10_000} {
			name := strconv.Itoa(100000000000 + n*7919)
			got := partitionOfAccount(name, partitions)
			require.Equal(t, hasher([]byte(name), partitions), int(got))
			if partitions == 12 && !slices.Contains(used, got) {
				used = append(used, got)
			}
		}
	}
	require.Len(t, used, 12)
}

// fnv32a is the hash function FNV-1a, from its definition.
func fnv32a(text []byte) uint32 {
	hash := uint32(2166136261)
	for _, b := range text {
		hash = (hash ^ uint32(b)) * 16777619
	}
	return hash
}
