// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	"github.com/vpcflow/otelcol-vpcflow/internal/detect"
	"github.com/vpcflow/otelcol-vpcflow/internal/storageclient"
)

// importedKey is the storage key that marks the imported state of a partition, and that of an import that is complete.
const importedKey = "imported"

// importState divides the state of one collector among partitions, if this is configured: each account moves to the partition of
// its messages. Each partition is written at once, so that an import that was interrupted continues with the missing ones. Once
// all are written, further starts of this collector import nothing.
func (d *detector) importState(ctx context.Context) (err error) {
	from := d.cfg.ImportState
	if from == nil {
		return nil
	}
	own, err := storageclient.Open(ctx, d.host, d.cfg.Storage, component.KindProcessor, d.set.ID, "import_state")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, own.Close(ctx)) }()
	switch done, err := own.Get(ctx, importedKey); {
	case err != nil:
		return fmt.Errorf("import_state: read the mark of an earlier import: %w", err)
	case done != nil:
		d.set.Logger.Warn("state is already imported; remove import_state from the configuration")
		return nil
	}
	imported := d.newShard("")
	if err := d.newEngine(imported, max(1, d.cfg.Shards)); err != nil {
		return err
	}
	defer d.tables.remove(imported.engine)
	closeFrom, err := imported.checkpoints.restore(ctx, d.host, &from.Storage, d.set.ID, "")
	if err != nil {
		return fmt.Errorf("import_state::%w", err)
	}
	defer func() { err = errors.Join(err, closeFrom()) }()
	if len(imported.engine.Scopes()) == 0 {
		return fmt.Errorf("import_state::storage: extension %q has no state of %s: is it the directory of the former collector, and had %s this name there?",
			from.Storage, d.set.ID, d.set.ID)
	}
	written, bytes := 0, 0
	for number := range from.Partitions {
		id := partitionID{from.Topic, int32(number)}
		n, err := d.importPartition(ctx, imported, id)
		if err != nil {
			return fmt.Errorf("import_state: partition %s: %w", id, err)
		}
		if bytes += n; n > 0 {
			written++
		}
	}
	if err := own.Set(ctx, importedKey, []byte(from.Topic)); err != nil {
		return fmt.Errorf("import_state: mark it as complete: %w", err)
	}
	d.set.Logger.Info("state imported", zap.String("topic", from.Topic), zap.Int("partitions", written),
		zap.Int("accounts", len(imported.engine.Scopes())), zap.Int("bytes", bytes))
	return nil
}

// importPartition writes the state of the accounts of a partition, and returns its size in bytes. The size is zero if an earlier
// start has imported it.
func (d *detector) importPartition(ctx context.Context, imported *shard, id partitionID) (bytes int, err error) {
	client, err := storageclient.OpenShard(ctx, d.host, d.cfg.Storage, component.KindProcessor, d.set.ID, id.String())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, client.Close(ctx)) }()
	get := func(key string) ([]byte, error) { return client.Get(ctx, key) }
	if mark, err := get(importedKey); err != nil || mark != nil {
		return 0, err
	}
	switch found, err := detect.HasState(get); {
	case err != nil:
		return 0, err
	case found:
		return 0, fmt.Errorf("storage: extension %q already has state of it: import before the first detector starts, or delete the state topic", d.cfg.Storage)
	}
	keep := func(account string) bool {
		return partitionOfAccount(account, d.cfg.ImportState.Partitions) == id.number
	}
	changes, err := imported.stateOf(keep)
	if err != nil {
		return 0, err
	}
	operations := []*storage.Operation{storage.SetOperation(importedKey, []byte(d.set.ID.String()))}
	for _, change := range changes {
		operations = append(operations, storage.SetOperation(change.Key, change.Value))
		bytes += len(change.Value)
	}
	return bytes, client.Batch(ctx, operations...)
}

// stateOf returns the whole state of some accounts, as changes of an empty store: that of the engine, of flow_logs_stopped, and
// the unsent alerts.
func (s *shard) stateOf(keep func(account string) bool) ([]detect.Change, error) {
	changes := s.engine.SaveScopes(keep)
	if s.stopped != nil {
		text, err := s.stopped.tracker.SaveScopes(keep)
		if err != nil {
			return nil, err
		}
		changes = append(changes, detect.Change{Key: stoppedKey, Value: text})
	}
	var unsent []*alert.Alert
	_, all := s.queue.all()
	for _, a := range all {
		if keep(a.Scope) {
			unsent = append(unsent, a)
		}
	}
	alerts, err := new(alertLog).save(0, unsent)
	return append(changes, alerts...), err
}

// partitionOfAccount returns the partition that the kafka exporter chooses for messages whose key is the account: with its
// default hasher, sarama_compat, the FNV-1a hash as a signed number, modulo the number of partitions, without the sign.
func partitionOfAccount(account string, partitions int) int32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(account)) // never fails
	number := int32(hash.Sum32()) % int32(partitions)
	if number < 0 {
		number = -number
	}
	return number
}
