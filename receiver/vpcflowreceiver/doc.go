// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package vpcflowreceiver reads Amazon VPC flow logs where AWS, or what copies them, has put them, and hands them on as
// log records.
//
// A source (files.go, s3_queue.go, s3_history.go, firehose.go) finds the flow logs, or is sent them, and cuts them into
// blocks of whole lines. The intake decodes a block. The delivery hands the records to the next consumer, and again where
// that refuses them; only when it has taken them does the source move its position.
package vpcflowreceiver
