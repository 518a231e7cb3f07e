// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkasource

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const topic = "vpc-flow-logs"

// fixture is a broker with a topic, and a producer.
type fixture struct {
	*ingesttest.Harness
	t        *testing.T
	cluster  *kfake.Cluster
	producer *kgo.Client
	config   Config
}

func newFixture(t *testing.T, partitions int32) *fixture {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(partitions, topic))
	require.NoError(t, err)
	t.Cleanup(cluster.Close)
	producer, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	require.NoError(t, err)
	t.Cleanup(producer.Close)
	cfg := NewDefaultConfig()
	cfg.Brokers = cluster.ListenAddrs()
	cfg.Logs = LogsConfig{Topics: []string{topic}, Encoding: encodingText}
	cfg.MaxFetchWait = minFetchWait
	return &fixture{ingesttest.NewHarness(t), t, cluster, producer, cfg}
}

func (f *fixture) produce(partition int32, messages ...string) {
	f.t.Helper()
	for _, m := range messages {
		r := &kgo.Record{Topic: topic, Partition: partition, Value: []byte(m)}
		require.NoError(f.t, f.producer.ProduceSync(f.t.Context(), r).FirstErr())
	}
}

// start starts a source, and returns a function that stops it.
func (f *fixture) start() (stop func()) {
	f.t.Helper()
	require.NoError(f.t, f.config.Check())
	in := f.NewIngester()
	cfg := f.config
	s, err := New(&cfg, in)
	require.NoError(f.t, err)
	require.NoError(f.t, s.Start(f.t.Context(), componenttest.NewNopHost(), nil))
	stop = sync.OnceFunc(func() {
		assert.NoError(f.t, s.Shutdown(context.WithoutCancel(f.t.Context())))
		in.Close()
	})
	f.t.Cleanup(stop)
	return stop
}

// committed returns the offset of the group in a partition, -1 if there is none.
func (f *fixture) committed(partition int32) int64 {
	f.t.Helper()
	offsets, err := kadm.NewClient(f.producer).FetchOffsets(f.t.Context(), f.config.GroupID)
	require.NoError(f.t, err)
	if offset, ok := offsets.Lookup(topic, partition); ok {
		return offset.At
	}
	return -1
}

func (f *fixture) requireCommitted(partition int32, want int64) {
	f.t.Helper()
	require.Eventually(f.t, func() bool { return f.committed(partition) == want }, ingesttest.Timeout, ingesttest.Tick)
}

func TestMessagesAreReadInOrder(t *testing.T) {
	logs := decoded(t, 7, 9)
	proto, err := new(plog.ProtoMarshaler).MarshalLogs(logs)
	require.NoError(t, err)
	json, err := new(plog.JSONMarshaler).MarshalLogs(logs)
	require.NoError(t, err)
	for encoding, messages := range map[string][]string{
		encodingText: {
			ingesttest.Lines(1, 3), ingesttest.Gzip(t, ingesttest.Lines(4, 5)), ingesttest.ShortHeader + ingesttest.ShortLines(6, 6),
			ingesttest.Lines(7, 9), ingesttest.CloudWatch(t, "123456789010", ingesttest.Lines(10, 11)),
		},
		encodingProto: {string(proto)},
		encodingJSON:  {string(json)},
	} {
		t.Run(encoding, func(t *testing.T) {
			f := newFixture(t, 1)
			f.config.Logs.Encoding = encoding
			f.produce(0, messages...)
			stop := f.start()
			want := ingesttest.PortRange(1, 11)
			if encoding != encodingText {
				want = ingesttest.PortRange(7, 9)
			}
			f.RequirePorts(want...)
			f.RequireCounter("kafka.messages", map[string]int64{"read": int64(len(messages))})
			f.requireCommitted(0, int64(len(messages)))
			stop()
		})
	}
}

