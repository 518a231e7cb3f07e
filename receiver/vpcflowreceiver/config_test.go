// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
)

func load(t *testing.T, raw map[string]any) (*Config, error) {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	err := confmap.NewFromStringMap(raw).Unmarshal(cfg)
	return cfg, errors.Join(err, confmap.Validate(cfg))
}

func TestValidConfigurations(t *testing.T) {
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "config", "good.yaml"))
	require.NoError(t, err)
	for name, check := range map[string]func(t *testing.T, c *Config, f *filesource.Config, format *flow.Format){
		"least": func(t *testing.T, c *Config, f *filesource.Config, format *flow.Format) {
			assert.Equal(t, filesource.StartAtBeginning, f.StartAt)
			assert.Equal(t, 1, f.MaxConcurrentFiles)
			assert.Equal(t, 200*time.Millisecond, f.PollInterval)
			assert.Equal(t, 5*time.Second, f.FlushPeriod)
			assert.False(t, f.IncludeFileName)
			assert.Same(t, flow.Default, format)
			assert.Equal(t, 1000, c.MaxBatchSize)
			assert.Nil(t, c.Storage)
			assert.True(t, c.RetryOnFailure.Enabled)
			assert.Zero(t, c.RetryOnFailure.MaxElapsedTime)
		},
		"all": func(t *testing.T, c *Config, f *filesource.Config, format *flow.Format) {
			assert.Len(t, f.Include, 2)
			assert.Equal(t, filesource.StartAtEnd, f.StartAt)
			assert.Equal(t, filesource.OnTruncateReadWholeFile, f.OnTruncate)
			assert.True(t, f.IncludeFileOwnerGroupName)
			assert.Equal(t, "timestamp", f.OrderingCriteria.SortBy[0].SortType)
			assert.Equal(t, "srcaddr dstaddr pkt-srcaddr", format.String())
			assert.Equal(t, 500, c.MaxBatchSize)
			assert.Equal(t, component.MustNewIDWithName("file_storage", "positions"), *c.Storage)
			assert.Equal(t, time.Hour, c.RetryOnFailure.MaxElapsedTime)
		},
		"blocks": func(t *testing.T, c *Config, _ *filesource.Config, _ *flow.Format) {
			assert.Equal(t, 4000, c.MaxBatchSize)
		},
		"small_blocks": func(t *testing.T, c *Config, _ *filesource.Config, _ *flow.Format) {
			assert.Equal(t, 1000, c.MaxBatchSize)
		},
		"tgw": func(t *testing.T, _ *Config, _ *filesource.Config, format *flow.Format) {
			assert.Same(t, flow.TransitGateway, format)
		},
		"header_line": func(t *testing.T, _ *Config, _ *filesource.Config, format *flow.Format) {
			assert.Equal(t, "version account-id srcaddr dstaddr", format.String())
		},
		"packet_addresses": func(t *testing.T, _ *Config, _ *filesource.Config, format *flow.Format) {
			assert.Equal(t, "pkt-srcaddr pkt-dstaddr", format.String())
		},
	} {
		t.Run(name, func(t *testing.T) {
			sub, err := all.Sub("vpc_flow/" + name)
			require.NoError(t, err)
			cfg, err := load(t, sub.ToStringMap())
			require.NoError(t, err)
			format, err := flow.ChooseFormat(cfg.Format)
			require.NoError(t, err)
			check(t, cfg, cfg.Files.Get(), format)
		})
	}
}

func TestEachErrorNamesItsKey(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "config", "bad.yaml"))
	require.NoError(t, err)
	var tests []struct {
		Config map[string]any
		Error  string
	}
	require.NoError(t, yaml.Unmarshal(text, &tests))
	require.Greater(t, len(tests), 30)
	for _, test := range tests {
		t.Run(test.Error, func(t *testing.T) {
			_, err := load(t, test.Config)
			assert.ErrorContains(t, err, test.Error)
		})
	}
}

func TestAllErrorsAreReturnedAtOnce(t *testing.T) {
	_, err := load(t, map[string]any{
		"files":          map[string]any{"include": []string{"a.log"}, "start_at": "x", "on_truncate": "y"},
		"format":         "x",
		"max_batch_size": -1,
	})
	for _, key := range []string{"files::start_at", "files::on_truncate", "format", "max_batch_size"} {
		assert.ErrorContains(t, err, key+": ")
	}
}

func TestAllUnsupportedOptionsAreNamedAtOnce(t *testing.T) {
	files := map[string]any{"include": []string{"a.log"}}
	for _, key := range filesource.UnsupportedOptions() {
		files[key] = "x"
	}
	_, err := load(t, map[string]any{"files": files})
	for _, key := range filesource.UnsupportedOptions() {
		assert.ErrorContains(t, err, "files::"+key+": is not supported: ")
	}
}
