#!/usr/bin/env bash
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Creates the topics of config/reader.yaml and config/detector.yaml, with the command-line tools of Apache Kafka:
#
#   KAFKA_BROKER=kafka-1:9092 deploy/kafka/topics.sh
#
# Topics that exist are not changed. Variables:
#
#   PARTITIONS       partitions of the flows and of the alerts, 12 by default: the most detectors that can work at the same time.
#                    If you add some later, accounts move to other partitions, away from their state. Begin with enough.
#   STATE_PARTITIONS partitions of the state, 12 by default. They are the value of partitions in kafka_storage.
#   REPLICAS         copies of each partition, 3 by default. Kafka accepts a record when two of three copies have it.
#   RETENTION_HOURS  how long flows are kept, 72 by default: the longest outage of all detectors that loses nothing.
#   COMMAND_CONFIG   a file with client settings, such as TLS and SASL.
#   KAFKA_TOPICS     the command, kafka-topics.sh by default.
set -euo pipefail

broker=${KAFKA_BROKER:?set KAFKA_BROKER to the address of a broker, such as kafka-1:9092}
partitions=${PARTITIONS:-12} state_partitions=${STATE_PARTITIONS:-12} replicas=${REPLICAS:-3} hours=${RETENTION_HOURS:-72}
read -ra command <<<"${KAFKA_TOPICS:-kafka-topics.sh}"
connection=(--bootstrap-server "$broker")
[[ -z ${COMMAND_CONFIG:-} ]] || connection+=(--command-config "$COMMAND_CONFIG")

# create TOPIC PARTITIONS SETTING... creates a topic.
create() {
	local topic=$1 partitions=$2 settings=()
	shift 2
	for setting in "$@"; do settings+=(--config "$setting"); done
	"${command[@]}" "${connection[@]}" --create --if-not-exists --topic "$topic" --partitions "$partitions" \
		--replication-factor "$replicas" "${settings[@]}"
}

# A record is safe with one copy less than all. With one replica, one is all there is.
durable=min.insync.replicas=$((replicas > 1 ? replicas - 1 : 1))

# The flows, with the account as the key.
flows=(
	"$durable"
	cleanup.policy=delete
	retention.ms=$((hours * 3600 * 1000))
	# A batch of flow log records is larger than the default of 1 MiB. max_message_bytes of the reader has the same value.
	max.message.bytes=10485760
	# The reader compresses. The broker stores what it gets.
	compression.type=producer
)
create vpc-flow-logs "$partitions" "${flows[@]}"

# The state of the detectors and readers, in kafka_storage.
state=(
	"$durable"
	# The newest value of each key is kept for ever. With delete, state would be lost.
	cleanup.policy=compact
	# Compaction begins when a tenth of a partition is replaced values, so that a detector reads little when it gets a partition.
	min.cleanable.dirty.ratio=0.1
	# Only closed segments are compacted. Small ones, closed after an hour at most, are compacted early.
	segment.bytes=67108864
	segment.ms=3600000
	# A detector that reads the state while it is compacted must see that a key was deleted.
	delete.retention.ms=86400000
	# kafka_storage divides larger values.
	max.message.bytes=1048588
)
create vpc-flow-state "$state_partitions" "${state[@]}"

# The alerts.
alerts=(
	"$durable"
	cleanup.policy=delete
	retention.ms=$((30 * 24 * 3600 * 1000))
	max.message.bytes=10485760
)
create vpc-flow-alerts "$partitions" "${alerts[@]}"