// decoded returns records as the receiver makes them.
func decoded(t *testing.T, first, last int) plog.Logs {
	t.Helper()
	h := ingesttest.NewHarness(t)
	in := h.NewIngester()
	input := &ingest.Input{Checkpoint: new(ingest.Checkpoint)}
	require.NoError(t, readText(t.Context(), ingest.NewReader(in), input, []byte(ingesttest.Lines(first, last))))
	return h.Sink.AllLogs()[0]
}

func TestCallsHaveTheOriginOfTheirMessage(t *testing.T) {
	f := newFixture(t, 2)
	origins := make(chan string, 10)
	f.Next = ingesttest.Consumer(t, func(ctx context.Context, _ plog.Logs) error {
		metadata := client.FromContext(ctx).Metadata
		origins <- fmt.Sprint(metadata.Get("kafka.topic"), metadata.Get("kafka.partition"), metadata.Get("kafka.offset"))
		return nil
	})
	f.produce(1, ingesttest.Lines(1, 1), ingesttest.Lines(2, 2))
	f.start()
	announced := []string{<-origins, <-origins}
	require.ElementsMatch(t, []string{"[vpc-flow-logs] [0] []", "[vpc-flow-logs] [1] []"}, announced, "without records")
	require.Equal(t, "[vpc-flow-logs] [1] [0]", <-origins)
	require.Equal(t, "[vpc-flow-logs] [1] [1]", <-origins)
}

var errRefused = errors.New("refused")

func TestBatchesHaveThePositionInTheObjectThatAReaderHasRead(t *testing.T) {
	f := newFixture(t, 1)
	f.config.Logs.Encoding = encodingProto
	origins := make(chan *delivery.Origin, 10)
	f.Next = ingesttest.Consumer(t, func(ctx context.Context, _ plog.Logs) error {
		if delivery.FromContext(ctx) == nil {
			return nil // a partition is announced
		}
		origins <- delivery.FromContext(ctx).Origin
		return nil
	})
	value, err := new(plog.ProtoMarshaler).MarshalLogs(decoded(t, 1, 3))
	require.NoError(t, err)
	want := &delivery.Origin{Input: delivery.NewInput("object"), First: 4, End: 7}
	for _, header := range []string{want.String(), "bad", ""} {
		r := &kgo.Record{Topic: topic, Value: value}
		if header != "" {
			r.Headers = []kgo.RecordHeader{{Key: "other"}, {Key: ingest.OriginMetadata, Value: []byte(header)}}
		}
		require.NoError(t, f.producer.ProduceSync(t.Context(), r).FirstErr())
	}
	defer f.start()()
	require.Equal(t, want, <-origins)
	require.Nil(t, <-origins)
	require.Nil(t, <-origins)
}

func TestRefusedMessagesAreSentAgain(t *testing.T) {
	f := newFixture(t, 3)
	var want []int
	for port := 1; port <= 90; port++ {
		f.produce(int32(port%3), ingesttest.Lines(port, port))
		want = append(want, port)
	}
	var random atomic.Uint32
	f.Refuse(func(int, plog.Logs) error {
		if random.Add(0x9e3779b9)>>30 != 0 { // three in four calls
			return errRefused
		}
		return nil
	})
	f.start()
	f.RequirePortsInAnyOrder(want...)
	for partition := range int32(3) {
		f.requireCommitted(partition, 30)
	}
}

func TestRefusedPartitionDoesNotBlockOthersAndIsNotFetched(t *testing.T) {
	f := newFixture(t, 2)
	f.config.MaxPartitionFetchSize, f.config.MaxFetchSize = 10_000, 10_000
	refuse := new(atomic.Bool)
	refuse.Store(true)
	f.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		if refuse.Load() && client.FromContext(ctx).Metadata.Get("kafka.partition")[0] == "0" {
			return errRefused
		}
		return f.Sink.ConsumeLogs(ctx, logs)
	})
	for port := range 200 {
		f.produce(0, ingesttest.Lines(10_000+10*port, 10_009+10*port))
	}
	f.produce(1, ingesttest.Lines(1, 5))
	f.start()
	f.RequirePorts(1, 2, 3, 4, 5)
	f.produce(1, ingesttest.Lines(6, 6))
	f.RequirePorts(1, 2, 3, 4, 5, 6)
	f.requireCommitted(1, 2)
	require.Equal(t, int64(-1), f.committed(0))
	refuse.Store(false)
	f.RequirePorts(append(ingesttest.PortRange(1, 6), ingesttest.PortRange(10_000, 11_999)...)...)
	f.requireCommitted(0, 200)
}

