// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package vpcflowreceiver reads Amazon VPC flow logs from files, from S3, from Amazon Data Firehose and from Kafka, and sends them to
// the pipeline as log records.
//
// The packages of the sources find and open the flow logs. Package ingest decodes them, counts rejected lines, sends the
// records to the next consumer until it accepts them, and keeps checkpoints.
package vpcflowreceiver
