// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/filesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/firehosesource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/kafkasource"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/s3source"
)

var componentType = component.MustNewType("vpc_flow")

// NewFactory returns the factory of the vpc_flow receiver.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(componentType, createDefaultConfig,
		receiver.WithLogs(createLogs, component.StabilityLevelAlpha))
}

func createDefaultConfig() component.Config {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval = 500 * time.Millisecond
	retry.MaxElapsedTime = 0

	return &Config{
		Files:          configoptional.Default(filesource.NewDefaultConfig()),
		S3:             configoptional.Default(s3source.NewDefaultConfig()),
		Firehose:       configoptional.Default(firehosesource.NewDefaultConfig()),
		Kafka:          configoptional.Default(kafkasource.NewDefaultConfig()),
		Format:         []string{"default"},
		Emit:           emitAttributes,
		MaxBatchSize:   1000,
		RetryOnFailure: retry,
	}
}

func createLogs(_ context.Context, set receiver.Settings, cfg component.Config, next consumer.Logs) (receiver.Logs, error) {
	return newReceiver(set, cfg.(*Config), next)
}