func TestReadingContinuesAfterARestart(t *testing.T) {
	f := newFixture(t, 1)
	f.produce(0, ingesttest.Lines(1, 2), ingesttest.Lines(3, 3))
	stop := f.start()
	f.RequirePorts(1, 2, 3)
	stop()
	require.Equal(t, int64(2), f.committed(0))
	f.produce(0, ingesttest.Lines(4, 4))
	f.start()
	f.RequirePorts(1, 2, 3, 4)
}

func TestInitialOffset(t *testing.T) {
	f := newFixture(t, 1)
	f.config.InitialOffset = latest
	f.produce(0, ingesttest.Lines(1, 1))
	stop := f.start()
	require.Eventually(t, func() bool { // It has joined when it reads new messages.
		f.produce(0, ingesttest.Lines(2, 2))
		return f.Sink.LogRecordCount() > 0
	}, ingesttest.Timeout, ingesttest.Tick)
	stop()
	require.NotContains(t, ingesttest.SourcePorts(f.Sink.AllLogs()), 1)
}

func TestOffsetIsCommittedAfterTheRecordsAreConfirmed(t *testing.T) {
	f := newFixture(t, 1)
	keeper := f.Keep()
	f.produce(0, ingesttest.Lines(1, 2), ingesttest.Lines(3, 5))
	stop := f.start()
	f.RequirePorts(1, 2, 3, 4, 5)
	stop() // It waits for the confirmation, and gives up.
	require.Positive(t, keeper.Requested.Load())
	require.Equal(t, int64(-1), f.committed(0))

	keeper.ConfirmWhenAsked()
	stop = f.start()
	f.RequirePorts(1, 2, 3, 4, 5, 1, 2, 3, 4, 5)
	stop()
	require.Equal(t, int64(2), f.committed(0))

	positions := keeper.Positions()
	require.Len(t, positions, 4)
	require.Equal(t, positions[:2], positions[2:], "the same batches, so that a component can skip them")
	require.Equal(t, []int64{0, 2}, []int64{positions[0].First, positions[0].Records})
	require.Equal(t, []int64{1 << recordBits, 3}, []int64{positions[1].First, positions[1].Records})
}

func TestBadMessagesAreCountedAndSkipped(t *testing.T) {
	f := newFixture(t, 1)
	f.produce(0, ingesttest.Lines(1, 1), "no flow log\n", "", ingesttest.Gzip(t, ingesttest.Lines(9, 9))[:30], ingesttest.ParquetRows(t, 1, 2),
		"\x00\x01\x02\x03\x00\x01\x02\x03", ingesttest.ShortHeader, ingesttest.Lines(2, 2))
	f.start()
	f.RequirePorts(1, 2)
	f.RequireCounter("kafka.messages", map[string]int64{
		"read": 2, "undecodable": 1, "empty": 1, "truncated": 1, "corrupt": 1, "binary": 1, "header_only": 1,
	})
	f.RequireCounter("bad_lines", map[string]int64{"too_few_fields": 1})
	f.requireCommitted(0, 8)
}

func TestBadOTLPMessagesAreCountedAndSkipped(t *testing.T) {
	f := newFixture(t, 1)
	f.config.Logs.Encoding = encodingProto
	good, err := new(plog.ProtoMarshaler).MarshalLogs(decoded(t, 1, 2))
	require.NoError(t, err)
	f.produce(0, "no protobuf", string(good))
	f.start()
	f.RequirePorts(1, 2)
	f.RequireCounter("kafka.messages", map[string]int64{"read": 1, "corrupt": 1})
	require.NotEmpty(t, f.Logs.FilterMessage("input cannot be decoded and is skipped").All())
}

