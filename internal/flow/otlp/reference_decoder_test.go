// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package otlp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
)

// decodeSimply is a straightforward decoder: split the line, switch on the field name, add the attribute. The benchmarks
// compare Decoder with it.
func decodeSimply(names []string, block []byte) (plog.Logs, error) {
	logs := plog.NewLogs()
	resourceLogs := logs.ResourceLogs().AppendEmpty()
	resource := resourceLogs.Resource().Attributes()
	resource.PutStr("cloud.provider", "aws")
	records := resourceLogs.ScopeLogs().AppendEmpty().LogRecords()
	scanner := bufio.NewScanner(bytes.NewReader(block))
	for scanner.Scan() {
		if err := recordSimply(names, scanner.Text(), resource, records.AppendEmpty()); err != nil {
			return logs, err
		}
	}
	return logs, scanner.Err()
}

func recordSimply(names []string, line string, resource pcommon.Map, record plog.LogRecord) error {
	var src, dst, pktSrc, pktDst string
	for _, name := range names {
		if line == "" {
			return errors.New("too few fields")
		}
		var value string
		value, line, _ = strings.Cut(line, " ")
		if value == "-" {
			continue
		}
		attributes := record.Attributes()
		var err error
		switch name {
		case "version":
			err = putNumber(attributes, "aws.vpc.flow.log.version", value)
		case "account-id":
			resource.PutStr("cloud.account.id", value)
		case "interface-id":
			attributes.PutStr("network.interface.name", value)
		case "srcaddr":
			src = value
		case "dstaddr":
			dst = value
		case "pkt-srcaddr":
			pktSrc = value
		case "pkt-dstaddr":
			pktDst = value
		case "srcport":
			err = putNumber(attributes, "source.port", value)
		case "dstport":
			err = putNumber(attributes, "destination.port", value)
		case "protocol":
			var n int
			if n, err = strconv.Atoi(value); err == nil {
				attributes.PutStr("network.protocol.name", flow.ProtocolName(uint8(n)))
				attributes.PutInt("network.protocol.number", int64(n))
			}
		case "packets":
			err = putNumber(attributes, "aws.vpc.flow.packets", value)
		case "bytes":
			err = putNumber(attributes, "aws.vpc.flow.bytes", value)
		case "start":
			err = putNumber(attributes, "aws.vpc.flow.start", value)
		case "end":
			var n int64
			n, err = strconv.ParseInt(value, 10, 64)
			record.SetTimestamp(pcommon.NewTimestampFromTime(time.Unix(n, 0)))
		case "action":
			attributes.PutStr("aws.vpc.flow.action", value)
		case "log-status":
			attributes.PutStr("aws.vpc.flow.status", value)
		case "vpc-id":
			attributes.PutStr("aws.vpc.id", value)
		case "subnet-id":
			attributes.PutStr("aws.vpc.subnet.id", value)
		case "instance-id":
			attributes.PutStr("host.id", value)
		case "tcp-flags":
			attributes.PutStr("network.tcp.flags", value)
		case "type":
			attributes.PutStr("network.type", strings.ToLower(value))
		case "region":
			resource.PutStr("cloud.region", value)
		case "az-id":
			attributes.PutStr("aws.az.id", value)
		case "sublocation-type":
			attributes.PutStr("aws.sublocation.type", value)
		case "sublocation-id":
			attributes.PutStr("aws.sublocation.id", value)
		case "pkt-src-aws-service":
			attributes.PutStr("aws.vpc.flow.source.service", value)
		case "pkt-dst-aws-service":
			attributes.PutStr("aws.vpc.flow.destination.service", value)
		case "flow-direction":
			attributes.PutStr("network.io.direction", map[string]string{"ingress": "receive", "egress": "transmit"}[value])
		case "traffic-path":
			attributes.PutStr("aws.vpc.flow.traffic_path", value)
		default:
			err = fmt.Errorf("unknown field %q", name)
		}
		if err != nil {
			return err
		}
	}
	putAddresses(record.Attributes(), keySource, src, pktSrc)
	putAddresses(record.Attributes(), keyDestination, dst, pktDst)
	return nil
}

func putNumber(attributes pcommon.Map, key, value string) error {
	n, err := strconv.ParseInt(value, 10, 64)
	if err == nil {
		attributes.PutInt(key, n)
	}
	return err
}

func putAddresses(attributes pcommon.Map, key, own, packet string) {
	switch {
	case packet == "" && own != "":
		attributes.PutStr(key, own)
	case packet != "":
		attributes.PutStr(key, packet)
		if own != packet {
			attributes.PutStr(keyLocal, own)
		}
	}
}
