// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package kafkastorageextension stores the state of components in a compacted Kafka topic, so that another machine can
// continue from it.
//
// Each storage client has an owner: a component with a kind, an ID and a storage name. All records of an owner are in one
// partition. A batch is one transaction, so all of it is stored or nothing. The transactional ID of the owner makes sure
// that only the client that was opened last can write.
package kafkastorageextension
