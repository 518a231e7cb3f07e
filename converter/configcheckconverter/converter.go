// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"go.opentelemetry.io/collector/confmap"
	"go.uber.org/zap"
)

// converter checks configurations. It is not safe for concurrent use.
type converter struct {
	log    *zap.Logger
	stderr io.Writer // where warnings go, or nil for the log
	warned map[finding]bool
}

// finding is a problem with the value of a key. It contains no secrets.
type finding struct{ key, problem string }

func (f finding) String() string { return f.key + ": " + f.problem }

// Convert returns an error for each mistake, and reports possible mistakes as warnings. A warning is reported once,
// also if the Collector reloads its configuration.
func (c *converter) Convert(_ context.Context, conf *confmap.Conf) error {
	config := parse(conf.ToStringMap())
	limits, err := limitState(config, conf)
	for _, f := range slices.Concat(checkAlerts(config), checkNetworks(config), limits) {
		c.warn(f)
	}
	errs := []error{err}
	for _, f := range slices.Concat(checkStorage(config), checkFiles(config), checkRules(config)) {
		errs = append(errs, errors.New(f.String()))
	}
	return errors.Join(errs...)
}

func (c *converter) warn(f finding) {
	if c.warned[f] {
		return
	}
	if c.warned == nil {
		c.warned = map[finding]bool{}
	}
	c.warned[f] = true
	if c.stderr != nil {
		_, _ = fmt.Fprintln(c.stderr, "Warning:", f) // without a standard error there is nowhere to report it
		return
	}
	c.log.Warn("configuration may be wrong", zap.String("key", f.key), zap.String("problem", f.problem))
}
