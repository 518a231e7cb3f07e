// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build unix

package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The sizes of the tests with Apache Kafka. make verify-long uses larger ones.
var (
	kafkaKills  = flag.Int("kafka-kills", 3, "number of detectors that TestKilledDetectorsSendTheAlertsOfOneProcess kills")
	kafkaOutage = flag.Duration("kafka-outage", 10*time.Second, "how long Apache Kafka is down in TestOutageOfKafkaLosesNothing")
	kafkaPairs  = flag.Int("kafka-pairs", 100_000, "number of pairs in TestStateOfManyPairsMovesToAnotherDetector")
)

func TestKilledDetectorsSendTheAlertsOfOneProcess(t *testing.T) {
	r := newKafkaRig(t, detectorPartitions)
	messages := detectorTraffic(40 + 20*(*kafkaKills))
	want := alertsOfOneProcess(t, messages)
	random := rand.New(rand.NewPCG(5, 6))
	anyOf := func(names []string) string { return names[random.IntN(len(names))] }
	for range 3 {
		r.startDetector()
	}
	r.startReader()
	var steps []func()
	for range *kafkaKills {
		steps = append(steps, func() {
			r.kill(anyOf(r.names()))
			r.startDetector()
		})
	}
	steps = append(steps,
		func() { r.startDetector(); r.awaitMembers(r.names()) },
		func() { r.stop(anyOf(r.names())) },
		func() { // a rolling restart
			for _, name := range r.names() {
				r.startDetector()
				r.awaitMembers(r.names())
				r.stop(name)
			}
		},
	)
	part := len(messages)/(len(steps)+1) + 1
	for _, step := range steps {
		r.write(messages[:part])
		messages = messages[part:]
		r.awaitMore(1)
		step()
	}
	r.write(messages)
	r.awaitAlerts(want)
	r.requireFencedWriters()
}

func TestPausedDetectorWritesNothingAfterItWakes(t *testing.T) {
	r := newKafkaRig(t, detectorPartitions)
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	for range 3 {
		r.startDetector()
	}
	r.awaitMembers(r.names())
	r.startReader()
	r.write(messages[:len(messages)/3])
	r.awaitMore(1)
	paused := r.names()[1]
	p := r.detectors[paused]
	require.NoError(t, p.Process.Signal(syscall.SIGSTOP))
	t.Cleanup(func() { _ = p.Process.Signal(syscall.SIGCONT) })
	r.write(messages[len(messages)/3 : 2*len(messages)/3])
	others := r.names()
	r.awaitMembers(append(others[:1:1], others[2:]...)) // The session has ended: the others have its partitions.
	r.awaitMore(1)
	require.NoError(t, p.Process.Signal(syscall.SIGCONT))
	r.awaitMembers(r.names())
	r.write(messages[2*len(messages)/3:])
	r.awaitAlerts(want)
	r.requireFencedWriters()
	for _, name := range r.names() {
		r.stop(name)
	}
}

// maxOutageMemory bounds the memory of a collector, whose Go runtime has the limit outageMemory, as docs/scaling.md recommends. The
// runtime cannot keep the limit if the collector does not stop reading: then its memory grows with the records that wait.
const (
	maxOutageMemory = 500 << 20
	outageMemory    = "400MiB"
)

