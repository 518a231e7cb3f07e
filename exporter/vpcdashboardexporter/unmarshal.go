// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdashboardexporter

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// plain is Config without its Unmarshal.
type plain Config

// Unmarshal names values by their key and in the user's words where decoding would say what a parser has to say of them.
func (c *Config) Unmarshal(conf *confmap.Conf) error {
	given := conf.ToStringMap()
	wrong := append(networkMistakes(given["internal_networks"]), retentionMistakes(given["retention"])...)
	if len(wrong) > 0 {
		return errors.New(strings.Join(wrong, "; ")) // in one line: the collector puts the place before it
	}
	return conf.Unmarshal((*plain)(c))
}

// networkMistakes are those in what should be a list of networks.
func networkMistakes(given any) (wrong []string) {
	if given == nil {
		return nil
	}
	list, ok := given.([]any)
	if !ok {
		return []string{fmt.Sprintf("internal_networks: %q is not a list of CIDRs such as [10.0.0.0/8]", fmt.Sprint(given))}
	}
	for i, each := range list {
		if _, err := netip.ParsePrefix(fmt.Sprint(each)); err != nil {
			wrong = append(wrong, fmt.Sprintf("internal_networks[%d]: %q is not a CIDR such as 10.0.0.0/8", i, fmt.Sprint(each)))
		}
	}
	return wrong
}

// retentionMistakes are a number without a unit, which decoding would take for nanoseconds, and what is no duration.
func retentionMistakes(given any) []string {
	if given == nil {
		return nil
	}
	if _, err := time.ParseDuration(fmt.Sprint(given)); err != nil {
		return []string{fmt.Sprintf("retention: %q is not a duration such as 168h; days are written as hours", fmt.Sprint(given))}
	}
	return nil
}
