// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
)

const (
	// defaultQueueSize is the size of a queue, in bytes of encoded alerts: about 8,000 alerts, which need more than twice
	// as many bytes of memory.
	defaultQueueSize = 16 << 20
	// minQueueSize is the least queue size in bytes. It has space for the largest alerts of vpc_detection.
	minQueueSize = 1 << 20
)

// maxBatch is the number of alerts that ends the group_wait early.
const maxBatch = 1000

// queueConfig returns the configuration of a destination's queue. The queue uses the exporter's storage by default, and
// batches alerts for group_wait.
func queueConfig(cfg *Config) configoptional.Optional[exporterhelper.QueueBatchConfig] {
	if !cfg.Queue.HasValue() {
		return cfg.Queue
	}
	queue := *cfg.Queue.Get()
	if queue.StorageID == nil {
		queue.StorageID = cfg.Storage
	}
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	if cfg.GroupWait > 0 {
		queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
			FlushTimeout: cfg.GroupWait,
			Sizer:        exporterhelper.RequestSizerTypeItems,
			MinSize:      maxBatch,
		})
	}
	return configoptional.Some(queue)
}
