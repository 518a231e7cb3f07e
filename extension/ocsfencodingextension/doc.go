// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ocsfencodingextension writes alerts and flow log records as events of the Open Cybersecurity Schema Framework.
package ocsfencodingextension
