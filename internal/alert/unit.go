// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alert

// Unit is what the measure of an alert counts.
type Unit string

// The units that rules measure in.
const (
	Ports        Unit = "ports"
	Destinations Unit = "destinations"
	Attempts     Unit = "attempts"
	Packets      Unit = "packets"
	Bytes        Unit = "bytes"
	Flows        Unit = "flows"
	Stages       Unit = "stages"
	Intervals    Unit = "intervals"
	Seconds      Unit = "seconds"
)
