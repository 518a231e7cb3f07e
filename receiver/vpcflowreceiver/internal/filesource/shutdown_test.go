// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestShutdownDoesNotWaitForTheNextConsumer(t *testing.T) {
	for name, next := range map[string]func(ctx context.Context, reached chan<- struct{}) error{
		"that does not respond, without retries": func(ctx context.Context, reached chan<- struct{}) error {
			reached <- struct{}{}
			<-ctx.Done()
			return errors.New("too late")
		},
		"that refuses": func(_ context.Context, reached chan<- struct{}) error {
			select {
			case reached <- struct{}{}:
			default:
			}
			return errors.New("full")
		},
		"that does not respond": func(ctx context.Context, reached chan<- struct{}) error {
			reached <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		},
	} {
		for _, file := range []string{"a.log", "a.log.gz"} {
			t.Run(name+" for "+file, func(t *testing.T) {
				r := newFixture(t)
				r.keepCheckpoints()
				r.Config.Retry.InitialInterval = time.Hour
				r.Config.Retry.Enabled = !strings.Contains(name, "only once")
				r.Config.MaxBatchSize = 10
				reached := make(chan struct{}, 1)
				var err error
				r.Next, err = consumer.NewLogs(func(ctx context.Context, _ plog.Logs) error { return next(ctx, reached) })
				require.NoError(t, err)
				content := lines(1, 20)
				if file == "a.log.gz" {
					content = gzipped(t, content)
				}
				r.write(file, content)
				r.start()
				<-reached
				r.stop()
				r.RequireCounter("records", map[string]int64{})
				assert.Empty(t, r.Logs.FilterMessageSnippet("will be retried").All())

				r.Next = r.Sink
				r.start()
				r.RequirePorts(ports(1, 20)...)
			})
		}
	}
}
