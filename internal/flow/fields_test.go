// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// byVersion lists the fields in the AWS user guide by the version that introduced them.
var byVersion = map[int]string{
	2: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
	3: "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
	4: "region az-id sublocation-type sublocation-id",
	5: "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
	6: "resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id " +
		"tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id " +
		"packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired",
	7: "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id " +
		"ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id",
	8:  "reject-reason",
	9:  "resource-id",
	10: "encryption-status",
	11: "instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type next-hop-interface-id " +
		"next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type",
}

func TestFieldTableIsComplete(t *testing.T) {
	count := 0
	for version, names := range byVersion {
		for name := range strings.FieldsSeq(names) {
			assert.Contains(t, fieldsByName, name, "version %d", version)
			count++
		}
	}
	assert.Len(t, fields, count, "the table has fields that are not in the user guide")
}

func TestFieldsHaveDistinctAttributes(t *testing.T) {
	seen := map[string]string{}
	for _, f := range fields {
		if f.Attribute == "" {
			assert.Contains(t, []Kind{KindAddress, KindEnd, KindAccount, KindRegion}, f.Kind, "%s has no attribute", f.Name)
			continue
		}
		assert.NotContains(t, seen, f.Attribute, "%s", f.Name)
		seen[f.Attribute] = f.Name
	}
}

func TestNumericFieldsHaveAMaximum(t *testing.T) {
	for _, f := range fields {
		switch f.Kind {
		case KindNumber, KindDigits, KindProtocol, KindStart, KindEnd:
			assert.Positive(t, f.Max, f.Name)
		default:
			assert.Zero(t, f.Max, f.Name)
		}
	}
}
