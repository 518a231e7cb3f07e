// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"context"
	"errors"
	"net/url"

	amalert "github.com/prometheus/alertmanager/alert"
	"go.opentelemetry.io/collector/confmap"
)

// leakingNotifier is an integration whose error contains secrets.
type leakingNotifier struct{ secrets string }

func (n leakingNotifier) Notify(context.Context, ...*amalert.Alert) (bool, error) {
	return false, errors.Join(
		&url.Error{Op: "Post", URL: "https://user:SECRET@example.com:8443/SECRET?x=SECRET", Err: errors.New("no")},
		errors.New("rejected: password SECRET-22, "+n.secrets))
}

// environment provides environment variables, as the Collector's env provider does.
func environment(env map[string]string) confmap.ProviderFactory {
	return confmap.NewProviderFactory(func(confmap.ProviderSettings) confmap.Provider { return provider(env) })
}

type provider map[string]string

func (p provider) Retrieve(_ context.Context, uri string, _ confmap.WatcherFunc) (*confmap.Retrieved, error) {
	return confmap.NewRetrievedFromYAML([]byte(p[uri[len("env:"):]]))
}
func (provider) Scheme() string                 { return "env" }
func (provider) Shutdown(context.Context) error { return nil }
