// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"strings"
	"time"
)

// AWS names the objects of flow logs as described at
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html:
//
//	<account>_vpcflowlogs_<region>_<flow log>_<YYYYMMDDTHHmmZ>_<hash>.log.gz
//
// The time is the start of the five minutes in which the flows ended.
const (
	flowLogService  = "vpcflowlogs"
	objectNameTime  = "20060102T1504Z"
	objectNameParts = 6
)

// skipReason says why a listed object is not read. It is the value of a metric label.
type skipReason string

const (
	skipNotFlowLog skipReason = "not_a_flow_log"
	skipBadTime    skipReason = "bad_time"
	skipOtherDay   skipReason = "other_day"
	skipGivenUp    skipReason = "given_up"
)

// objectTime returns the time in the name of an object, or the reason why it has none.
func objectTime(key string) (time.Time, skipReason) {
	name := key[strings.LastIndexByte(key, '/')+1:]
	parts := strings.Split(name, "_")
	if len(parts) != objectNameParts || parts[0] == "" || parts[1] != flowLogService || !hasFlowLogSuffix(parts[5]) {
		return time.Time{}, skipNotFlowLog
	}
	t, err := time.Parse(objectNameTime, parts[4])
	if err != nil {
		return time.Time{}, skipBadTime
	}
	return t, ""
}

// hasFlowLogSuffix reports whether a name is a hash followed by an extension of flow logs.
func hasFlowLogSuffix(name string) bool {
	for _, suffix := range []string{".log.gz", ".log.parquet", ".log"} {
		if hash, ok := strings.CutSuffix(name, suffix); ok && hash != "" {
			return true
		}
	}
	return false
}
