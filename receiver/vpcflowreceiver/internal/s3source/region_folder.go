// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"strconv"
	"strings"
	"time"
)

// regionFolder contains the flow logs of one account and region, in a folder for each day. With hourly partitions, the
// folder of a day contains one for each hour.
type regionFolder struct {
	prefix string
	hive   bool
}

func newRegionFolder(prefix string) regionFolder {
	name := strings.TrimSuffix(prefix, "/")
	return regionFolder{prefix: prefix, hive: strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "=")}
}

// day returns the prefix of a day.
func (f regionFolder) day(day time.Time) string {
	if f.hive {
		return f.prefix + day.Format("year=2006/month=01/day=02/")
	}
	return f.prefix + day.Format("2006/01/02/")
}

// hour returns the hour of a folder inside the folder of a day. ok is false if the folder is not for an hour.
func (f regionFolder) hour(prefix string) (hour int, ok bool) {
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
