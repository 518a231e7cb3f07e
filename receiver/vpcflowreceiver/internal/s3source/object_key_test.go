// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestObjectTime(t *testing.T) {
	want := time.Date(2018, 6, 20, 16, 20, 0, 0, time.UTC)
	for _, key := range []string{
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz",
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz",
		"a_b/c_d_e_f_g_h/123456789012_vpcflowlogs_us-gov-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.parquet",
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log",
	} {
		got, reason := objectTime(key)
		assert.Empty(t, reason, key)
		assert.Equal(t, want, got, key)
	}
}

func TestObjectTimeOfOtherNames(t *testing.T) {
	for key, want := range map[string]skipReason{
		"":                      skipNotFlowLog,
		"AWSLogs/123456789012/": skipNotFlowLog,
		"AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/":                                       skipNotFlowLog,
		"123456789012_CloudTrail_us-east-1_20180620T1620Z_fe123456.json.gz":                            skipNotFlowLog,
		"123456789012_elasticloadbalancing_us-east-1_app.x_20180620T1620Z_fe123456.log.gz":             skipNotFlowLog,
		"_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz":                            skipNotFlowLog,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz.bak":            skipNotFlowLog,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_.log.gz":                        skipNotFlowLog,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z.log.gz":                         skipNotFlowLog,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_a_b.log.gz":                     skipNotFlowLog,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T2420Z_fe123456.log.gz":                skipBadTime,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180631T1620Z_fe123456.log.gz":                skipBadTime,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_201806201620_fe123456.log.gz":                  skipBadTime,
		"123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.log.gz/manifest.json":  skipNotFlowLog,
		"x/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_fe123456.metadata.log.gz.csv": skipNotFlowLog,
	} {
		_, reason := objectTime(key)
		assert.Equal(t, want, reason, key)
	}
}

func TestKeysOfAllLayouts(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		l := layout{
			prefix:  []string{"", "logs/", "a/b_c/", "AWS/"}[random.IntN(4)],
			account: fmt.Sprintf("%012d", random.Int64N(1e12)), region: []string{"us-east-1", "ap-southeast-2", "us-gov-west-1"}[random.IntN(3)],
			id: fmt.Sprintf("fl-%017x", random.Uint64()), hive: random.IntN(2) == 0, hourly: random.IntN(2) == 0, parquet: random.IntN(2) == 0,
		}
		if random.IntN(4) == 0 {
			l.organization = "o-" + strings.Repeat("a1", 5)
		}
		want := time.Unix(random.Int64N(4e9), 0).UTC().Truncate(time.Minute)
		key := l.key(want, random.Int())

		got, reason := objectTime(key)
		require.Empty(t, reason, key)
		require.Equal(t, want, got, key)

		at, err := prefixLevel(l.folder())
		require.NoError(t, err, key)
		require.Equal(t, levelYears, at, key)
		f := newRegionFolder(l.folder())
		rest, ok := strings.CutPrefix(key, f.day(want))
		require.True(t, ok, key)
		if inner, _, found := strings.Cut(rest, "/"); found {
			hour, ok := f.hour(f.day(want) + inner + "/")
			require.True(t, ok, key)
			require.Equal(t, want.Hour(), hour, key)
		} else {
			require.False(t, l.hourly)
		}
	}
}

func TestPrefixLevel(t *testing.T) {
	for prefix, want := range map[string]folderLevel{
		"":                                     levelBucket,
		"logs/":                                levelBucket,
		"logs/awslogs/":                        levelBucket,
		"AWSLogs/":                             levelAccounts,
		"logs/AWSLogs/":                        levelAccounts,
		"logs/AWSLogs":                         levelAccounts,
		"AWSLogs/o-a1b2c3d4e5/":                levelAccounts,
		"AWSLogs/123456789012/":                levelServices,
		"AWSLogs/o-a1b2c3d4e5/123456789012/":   levelServices,
		"AWSLogs/aws-account-id=123456789012/": levelServices,
		"AWSLogs/123456789012/vpcflowlogs/":    levelRegions,
		"AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/":  levelRegions,
		"AWSLogs/aws-account-id=123456789012/service=vpcflowlogs/":      levelRegions,
		"a/b/AWSLogs/123456789012/vpcflowlogs/eu-west-1/":               levelYears,
		"AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/aws-region=/": -1,
		"AWSLogs/12345678901/":                                   -1,
		"AWSLogs/1234567890123/":                                 -1,
		"AWSLogs/12345678901x/":                                  -1,
		"AWSLogs/123456789012/CloudTrail/":                       -1,
		"AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/":       -1,
		"AWSLogs/123456789012/vpcflowlogs/eu-west-1/2026/03/01/": -1,
	} {
		got, err := prefixLevel(prefix)
		if want < 0 {
			assert.ErrorContains(t, err, prefix)
			continue
		}
		assert.NoError(t, err, prefix)
		assert.Equal(t, want, got, prefix)
	}
}

func TestHourOfAFolder(t *testing.T) {
	plain, hive := newRegionFolder("AWSLogs/1/vpcflowlogs/r/"), newRegionFolder("AWSLogs/aws-account-id=1/aws-service=vpcflowlogs/aws-region=r/")
	for name, want := range map[string]int{"00/": 0, "09/": 9, "23/": 23, "24/": -1, "-1/": -1, "+1/": -1, "9/": -1, "hour=09/": -1, "x/": -1, "/": -1} {
		hour, ok := plain.hour(plain.day(time.Now()) + name)
		assert.Equal(t, want >= 0, ok, name)
		if ok {
			assert.Equal(t, want, hour)
		}
	}
	for name, want := range map[string]int{"hour=00/": 0, "hour=23/": 23, "hour=24/": -1, "hour=+1/": -1, "hour=9/": -1, "09/": -1, "hour=/": -1} {
		hour, ok := hive.hour(hive.day(time.Now()) + name)
		assert.Equal(t, want >= 0, ok, name)
		if ok {
			assert.Equal(t, want, hour)
		}
	}
}

func FuzzObjectTime(f *testing.F) {
	for _, l := range layouts("logs/") {
		f.Add(l.key(time.Unix(1_500_000_000, 0), 1))
	}
	f.Add("")
	f.Add("_____")
	f.Add("1_vpcflowlogs___99999999T9999Z_x.log")
	f.Fuzz(func(t *testing.T, key string) {
		got, reason := objectTime(key)
		if reason != "" {
			assert.Zero(t, got)
			return
		}
		assert.Contains(t, key, got.Format("20060102T1504Z"))
		assert.Equal(t, time.UTC, got.Location())
		at, err := prefixLevel(key)
		if err == nil && at == levelYears {
			assert.NotPanics(t, func() { newRegionFolder(key).hour(key) })
		}
	})
}
