// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package kafkaclient

import (
	"context"
	"fmt"

	"github.com/aws/aws-msk-iam-sasl-signer-go/signer"
	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	"go.uber.org/zap"
)

// Options returns the options of a client that connects as configured. Errors begin with the YAML key.
func Options(ctx context.Context, c *Config, logger *zap.Logger) ([]kgo.Opt, error) {
	options := []kgo.Opt{
		kgo.SeedBrokers(c.Brokers...),
		kgo.WithLogger(clientLogger{logger}),
		kgo.DisableClientMetrics(),
	}
	if c.ClientID != "" {
		options = append(options, kgo.ClientID(c.ClientID))
	}
	if c.TLS.HasValue() {
		loaded, err := c.TLS.Get().LoadTLSConfig(ctx)
		if err != nil {
			return nil, fmt.Errorf("tls: %w", err)
		}
		if loaded != nil { // It is nil with insecure.
			options = append(options, kgo.DialTLSConfig(loaded))
		}
	}
	if c.Auth.SASL.HasValue() {
		mechanism, err := c.Auth.SASL.Get().mechanism(ctx)
		if err != nil {
			return nil, fmt.Errorf("auth::sasl: %w", err)
		}
		options = append(options, kgo.SASL(mechanism))
	}
	return options, nil
}

func (c *SASLConfig) mechanism(ctx context.Context) (sasl.Mechanism, error) {
	switch c.Mechanism {
	case Plain:
		return plain.Auth{User: c.Username, Pass: string(c.Password)}.AsMechanism(), nil
	case ScramSHA256:
		return scram.Auth{User: c.Username, Pass: string(c.Password)}.AsSha256Mechanism(), nil
	case ScramSHA512:
		return scram.Auth{User: c.Username, Pass: string(c.Password)}.AsSha512Mechanism(), nil
	}
	loaded, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithRegion(c.AWSMSK.Region))
	if err != nil {
		return nil, fmt.Errorf("aws_msk: %w", err)
	}
	return oauth.Oauth(tokens(c.AWSMSK.Region, loaded.Credentials)), nil
}

// tokens returns a function that signs a token for each connection. A token is valid for 15 minutes.
func tokens(region string, credentials aws.CredentialsProvider) func(context.Context) (oauth.Auth, error) {
	return func(ctx context.Context) (oauth.Auth, error) {
		token, _, err := signer.GenerateAuthTokenFromCredentialsProvider(ctx, region, credentials)
		return oauth.Auth{Token: token}, err
	}
}

// clientLogger passes the warnings and errors of a client to a zap logger. The client logs its connections at lower levels.
type clientLogger struct{ logger *zap.Logger }

// Level implements kgo.Logger.
func (clientLogger) Level() kgo.LogLevel { return kgo.LogLevelWarn }

// Log implements kgo.Logger.
func (l clientLogger) Log(level kgo.LogLevel, message string, pairs ...any) {
	if level == kgo.LogLevelError {
		l.logger.Sugar().Errorw("kafka: "+message, pairs...)
	} else {
		l.logger.Sugar().Warnw("kafka: "+message, pairs...)
	}
}
