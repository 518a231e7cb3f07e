// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The names that AWS gives to the objects of flow logs, and to the folders that they are in, are described on
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html. An object's name is
//
//	<account>_vpcflowlogs_<region>_<flow log>_<YYYYMMDDTHHmmZ>_<hash>.log.gz
//
// and its time is the beginning of the five minutes in which the flows in it ended.
const (
	flowLogService  = "vpcflowlogs"
	objectNameTime  = "20060102T1504Z"
	objectNameParts = 6
)

// passedOver is why an object that was listed is not read, as the value of a metric's label.
type passedOver string

const (
	notAFlowLog passedOver = "not_a_flow_log"
	badTime     passedOver = "bad_time"
	otherDay    passedOver = "other_day"
	givenUp     passedOver = "given_up"
)

// objectTime is the time that the name of an object tells, or why it tells none.
func objectTime(key string) (time.Time, passedOver) {
	name := key[strings.LastIndexByte(key, '/')+1:]
	parts := strings.Split(name, "_")
	if len(parts) != objectNameParts || parts[0] == "" || parts[1] != flowLogService || !isFlowLogSuffix(parts[5]) {
		return time.Time{}, notAFlowLog
	}
	t, err := time.Parse(objectNameTime, parts[4])
	if err != nil {
		return time.Time{}, badTime
	}
	return t, ""
}

func isFlowLogSuffix(name string) bool {
	for _, suffix := range []string{".log.gz", ".log.parquet", ".log"} {
		if hash, ok := strings.CutSuffix(name, suffix); ok && hash != "" {
			return true
		}
	}
	return false
}

// level is how far down a folder is among those that AWS makes:
//
//	[prefix/]AWSLogs/[<organization>/]<account>/vpcflowlogs/<region>/
//	[prefix/]AWSLogs/[<organization>/]aws-account-id=<account>/aws-service=vpcflowlogs/aws-region=<region>/
//
// AWS itself puts no organization there for flow logs, but what collects them for an organization does, in the manner of
// CloudTrail.
type level int

const (
	// levelBucket is the user's own folder.
	levelBucket level = iota
	levelAccounts
	levelServices
	levelRegions
	// levelYears is the folder of one account and region.
	levelYears
)

const awsLogs = "AWSLogs"

// enter gives the level of a folder inside one of this level. ok is false where no flow logs are in it.
func (l level) enter(name string) (_ level, ok bool) {
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
		return levelServices, isAccount(value)
	case levelServices:
		return levelRegions, value == flowLogService
	case levelRegions:
		return levelYears, value != ""
	}
	return levelYears, false
}

func isAccount(id string) bool {
	return len(id) == 12 && strings.Trim(id, "0123456789") == ""
}

// levelOf is the level of the user's prefix, which may lead further than to AWSLogs.
func levelOf(prefix string) (level, error) {
	l := levelBucket
	for name := range strings.SplitSeq(strings.TrimSuffix(prefix, "/"), "/") {
		if l == levelBucket && name != awsLogs {
			continue
		}
		next, ok := l.enter(name)
		if !ok {
			return l, fmt.Errorf("below %s it must be that of an account, of %s or of a region, got %q", awsLogs, flowLogService, prefix)
		}
		l = next
	}
	return l, nil
}

// folder holds the flow logs of one account and region, in a folder for each day, and in one for each hour in that where
// the flow log has hourly partitions.
type folder struct {
	prefix string
	hive   bool
}

func newFolder(prefix string) folder {
	name := strings.TrimSuffix(prefix, "/")
	return folder{prefix: prefix, hive: strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "=")}
}

// day is the prefix of the flow logs of a day.
func (f folder) day(day time.Time) string {
	if f.hive {
		return f.prefix + day.Format("year=2006/month=01/day=02/")
	}
	return f.prefix + day.Format("2006/01/02/")
}

// hour is the hour of the day that a folder in that of the day is for; ok is false where it is for something else.
func (f folder) hour(prefix string) (hour int, ok bool) {
	name := strings.TrimSuffix(prefix, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if f.hive {
		if name, ok = strings.CutPrefix(name, "hour="); !ok {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(name, 10, 8)
	return int(n), err == nil && len(name) == 2 && n < 24
}
