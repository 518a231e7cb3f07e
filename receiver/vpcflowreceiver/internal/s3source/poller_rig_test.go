// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/stanza/fileconsumer"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap/zaptest/observer"
)

// keptMemory is a storage client that outlives the receiver.
type keptMemory struct {
	mu sync.Mutex
	memory
	// broken lets nothing be stored any more.
	broken atomic.Bool
}

func (m *keptMemory) Get(ctx context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.memory.Get(ctx, key)
}

func (m *keptMemory) Set(ctx context.Context, key string, value []byte) error {
	return m.Batch(ctx, storage.SetOperation(key, value))
}

func (m *keptMemory) Delete(ctx context.Context, key string) error {
	return m.Batch(ctx, storage.DeleteOperation(key))
}

func (m *keptMemory) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if m.broken.Load() {
		return errDisk
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.memory.Batch(ctx, ops...)
}

func (m *keptMemory) Close(context.Context) error { return nil }

// historyRig is a receiver that lists a bucket in this process, in the time of a bubble.
type historyRig struct {
	*rig
	bucket  *memoryBucket
	config  *s3Config
	kept    *keptMemory
	history *history
	// port is that of the last record that was put into the bucket.
	port int
}

func newHistoryRig(t testing.TB) *historyRig {
	r := &historyRig{rig: newRig(t), bucket: newMemoryBucket(t), kept: &keptMemory{memory: memory{}}}
	r.cfg.Files = configoptional.None[fileconsumer.Config]()
	r.cfg.S3 = configoptional.Some(defaultS3())
	r.config = r.cfg.S3.Get()
	r.config.Bucket = bucketName
	t.Cleanup(r.stop)
	return r
}

// prepare makes the receiver, as it is configured, without starting it.
func (r *historyRig) prepare() {
	r.t.Helper()
	require.NoError(r.t, r.cfg.Validate())
	r.build()
	r.history = r.receiver.(*vpcFlowReceiver).sources[0].(*history)
}

func (r *historyRig) start() {
	r.t.Helper()
	r.prepare()
	require.NoError(r.t, r.history.begin(r.t.Context(), r.bucket.client(), nil, r.kept))
}

// fill puts an object with some records, the ports of which go on in the order of time, into each layout at each time.
func (r *historyRig) fill(all []layout, times []time.Time, records int) {
	r.t.Helper()
	keys := r.bucket.order(all, times)
	contents := map[string]string{}
	for _, key := range keys {
		contents[key] = r.content(key, records)
	}
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(keys)) {
		r.bucket.put(keys[i], contents[keys[i]])
	}
}

// content makes what is in the object of a key: records with the next ports.
func (r *historyRig) content(key string, records int) string {
	first := r.port + 1
	r.port += records
	if strings.HasSuffix(key, ".parquet") {
		return parquetRows(r.t, first, r.port)
	}
	return zip(r.t, v2(first, r.port))
}

// has checks that the records with the ports from 1 to last, and no others, came, in that order.
func (r *historyRig) has(last int) {
	r.t.Helper()
	synctest.Wait()
	require.Equal(r.t, upTo(1, last), sourcePorts(r.sink.AllLogs()))
}

func (r *historyRig) message(text string) []observer.LoggedEntry {
	return r.logs.FilterMessage(text).All()
}

const (
	allRead   = "All flow logs of the range are read"
	wereRead  = "The flow logs of the range were read before; to read others, change start_time or end_time"
	lostOne   = "An object cannot be fetched and is passed over"
	allFailed = "No object can be fetched; reading waits until the first can be"
)
