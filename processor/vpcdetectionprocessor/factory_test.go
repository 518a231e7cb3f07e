// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pipeline"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
)

func create(t *testing.T, cfg *Config) processor.Logs {
	t.Helper()
	p, err := tryCreate(t, cfg)
	require.NoError(t, err)
	return p
}

func tryCreate(t *testing.T, cfg *Config) (processor.Logs, error) {
	t.Helper()
	return NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(componentType), cfg, consumertest.NewNop())
}

// newDetectorOf returns the processor without the checks of the factory.
func newDetectorOf(t *testing.T, cfg *Config) *detector {
	t.Helper()
	d, err := newDetector(processortest.NewNopSettings(componentType), cfg, consumertest.NewNop(), time.Now)
	require.NoError(t, err)
	return d
}

func TestFactoryTypeAndDefaults(t *testing.T) {
	factory := NewFactory()
	assert.Equal(t, "vpc_detection", factory.Type().String())
	assert.Equal(t, createDefaultConfig(), factory.CreateDefaultConfig())
	assert.NoError(t, componenttest.CheckConfigStruct(factory.CreateDefaultConfig()))
}

func TestFactorySupportsOnlyLogs(t *testing.T) {
	factory, set := NewFactory(), processortest.NewNopSettings(componentType)
	_, err := factory.CreateTraces(t.Context(), set, factory.CreateDefaultConfig(), consumertest.NewNop())
	require.ErrorIs(t, err, pipeline.ErrSignalNotSupported)
	_, err = factory.CreateMetrics(t.Context(), set, factory.CreateDefaultConfig(), consumertest.NewNop())
	require.ErrorIs(t, err, pipeline.ErrSignalNotSupported)
}

func TestFactoryRejectsAnUnknownFormat(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.Format = nil
	_, err := tryCreate(t, cfg)
	assert.Error(t, err)
}

func TestProcessorStartsAndShutsDown(t *testing.T) {
	p := create(t, createDefaultConfig().(*Config))
	assert.False(t, p.Capabilities().MutatesData, "records pass unchanged")
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeLogs(t.Context(), plog.NewLogs()))
	require.NoError(t, p.ConsumeLogs(t.Context(), decoded(dnsOverTCP(5, 0))))
	require.NoError(t, p.Shutdown(t.Context()))
	require.NoError(t, p.Shutdown(t.Context()), "once more changes nothing")
}

func TestShutdownWithoutStart(t *testing.T) {
	assert.NoError(t, create(t, createDefaultConfig().(*Config)).Shutdown(t.Context()))
}

func TestShutdownReleasesEverything(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.ForwardFlows = true // so that the sink receives each record
	processortest.VerifyShutdown(t, NewFactory(), cfg)
}

// The Collector's validate command creates the components, but does not start them.
func TestMissingFilesAreFoundWhenTheProcessorIsCreated(t *testing.T) {
	dir := t.TempDir()
	invalid := write(t, "ignore.yaml", "- {sauce: 10.0.0.5}")
	cfg := createDefaultConfig().(*Config)
	cfg.ThreatLists = []ThreatList{
		{Name: "a", Path: write(t, "threats.txt", "192.0.2.1")},
		{Name: "b", URL: "https://example.com/absent.txt"},
		{Name: "c", Path: dir + "/absent.txt"},
		{Name: "d", Path: dir},
	}
	cfg.GeoIP.Database = dir + "/absent.mmdb"
	cfg.ASN.Database = dir + "/asn.mmdb"
	cfg.Names = []string{write(t, "names.csv", ""), dir + "/names.csv"}
	cfg.IgnoreFiles = []IgnoreFile{
		{Path: write(t, "good.yaml", "[]")}, {Path: dir + "/absent.yaml"}, {Path: invalid}, {URL: "https://example.com/absent.yaml"},
	}
	_, err := tryCreate(t, cfg)
	assert.EqualError(t, err, strings.ReplaceAll(`threat_lists[2]::path: list "c": stat DIR/absent.txt: no such file or directory
threat_lists[3]::path: list "d": read DIR: is a folder
geoip::database: stat DIR/absent.mmdb: no such file or directory
asn::database: stat DIR/asn.mmdb: no such file or directory
names[1]: stat DIR/names.csv: no such file or directory
ignore_files[1]: stat DIR/absent.yaml: no such file or directory
ignore_files[2]: `, "DIR", dir)+invalid+"[0]::sauce: there is no such setting; the settings are "+entryKeys(t, err))
}

// entryKeys returns the end of an error: the list of the keys of an allowlist entry.
func entryKeys(t *testing.T, err error) string {
	t.Helper()
	require.Error(t, err)
	_, keys, _ := strings.Cut(err.Error(), "the settings are ")
	assert.Contains(t, keys, "source")
	return keys
}

func TestStartFailsIfAFileCannotBeLoaded(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	require.NoError(t, os.WriteFile(text, []byte("192.0.2.1\n"), 0o600))
	for name, test := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"a threat list that is not there": {
			func(c *Config) {
				c.ThreatLists = []ThreatList{{Name: "a", Path: text}, {Name: "b", Path: filepath.Join(dir, "absent.txt")}}
			},
			"threat_lists[1]::path: list \"b\": stat " + filepath.Join(dir, "absent.txt") + ": no such file",
		},
		"a threat list that is a folder": {
			func(c *Config) { c.ThreatLists = []ThreatList{{Name: "a", Path: dir}} },
			"threat_lists[0]::path: list \"a\": " + dir,
		},
		"a country database that is not there": {
			func(c *Config) { c.GeoIP.Database = filepath.Join(dir, "absent.mmdb") },
			"geoip::database: stat " + filepath.Join(dir, "absent.mmdb") + ": no such file",
		},
		"a country database that is text": {
			func(c *Config) { c.GeoIP.Database = text },
			"geoip::database: country database " + text + ": not a MaxMind DB file",
		},
		"a configuration that was never validated": {
			func(c *Config) { c.Scope = "planet" }, `scope: "planet" is not account, vpc or global`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			test.change(cfg)
			p := newDetectorOf(t, cfg)
			require.ErrorContains(t, p.Start(t.Context(), componenttest.NewNopHost()), test.want)
			assert.NoError(t, p.Shutdown(context.Background()), "the collector also shuts down components that failed to start") //nolint:usetesting // as the collector does
		})
	}
}
