// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"fmt"
	"strings"
)

// awsLogs is the top folder of all logs that AWS delivers to a bucket.
const awsLogs = "AWSLogs"

// folderLevel is the depth of a folder in one of the two layouts of AWS:
//
//	[prefix/]AWSLogs/[<organization>/]<account>/vpcflowlogs/<region>/
//	[prefix/]AWSLogs/[<organization>/]aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/
//
// AWS itself adds no organization for flow logs. Tools that collect them for an organization do, as CloudTrail does.
type folderLevel int

const (
	// levelBucket is a folder of the user, above AWSLogs.
	levelBucket folderLevel = iota
	levelAccounts
	levelServices
	levelRegions
	// levelYears is the folder of one account and region.
	levelYears
)

// prefixLevel returns the level of a configured prefix, which may end anywhere between the bucket and a region.
func prefixLevel(prefix string) (folderLevel, error) {
	level := levelBucket
	for name := range strings.SplitSeq(strings.TrimSuffix(prefix, "/"), "/") {
		if level == levelBucket && name != awsLogs {
			continue
		}
		next, ok := level.enter(name)
		if !ok {
			return level, fmt.Errorf("must name an account, %s or a region below %s, got %q", flowLogService, awsLogs, prefix)
		}
		level = next
	}
	return level, nil
}

// enter returns the level of a folder inside a folder of level l. ok is false if it cannot contain flow logs.
func (l folderLevel) enter(name string) (_ folderLevel, ok bool) {
	_, value, hive := strings.Cut(name, "=")
	if !hive {
		value = name
	}
	switch l {
	case levelBucket:
		return levelAccounts, name == awsLogs
	case levelAccounts:
		if strings.HasPrefix(name, "o-") {
			return levelAccounts, true
		}
		return levelServices, isAccountID(value)
	case levelServices:
		return levelRegions, value == flowLogService
	case levelRegions:
		return levelYears, value != ""
	}
	return levelYears, false
}

func isAccountID(id string) bool {
	return len(id) == 12 && strings.Trim(id, "0123456789") == ""
}