func TestMembersOfAGroupShareThePartitionsAndLoseNothing(t *testing.T) {
	const partitions = 6
	f := newFixture(t, partitions)
	var mu sync.Mutex
	var members [3]int
	member := func(i int) consumer.Logs {
		var calls atomic.Int64
		return ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
			if calls.Add(1)%3 == 0 {
				return errRefused
			}
			mu.Lock()
			members[i]++
			mu.Unlock()
			return f.Sink.ConsumeLogs(ctx, logs)
		})
	}
	ports := 0
	var want []int
	produce := func(n int) {
		for range n {
			ports++
			want = append(want, ports)
			f.produce(int32(ports%partitions), ingesttest.Lines(ports, ports))
		}
	}
	works := func(i int) {
		t.Helper()
		mu.Lock()
		before := members[i]
		mu.Unlock()
		require.Eventually(t, func() bool {
			produce(partitions)
			mu.Lock()
			defer mu.Unlock()
			return members[i] > before
		}, ingesttest.Timeout, ingesttest.Tick)
	}
	f.Next = member(0)
	stopFirst := f.start()
	works(0)
	f.Next = member(1)
	f.start()
	works(1)
	stopFirst()
	f.Next = member(2)
	f.start()
	works(2)
	produce(50)
	f.RequirePortsInAnyOrder(want...)
}

func TestUnreachableBrokerIsReported(t *testing.T) {
	f := newFixture(t, 1)
	f.produce(0, ingesttest.Lines(1, 1))
	f.start()
	f.RequirePorts(1)
	f.cluster.Close()
	require.Eventually(t, func() bool { return f.Logs.FilterMessageSnippet("kafka: ").Len() > 0 }, ingesttest.Timeout, ingesttest.Tick)
}

func TestPositionsIncreaseWithTheOffset(t *testing.T) {
	require.Less(t, int64(1<<40)<<recordBits, int64(1<<40+1)<<recordBits)
	require.Positive(t, int64(1<<40)<<recordBits)
	require.Equal(t, "kafka t/"+strconv.Itoa(3), inputName("t", 3))
}

// stateful is a component with a state for each partition.
type stateful struct {
	mu       sync.Mutex
	counted  int64
	released []bool
	last     *delivery.Partition
}

func (c *stateful) hold(ctx context.Context) {
	p := delivery.PartitionFromContext(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = p
	p.Hold(delivery.Holder{Component: c, Counted: c.counted, Release: func(_ context.Context, save bool) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.released = append(c.released, save)
		return nil
	}})
}

func (c *stateful) lose() {
	c.mu.Lock()
	p := c.last
	c.mu.Unlock()
	p.Lose()
}

func TestReadingStartsWhereTheStateEnds(t *testing.T) {
	f := newFixture(t, 1)
	state := &stateful{}
	f.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		state.hold(ctx)
		if logs.LogRecordCount() == 0 {
			return nil
		}
		return f.Sink.ConsumeLogs(ctx, logs)
	})
	f.produce(0, ingesttest.Lines(1, 1), ingesttest.Lines(2, 2), ingesttest.Lines(3, 3))
	stop := f.start()
	f.RequirePorts(1, 2, 3)
	stop()
	require.Equal(t, int64(3), f.committed(0))
	require.Equal(t, []bool{true}, state.released, "it is saved")

	f.Sink.Reset()
	state.counted = 1<<recordBits + 1 // an older state than that of the group's offset
	f.start()
	f.RequirePorts(2, 3)
	f.Sink.Reset()
	state.lose()
	f.RequirePorts(2, 3)
	require.Equal(t, []bool{true, true}, state.released, "the source joins the group again")
}
