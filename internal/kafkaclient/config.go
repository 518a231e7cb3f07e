// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkaclient configures clients of Apache Kafka. The keys are those of the Kafka components of
// opentelemetry-collector-contrib.
package kafkaclient

import (
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configtls"
)

// Config says how to connect to the brokers.
type Config struct {
	// Brokers are the addresses of some brokers, as host:port. At least one is needed. The others are found through it.
	Brokers []string `mapstructure:"brokers"`

	// ClientID identifies the client in the logs and quotas of the brokers. Empty means no name.
	ClientID string `mapstructure:"client_id"`

	// TLS configures TLS. Nil means connections without TLS.
	TLS configoptional.Optional[configtls.ClientConfig] `mapstructure:"tls"`

	// Auth configures authentication. Zero means none.
	Auth AuthConfig `mapstructure:"auth"`
}

// AuthConfig is how the client authenticates.
type AuthConfig struct {
	// SASL configures authentication by SASL. Nil means none.
	SASL configoptional.Optional[SASLConfig] `mapstructure:"sasl"`
}

// SASLConfig configures authentication by SASL.
type SASLConfig struct {
	// Mechanism is PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or AWS_MSK_IAM_OAUTHBEARER.
	Mechanism string `mapstructure:"mechanism"`

	// Username and Password are those of PLAIN and SCRAM. Both are then needed.
	Username string              `mapstructure:"username"`
	Password configopaque.String `mapstructure:"password"`

	// AWSMSK configures AWS_MSK_IAM_OAUTHBEARER.
	AWSMSK AWSMSKConfig `mapstructure:"aws_msk"`
}

// AWSMSKConfig configures authentication with an AWS identity. The credentials are those of the environment.
type AWSMSKConfig struct {
	// Region is the region of the cluster. It is needed.
	Region string `mapstructure:"region"`
}

// The values of SASLConfig.Mechanism.
const (
	Plain       = "PLAIN"
	ScramSHA256 = "SCRAM-SHA-256"
	ScramSHA512 = "SCRAM-SHA-512"
	AWSMSKIAM   = "AWS_MSK_IAM_OAUTHBEARER"
)

var mechanisms = []string{Plain, ScramSHA256, ScramSHA512, AWSMSKIAM}

// NewDefaultConfig returns a configuration for a broker on this machine.
func NewDefaultConfig() Config {
	return Config{
		Brokers:  []string{"localhost:9092"},
		ClientID: "otelcol-vpcflow",
		TLS:      configoptional.Default(configtls.NewDefaultClientConfig()),
		Auth:     AuthConfig{SASL: configoptional.Default(SASLConfig{})},
	}
}

// Check returns all errors in the configuration, each with its key and, unless it is secret, its value. The Collector
// validates the options of TLS.
func (c *Config) Check() error {
	var errs []error
	if len(c.Brokers) == 0 {
		errs = append(errs, errors.New("brokers: give the address of at least one broker"))
	}
	for i, broker := range c.Brokers {
		if broker == "" {
			errs = append(errs, fmt.Errorf("brokers[%d]: must be an address such as kafka:9092, got %q", i, broker))
		}
	}
	if c.Auth.SASL.HasValue() {
		errs = append(errs, c.Auth.SASL.Get().check())
	}
	return errors.Join(errs...)
}

func (c *SASLConfig) check() error {
	const key = "auth::sasl::"
	switch c.Mechanism {
	case AWSMSKIAM:
		if c.AWSMSK.Region == "" {
			return errors.New(key + "aws_msk::region: must be the region of the cluster, got none")
		}
	case Plain, ScramSHA256, ScramSHA512:
		var errs []error
		if c.Username == "" {
			errs = append(errs, fmt.Errorf(key+"username: must be set for %s, got none", c.Mechanism))
		}
		if c.Password == "" {
			errs = append(errs, fmt.Errorf(key+"password: must be set for %s, got none", c.Mechanism))
		}
		return errors.Join(errs...)
	default:
		return fmt.Errorf(key+"mechanism: unknown value %q; want one of %s", c.Mechanism, strings.Join(mechanisms, ", "))
	}
	return nil
}
