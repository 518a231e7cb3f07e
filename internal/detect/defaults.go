// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package detect

import (
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/internal/network"
)

// DefaultConfig returns the default configuration.
func DefaultConfig() Config {
	cfg := Config{
		Scope:            ByAccount,
		EmitResolved:     true,
		Mitre:            SeedIDs,
		InternalNetworks: slices.Clone(network.DefaultInternal),
		ServicePorts:     slices.Clone(defaultServices),
		MaxFuture:        10 * time.Minute,
		AllowedLateness:  30 * time.Minute,
		AnswerGrace:      30 * time.Minute,
		MaxAttempts:      500_000,
		RepeatInterval:   24 * time.Hour,
		MaxHosts:         defaultMaxHosts,
		Rules:            map[string]Settings{},
	}
	for _, rule := range Rules {
		cfg.Rules[rule.ID] = rule.defaults()
	}
	cfg.Rules[FlowLogsStopped.ID] = FlowLogsStopped.defaults()
	return cfg
}
