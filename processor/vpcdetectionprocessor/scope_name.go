// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

// scopeName is the instrumentation scope of alerts and of the processor's own metrics.
const scopeName = "github.com/vpcflow/otelcol-vpcflow/processor/vpcdetectionprocessor"
