// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/statelimit"
)

// limitState keeps the state of vpc_detection below the limit of a memory_limiter in the same pipeline. A memory_limiter that
// refuses data because of the state never stops to refuse it, because only new data makes the state smaller.
//
// It sets max_state_mib where it is not set and the default would be too large, and warns where it is set too high.
func limitState(config *configuration, conf *confmap.Conf) (warnings []finding, _ error) {
	for id, limit := range memoryLimits(config) {
		b := config.processors[id]
		below := statelimit.Below(limit)
		given, _ := b.settings["max_state_mib"].(int)
		switch {
		case given > below:
			warnings = append(warnings, finding{b.key + "::max_state_mib", fmt.Sprintf(
				"%d MiB of state may make memory_limiter with limit_mib %d refuse all data: set it to at most %d, or raise limit_mib", given, limit, below)})
		case given == 0 && statelimit.Default() > below:
			if err := conf.Merge(confmap.NewFromStringMap(map[string]any{b.key + "::max_state_mib": below})); err != nil {
				return warnings, err
			}
		}
	}
	return warnings, nil
}

// memoryLimits returns the least limit_mib of the memory_limiters before each vpc_detection.
func memoryLimits(config *configuration) map[component.ID]int {
	limits := map[component.ID]int{}
	for _, p := range config.pipelines {
		for _, id := range p.processors {
			if id.Type().String() != "memory_limiter" || config.processors[id] == nil {
				continue
			}
			limit, _ := config.processors[id].settings["limit_mib"].(int)
			for _, other := range p.processors {
				if limit > 0 && other.Type().String() == "vpc_detection" && config.processors[other] != nil {
					if known := limits[other]; known == 0 || limit < known {
						limits[other] = limit
					}
				}
			}
		}
	}
	return limits
}