func TestOutageOfKafkaLosesNothing(t *testing.T) {
	t.Setenv("GOMEMLIMIT", outageMemory)
	r := newKafkaRig(t, detectorPartitions)
	messages := detectorTraffic(80)
	want := alertsOfOneProcess(t, messages)
	for range 2 {
		r.startDetector()
	}
	r.awaitMembers(r.names())
	reader := r.startReader()
	peak := map[string]int64{}
	during := func() { // reads no alerts, because there is no broker
		timer := time.NewTimer(*kafkaOutage)
		defer timer.Stop()
		for {
			for name, p := range r.detectors {
				peak[name] = max(peak[name], memory(p))
			}
			peak["reader"] = max(peak["reader"], memory(reader))
			select {
			case <-timer.C:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	quarter := len(messages) / 4
	next := func() {
		r.write(messages[:quarter])
		messages = messages[quarter:]
	}
	next()
	r.awaitMore(1)

	next()
	r.broker.Kill() // with requests under way
	during()
	next() // more input while there is no broker
	r.broker.Restart()
	r.awaitMore(1)

	r.broker.Pause() // Connections stay open, and nobody answers.
	during()
	r.broker.Resume()
	r.write(messages)
	r.awaitAlerts(want)
	for name, bytes := range peak {
		t.Logf("%s had at most %d MiB", name, bytes>>20)
		require.Less(t, bytes, int64(maxOutageMemory), name)
	}
	r.requireFencedWriters()
}

func TestDetectorThatRefusesDataStopsFetching(t *testing.T) {
	t.Setenv("GOMEMLIMIT", outageMemory)
	r := newKafkaRig(t, pairPartitions)
	const records = 5_000_000 // several GB in memory
	r.producePairs(records, 0)
	const text = "receivers: {vpc_flow: {kafka: {logs: {encoding: text}}}}"
	refusing := r.startDetector(text, "processors: {memory_limiter: {limit_percentage: 0, spike_limit_percentage: 0, limit_mib: 2, spike_limit_mib: 1}}")
	p, peak := r.detectors[refusing], int64(0)
	r.awaitMembers([]string{refusing})
	end := time.Now().Add(*kafkaOutage) //nolint:forbidigo // The refusal has a duration.
	r.await("the time does not pass", *kafkaOutage+time.Minute, func() bool {
		peak = max(peak, memory(p))
		return time.Now().After(end) //nolint:forbidigo // see above
	})
	require.Contains(t, p.output.String(), "data refused")
	t.Logf("a detector that refuses data had at most %d MiB", peak>>20)
	require.Less(t, peak, int64(maxOutageMemory))
	r.stop(refusing)
}

// pairPartitions is the number of partitions of the pairs. A detector restores them at the same time.
const pairPartitions = 4

func TestStateOfManyPairsMovesToAnotherDetector(t *testing.T) {
	r := newKafkaRig(t, pairPartitions)
	r.rules = "processors: {vpc_detection: {checkpoint_interval: 1s, rules: {flow_logs_stopped: {enabled: false}}}}"
	const text = "receivers: {vpc_flow: {kafka: {logs: {encoding: text}}}}"
	former := r.startDetector(text)
	begin := time.Now() //nolint:forbidigo // It measures time.
	r.producePairs(*kafkaPairs, 0)
	r.awaitCommitted(10 * time.Minute)
	t.Logf("%d pairs were learned in %s", *kafkaPairs, time.Since(begin).Round(100*time.Millisecond)) //nolint:forbidigo // see above
	r.logStateSize("after the pairs were learned")

	r.kill(former)
	begin = time.Now() //nolint:forbidigo // see above
	next := r.detectors[r.startDetector(text)]
	r.await("the state is not restored", 3*time.Minute, func() bool {
		return strings.Count(next.output.String(), "partition restored") == pairPartitions
	})
	took := time.Since(begin) //nolint:forbidigo // see above
	t.Logf("another detector had the state %s after the kill, with its start and a session timeout of 6s", took.Round(100*time.Millisecond))
	for line := range strings.Lines(next.output.String()) {
		if _, restored, ok := strings.Cut(line, `"partition": `); ok && strings.Contains(line, "partition restored") {
			t.Logf("restored partition %s s, with %d MiB of memory", strings.Replace(strings.Trim(restored, "}\n"), `"duration":`, "in", 1), memory(next)>>20)
		}
	}
	require.Less(t, took, time.Minute)

	// The pairs are known, and further ones are not.
	r.producePairs(*kafkaPairs+pairPartitions, 8)
	r.awaitMore(pairPartitions)
	r.awaitCommitted(10 * time.Minute)
	r.logStateSize("after all of them were seen again")
	r.compact()
	r.logStateSize("after compaction")
	r.stop(r.names()[0])
	r.poll()
	require.Len(t, r.seen, pairPartitions)
	for a := range r.seen {
		require.Contains(t, a, "new_internal_peer")
	}
}

// producePairs writes flows of different pairs of hosts, of an account for each partition. The accounts have learned on day 8.
func (r *kafkaRig) producePairs(pairs, day int) {
	r.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(r.broker.Address), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(8<<20),
		kgo.ProducerBatchCompression(kgo.ZstdCompression()))
	require.NoError(r.t, err)
	defer client.Close()
	at := trafficBegin + 24*3600*day
	const pairsPerMessage = 5000
	for first := 0; first < pairs/pairPartitions; first += pairsPerMessage {
		var records []*kgo.Record
		for account := range pairPartitions {
			var text strings.Builder
			for n := first; n < min(first+pairsPerMessage, pairs/pairPartitions); n++ {
				src := n / 4
				fmt.Fprintf(&text, "2 %012d eni-1 10.%d.%d.%d 172.16.0.%d 40000 443 6 5 400 %d %d ACCEPT OK\n",
					100+account, src>>16, src>>8&255, src&255, 1+n%4, at, at+60)
			}
			records = append(records, &kgo.Record{Topic: flowTopic, Partition: int32(account), Value: []byte(text.String())})
		}
		require.NoError(r.t, client.ProduceSync(r.t.Context(), records...).FirstErr())
	}
}

// logStateSize prints the size of the state topic.
func (r *kafkaRig) logStateSize(when string) {
	r.t.Helper()
	records, keys, deleted := r.stateSize()
	size := float64(topicBytes(r.t, r.broker.Address, stateTopic))
	r.t.Logf("state topic %s: %d records of %d keys, %d of them deleted, %.1f MB on disk, %.1f bytes per pair",
		when, records, keys, deleted, size/1e6, size/float64(*kafkaPairs))
}

// stateSize returns the number of records and keys in the state topic, and the number of keys whose newest record deletes them.
func (r *kafkaRig) stateSize() (records, keys, deleted int) {
	r.t.Helper()
	isDeleted := map[string]bool{}
	for _, record := range r.records(stateTopic) {
		records++
		isDeleted[string(record.Key)] = record.Value == nil
	}
	for _, yes := range isDeleted {
		if yes {
			deleted++
		}
	}
	return records, len(isDeleted), deleted
}

// compact makes Kafka compact the state topic now, and waits until most replaced values are gone.
func (r *kafkaRig) compact() {
	r.t.Helper()
	millisecond, ratio := "1", "0.001"
	_, err := r.admin.AlterTopicConfigs(r.t.Context(), []kadm.AlterConfig{
		{Op: kadm.SetConfig, Name: "segment.ms", Value: &millisecond}, {Op: kadm.SetConfig, Name: "min.cleanable.dirty.ratio", Value: &ratio},
	}, stateTopic)
	require.NoError(r.t, err)
	r.await("the state topic is not compacted", 2*time.Minute, func() bool {
		r.producePairs(pairPartitions, 8) // The next checkpoint closes the segment before.
		r.awaitCommitted(time.Minute)
		records, keys, _ := r.stateSize()
		return records-keys <= 20*pairPartitions // of the last checkpoints, in open segments
	})
}
