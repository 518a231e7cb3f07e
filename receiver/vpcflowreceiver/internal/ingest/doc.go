// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package ingest is the part of the receiver that all sources share. It decodes blocks of lines, sends the records to the
// next consumer, counts records and rejected lines, and keeps checkpoints.
//
// A source opens an input (a file, an object, a request) and passes it to a Reader. The Reader cuts it into blocks. The
// Ingester decodes each block and sends the records until the next consumer accepts them. Only then does the Reader
// advance the input's Checkpoint. A Track puts it into the source's Store once the components that keep state have saved
// the records.
package ingest
