// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/delivery"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/otlp"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingest"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// accountLines returns lines whose accounts take turns, with the source ports from 1 to n.
func accountLines(n int, accounts ...string) string {
	var text strings.Builder
	for port := 1; port <= n; port++ {
		text.WriteString(strings.Replace(ingesttest.Lines(port, port), "123456789010", accounts[port%len(accounts)], 1))
	}
	return text.String()
}

func TestLinesOfEachAccountAreSentInTheirOrder(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.ByAccount, h.Config.Emit = true, otlp.EmitLines
	got := map[string]string{}
	h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		scope := client.FromContext(ctx).Metadata.Get(ingest.ScopeMetadata)
		require.Len(t, scope, 1)
		for record := range otlp.All(logs) {
			got[scope[0]] += record.Body().Str() + "\n"
		}
		return nil
	})
	in := &ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint)}
	text := accountLines(9, "111111111111", "222222222222", "333333333333")
	require.NoError(t, ingest.NewReader(h.NewIngester()).ReadText(t.Context(), in, strings.NewReader(text)))
	want := map[string]string{}
	for line := range strings.Lines(text) {
		want[strings.Fields(line)[1]] += line
	}
	require.Equal(t, want, got)
}

func TestRecordsOfEachAccountAreSentOnceInTheirOrder(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.ByAccount = true
	got := map[string][]int{}
	calls := 0
	h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		if calls++; calls%3 == 1 {
			logs.ResourceLogs().RemoveIf(func(plog.ResourceLogs) bool { return true }) // a consumer may modify what it refuses
			return errors.New("refused")
		}
		metadata := client.FromContext(ctx).Metadata
		scope := metadata.Get(ingest.ScopeMetadata)
		require.Len(t, scope, 1)
		require.Equal(t, []string{"1"}, metadata.Get("kafka.partition"), "other metadata is kept")
		for _, resource := range logs.ResourceLogs().All() {
			account, _ := resource.Resource().Attributes().Get("cloud.account.id")
			require.Equal(t, scope[0], account.Str())
		}
		got[scope[0]] = append(got[scope[0]], ingesttest.SourcePorts([]plog.Logs{logs})...)
		return nil
	})
	in := &ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint)}
	ctx := client.NewContext(t.Context(), client.Info{Metadata: client.NewMetadata(map[string][]string{"kafka.partition": {"1"}})})
	text := accountLines(9, "111111111111", "222222222222", "333333333333")
	require.NoError(t, ingest.NewReader(h.NewIngester()).ReadText(ctx, in, strings.NewReader(text)))
	require.Equal(t, map[string][]int{"111111111111": {3, 6, 9}, "222222222222": {1, 4, 7}, "333333333333": {2, 5, 8}}, got)
	require.Equal(t, int64(9), in.Checkpoint.Records)
	h.RequireCounter("records", map[string]int64{"": 9})
}

func TestRecordsHaveThePositionOfTheirBlock(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.ByAccount, h.Config.MaxBatchSize = true, 4
	read := func() (origins map[string][]delivery.Origin) {
		origins = map[string][]delivery.Origin{}
		calls := 0
		h.Next = ingesttest.Consumer(t, func(ctx context.Context, _ plog.Logs) error {
			if calls++; calls == 2 {
				return errors.New("refused")
			}
			metadata := client.FromContext(ctx).Metadata
			origin, err := delivery.ParseOrigin(metadata.Get(ingest.OriginMetadata)[0])
			require.NoError(t, err)
			account := metadata.Get(ingest.ScopeMetadata)[0]
			origins[account] = append(origins[account], origin)
			return nil
		})
		in := h.NewIngester()
		track := in.NewTrack(in.InputID("s3", "a.log"), 0, func(context.Context, ingest.Progress) error { return nil })
		require.NoError(t, ingest.NewReader(in).ReadText(t.Context(),
			&ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint), Track: track}, strings.NewReader(accountLines(6, "111111111111", "222222222222"))))
		return origins
	}
	origins := read()
	require.Len(t, origins, 2)
	for _, list := range origins {
		require.Len(t, list, 2)
		require.Equal(t, list[0].Input, list[1].Input)
		require.Equal(t, [4]int64{0, 4, 4, 6}, [4]int64{list[0].First, list[0].End, list[1].First, list[1].End})
	}
	require.NotEqual(t, origins["111111111111"][0].Input, origins["222222222222"][0].Input, "they may be in the same partition")
	require.Equal(t, origins, read(), "the same for each reader")
}

func TestRecordsWithoutAnAccountHaveNoScope(t *testing.T) {
	h := ingesttest.NewHarness(t)
	h.Config.ByAccount = true
	h.Next = ingesttest.Consumer(t, func(ctx context.Context, logs plog.Logs) error {
		if len(client.FromContext(ctx).Metadata.Get(ingest.ScopeMetadata)) > 0 {
			return fmt.Errorf("unexpected scope of %d records", logs.LogRecordCount())
		}
		return h.Sink.ConsumeLogs(ctx, logs)
	})
	in := &ingest.Input{Name: "a.log", Checkpoint: new(ingest.Checkpoint)}
	require.NoError(t, ingest.NewReader(h.NewIngester()).ReadText(t.Context(), in,
		strings.NewReader(ingesttest.ShortHeader+ingesttest.ShortLines(1, 3))))
	h.RequirePorts(1, 2, 3)
}
