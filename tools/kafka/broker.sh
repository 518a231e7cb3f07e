#!/usr/bin/env bash
# Copyright The otelcol-vpcflow Authors
# SPDX-License-Identifier: Apache-2.0

# Runs one broker of Apache Kafka in KRaft mode for tests and demos, at 127.0.0.1:PORT, until it is killed:
#
#   tools/kafka/broker.sh PORT CONTROLLER-PORT FOLDER
#
# FOLDER keeps the data: a broker that is started again with the same folder continues with it. `make kafka` installs the
# broker to _build/kafka/lib. Topics are not created automatically.
set -euo pipefail

(($# == 3)) || { sed -n '5,9p' "${BASH_SOURCE[0]}" >&2; exit 2; }
port=$1 controller=$2 folder=$3
lib=$(dirname "${BASH_SOURCE[0]}")/../../_build/kafka/lib

fail() { echo "broker.sh: $1" >&2; exit 1; }
compgen -G "$lib/kafka_2.13-*.jar" >/dev/null || fail 'Kafka is not installed: run make kafka'
command -v java >/dev/null || fail 'Java is not installed: Kafka 4 needs Java 17, for example apt-get install default-jre-headless'
version=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
((version >= 17)) || fail "Kafka 4 needs Java 17, and this is Java $version"

mkdir -p "$folder"
cat >"$folder/server.properties" <<EOF
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$controller
log.dirs=$folder/data
auto.create.topics.enable=false
# One broker has one replica.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Small and quick to start.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
share.coordinator.state.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.backoff.ms=1000
EOF
cat >"$folder/log4j2.yaml" <<'EOF'
Configuration:
  Appenders:
    Console: {name: stdout, PatternLayout: {pattern: "%d %p %m (%c{1})%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: stdout}}
EOF

run=(java -Xms128m "-Xmx${KAFKA_HEAP:-768m}" -XX:+UseSerialGC "-Dlog4j2.configurationFile=$folder/log4j2.yaml" -cp "$lib/*")
if [[ ! -e $folder/data/meta.properties ]]; then
	"${run[@]}" kafka.tools.StorageTool format --cluster-id vpcflowvpcflowvpcfloA --config "$folder/server.properties" >&2
fi
exec "${run[@]}" kafka.Kafka "$folder/server.properties"
