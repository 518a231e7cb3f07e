// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/yamlprovider"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"
	"go.yaml.in/yaml/v3"

	"github.com/vpcflow/otelcol-vpcflow/exporter/vpcdashboardexporter"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
	alertotlp "github.com/vpcflow/otelcol-vpcflow/internal/alert/otlp"
	"github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver"
)

// sink is an exporter that stores alerts. It sends on arrived after a batch.
type sink struct {
	mu      sync.Mutex
	alerts  []*alert.Alert
	arrived chan struct{}
}

func newSink() *sink { return &sink{arrived: make(chan struct{}, 1)} }

func (*sink) Start(context.Context, component.Host) error { return nil }
func (*sink) Shutdown(context.Context) error              { return nil }
func (*sink) Capabilities() consumer.Capabilities         { return consumer.Capabilities{} }

func (s *sink) ConsumeLogs(_ context.Context, logs plog.Logs) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a, err := range alertotlp.All(logs) {
		if err != nil {
			return err
		}
		s.alerts = append(s.alerts, a)
	}
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	return nil
}

func (s *sink) all() []*alert.Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]*alert.Alert(nil), s.alerts...)
}

func (s *sink) factory() exporter.Factory {
	return exporter.NewFactory(component.MustNewType("sink"), func() component.Config { return &struct{}{} },
		exporter.WithLogs(func(context.Context, exporter.Settings, component.Config) (exporter.Logs, error) {
			return s, nil
		}, component.StabilityLevelDevelopment))
}

// startCollector runs a collector with our components and the sink in this process until the test ends.
func startCollector(t *testing.T, config map[string]any, s *sink) {
	t.Helper()
	text, err := yaml.Marshal(config)
	require.NoError(t, err)
	collector, err := otelcol.NewCollector(otelcol.CollectorSettings{
		BuildInfo: component.BuildInfo{Command: "e2e", Version: "0.0.0"},
		Factories: func() (otelcol.Factories, error) {
			return otelcol.Factories{
				Receivers:  map[component.Type]receiver.Factory{component.MustNewType("vpc_flow"): vpcflowreceiver.NewFactory()},
				Processors: map[component.Type]processor.Factory{component.MustNewType("vpc_detection"): vpcdetectionprocessor.NewFactory()},
				Exporters: map[component.Type]exporter.Factory{
					component.MustNewType("sink"): s.factory(), component.MustNewType("vpc_dashboard"): vpcdashboardexporter.NewFactory(),
				},
				Telemetry: otelconftelemetry.NewFactory(),
			}, nil
		},
		ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
			URIs:              []string{"yaml:" + string(text)},
			ProviderFactories: []confmap.ProviderFactory{yamlprovider.NewFactory()},
		}},
		DisableGracefulShutdown: true,
	})
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- collector.Run(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		collector.Shutdown()
		require.NoError(t, <-done)
	})
}
