// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap/zaptest/observer"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// pollerFixture is a source that polls a bucket in memory, inside a synctest bubble.
type pollerFixture struct {
	*fixture
	bucket *memoryBucket
	// storage outlives the source.
	storage *ingesttest.Storage
	// port is the source port of the last record in the bucket.
	port int
}

func newPollerFixture(t testing.TB) *pollerFixture {
	r := &pollerFixture{fixture: newFixture(t), bucket: newMemoryBucket(t), storage: ingesttest.NewStorage(nil)}
	r.config.Bucket = bucketName
	return r
}

func (r *pollerFixture) start() { r.startWithQueue(nil) }

// startWithQueue starts the source with a client for the queue that is configured.
func (r *pollerFixture) startWithQueue(client queueClient) {
	r.t.Helper()
	require.NoError(r.t, r.tryStart(client))
}

func (r *pollerFixture) tryStart(client queueClient) error {
	r.t.Helper()
	require.NoError(r.t, r.config.Check())
	r.build()
	return r.source.start(r.t.Context(), r.bucket.client(), client, r.storage)
}

// fill puts an object for each layout and time into the bucket. The ports of the records ascend in the order of reading.
func (r *pollerFixture) fill(all []layout, times []time.Time, records int) {
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

// content returns the content for a key: records with the next ports.
func (r *pollerFixture) content(key string, records int) string {
	first := r.port + 1
	r.port += records
	if strings.HasSuffix(key, ".parquet") {
		return ingesttest.ParquetRows(r.t, first, r.port)
	}
	return ingesttest.Gzip(r.t, ingesttest.Lines(first, r.port))
}

// has checks that exactly the records with the ports from 1 to last were accepted, in that order.
func (r *pollerFixture) has(last int) {
	r.t.Helper()
	synctest.Wait()
	require.Equal(r.t, ingesttest.PortRange(1, last), ingesttest.SourcePorts(r.Sink.AllLogs()))
}

func (r *pollerFixture) message(text string) []observer.LoggedEntry {
	return r.Logs.FilterMessage(text).All()
}

const (
	rangeRead     = "range read completely"
	rangeWasRead  = "range already read: change start_time or end_time to read another one"
	objectGivenUp = "fail to fetch object: giving up"
	allFailed     = "fail to fetch any object: waiting for the first one"
)
