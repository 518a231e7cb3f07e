// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package strictenvprovider

import (
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/collector/confmap"
)

// provider is the Collector's provider of environment variables with one additional check.
type provider struct{ confmap.Provider }

// Retrieve returns the value of a variable, as in env:NAME, or its default, as in env:NAME:-default. It returns an error
// if the variable is not set and has no default.
func (p *provider) Retrieve(ctx context.Context, uri string, watcher confmap.WatcherFunc) (*confmap.Retrieved, error) {
	retrieved, err := p.Provider.Retrieve(ctx, uri, watcher)
	if err != nil {
		return nil, err
	}
	name := strings.TrimPrefix(uri, p.Scheme()+":")
	if _, isSet := os.LookupEnv(name); !isSet && !strings.Contains(name, ":-") {
		return nil, fmt.Errorf("environment variable %s is not set: set it, or write ${env:%s:-} to use an empty value", name, name)
	}
	return retrieved, nil
}
