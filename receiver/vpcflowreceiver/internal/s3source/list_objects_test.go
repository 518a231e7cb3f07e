// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric/noop"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// bubbleBegin is the time at which each synctest bubble starts.
var bubbleBegin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func newTestLister(t testing.TB, b *memoryBucket, prefix string) (*objectLister, *observer.ObservedLogs) {
	core, logs := observer.New(zapcore.DebugLevel)
	logger := zap.New(core)
	level, err := prefixLevel(prefix)
	require.NoError(t, err)
	counters, err := newTelemetry(noop.NewMeterProvider())
	require.NoError(t, err)
	return &objectLister{
		pageLister: pageLister{client: b.client(), bucket: bucketName, logger: logger},
		prefix:     prefix, level: level, max: maxListed, workers: 3,
		skipped: &skipCounter{telemetry: counters, logger: logger, now: time.Now},
	}, logs
}

// keysOf returns the keys in a range.
func keysOf(t testing.TB, l *objectLister, after position, until time.Time) []string {
	t.Helper()
	keys := []string{}
	for object, err := range l.list(t.Context(), after, until, time.Now()) {
		require.NoError(t, err)
		keys = append(keys, object.Key)
	}
	return keys
}

// every returns the times from a start up to an end, at equal steps.
func every(step time.Duration, from, until time.Time) (times []time.Time) {
	for t := from; t.Before(until); t = t.Add(step) {
		times = append(times, t)
	}
	return times
}

// order returns the keys of one object for each layout and time, in the order of reading.
func (b *memoryBucket) order(all []layout, times []time.Time) []string {
	keys := []string{}
	for _, t := range times {
		var sameTime []string
		for _, l := range all {
			sameTime = append(sameTime, l.key(t, 0))
		}
		slices.Sort(sameTime)
		keys = append(keys, sameTime...)
	}
	return keys
}

// fill puts these objects into the bucket in random order.
func (b *memoryBucket) fill(all []layout, times []time.Time) []string {
	keys := b.order(all, times)
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(keys)) {
		b.put(keys[i], keys[i])
	}
	return keys
}

func TestListingIsInTheOrderOfTime(t *testing.T) {
	for _, prefix := range []string{"", "logs/", "logs/AWSLogs/"} {
		for _, fits := range []int{maxListed, 100, 7, 1} {
			t.Run(fmt.Sprintf("below %q, at most %d at a time", prefix, fits), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newMemoryBucket(t)
					from := bubbleBegin.Add(-2 * oneDay)
					all := layouts(strings.TrimSuffix(prefix, "AWSLogs/"))
					want := b.fill(all, every(5*time.Hour+5*time.Minute, from, bubbleBegin))
					l, logs := newTestLister(t, b, prefix)
					l.max = fits
					assert.Equal(t, want, keysOf(t, l, position{Time: from}, bubbleBegin))
					assert.Zero(t, logs.Len())
				})
			})
		}
	}
}

func TestRangeIncludesItsStartButNotItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newMemoryBucket(t)
		from := bubbleBegin.Add(-oneDay)
		times := every(5*time.Minute, from.Add(-time.Hour), from.Add(2*time.Hour))
		all := layouts("")[:4]
		b.fill(all, times)
		l, _ := newTestLister(t, b, "")
		count := func(from, until time.Time) int { return len(keysOf(t, l, position{Time: from}, until)) / len(all) }
		assert.Equal(t, 12, count(from, from.Add(time.Hour)))
		assert.Equal(t, 11, count(from.Add(time.Nanosecond), from.Add(time.Hour)))
		assert.Equal(t, 12, count(from.Add(-time.Nanosecond), from.Add(time.Hour)))
		assert.Equal(t, 13, count(from, from.Add(time.Hour+time.Nanosecond)))
		assert.Equal(t, 1, count(from, from.Add(time.Nanosecond)))
		assert.Equal(t, 0, count(from, from))
		assert.Equal(t, len(times), count(from.Add(-30*oneDay), bubbleBegin))
	})
}

func TestListingContinuesAfterAnyPosition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newMemoryBucket(t)
		from := bubbleBegin.Add(-oneDay)
		want := b.fill(layouts(""), every(4*time.Hour, from, bubbleBegin.Add(-time.Hour)))
		l, _ := newTestLister(t, b, "")
		for i, key := range want {
			at, _ := objectTime(key)
			require.Equal(t, want[i+1:], keysOf(t, l, position{Time: at, Key: key}, bubbleBegin))
		}
	})
}

func TestOnlyFoldersOfTheRangeAreListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newMemoryBucket(t)
		b.fill(layouts("")[:4], every(time.Hour, bubbleBegin.Add(-10*oneDay), bubbleBegin))
		b.put("AWSLogs/000000000000/CloudTrail/eu-west-1/1999/12/30/x.json.gz", "")
		b.put("AWSLogs/000000000000/vpcflowlogs/eu-west-1/1999/12/30/05/x", "")
		b.put("other/123456789012_vpcflowlogs_us-east-1_fl-1234abcd_19991230T0500Z_fe123456.log.gz", "")
		l, _ := newTestLister(t, b, "")
		l.workers = 1
		from := bubbleBegin.Add(-2 * oneDay)
		b.lists()
		require.Len(t, keysOf(t, l, position{Time: from.Add(4*time.Hour + time.Minute)}, from.Add(6*time.Hour)), 4)
		plain := "AWSLogs/00000000000"
		hive := "AWSLogs/aws-account-id=00000000000"
		assert.ElementsMatch(t, []string{
			"AWSLogs/",
			plain + "0/", plain + "2/", hive + "1/", hive + "3/",
			plain + "0/vpcflowlogs/", plain + "2/vpcflowlogs/", hive + "1/aws-service=vpcflowlogs/", hive + "3/aws-service=vpcflowlogs/",
			plain + "0/vpcflowlogs/eu-west-1/1999/12/30/",
			plain + "0/vpcflowlogs/eu-west-1/1999/12/30/05/",
			plain + "2/vpcflowlogs/eu-west-1/1999/12/30/",
			plain + "2/vpcflowlogs/eu-west-1/1999/12/30/04/",
			plain + "2/vpcflowlogs/eu-west-1/1999/12/30/05/",
			hive + "1/aws-service=vpcflowlogs/aws-region=eu-west-1/year=1999/month=12/day=30/",
			hive + "3/aws-service=vpcflowlogs/aws-region=eu-west-1/year=1999/month=12/day=30/",
			hive + "3/aws-service=vpcflowlogs/aws-region=eu-west-1/year=1999/month=12/day=30/hour=04/",
			hive + "3/aws-service=vpcflowlogs/aws-region=eu-west-1/year=1999/month=12/day=30/hour=05/",
		}, b.lists())

		keysOf(t, l, position{Time: from}, from.Add(time.Minute))
		assert.NotContains(t, b.lists(), "AWSLogs/", "accounts are not listed each time")
		pass(foldersInterval)
		keysOf(t, l, position{Time: from}, from.Add(time.Minute))
		assert.Contains(t, b.lists(), "AWSLogs/")
	})
}

func TestOtherObjectsAreSkippedAndCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pass(time.Hour)
		b := newMemoryBucket(t)
		flowLog := layouts("")[0]
		from := bubbleBegin.Add(-oneDay)
		b.fill([]layout{flowLog}, every(5*time.Minute, from, bubbleBegin))
		folder := newRegionFolder(flowLog.folder()).day(from)
		b.put(folder, "")
		b.put(folder+"x/y", "")
		b.put(folder+"05/readme.txt", "")
		b.put(folder+"123456789012_vpcflowlogs_us-east-1_fl-1_19991231T9900Z_fe123456.log.gz", "")
		b.put(folder+"123456789012_vpcflowlogs_us-east-1_fl-1_20991231T0000Z_fe123456.log.gz", "")
		b.put(folder+"123456789012_vpcflowlogs_us-east-1_fl-1_19991230T2355Z_fe123456.log.gz", "")
		l, logs := newTestLister(t, b, "")
		l.max = 50
		pass(time.Second)
		for range 3 {
			assert.Len(t, keysOf(t, l, position{Time: from}, bubbleBegin.Add(oneDay)), 288)
			assert.EqualValues(t, 4, l.skipped.total())
			pass(time.Minute)
		}
		assert.Equal(t, 1, logs.FilterMessage("object skipped").Len())
		b.put(folder+"new", "")
		pass(time.Minute)
		keysOf(t, l, position{Time: from}, bubbleBegin)
		assert.EqualValues(t, 5, l.skipped.total())
	})
}

func TestObjectsOutsideTheLayoutsAreOrderedByNameOrModification(t *testing.T) {
	for _, fits := range []int{maxListed, 2} {
		synctest.Test(t, func(t *testing.T) {
			b := newMemoryBucket(t)
			name := "123456789012_vpcflowlogs_us-east-1_fl-1_%s_fe123456.log.gz"
			late, early := "copies/a/"+fmt.Sprintf(name, "20000101T0200Z"), "copies/b/"+fmt.Sprintf(name, "20000101T0005Z")
			b.put(late, "")
			b.put(early, "")
			b.put("copies/", "")
			b.put("other/x", "")
			for _, key := range []string{"copies/z", "copies/c", "copies/d"} {
				pass(30 * time.Minute)
				b.put(key, "")
			}
			l, logs := newTestLister(t, b, "copies/")
			l.max = fits
			want := []string{early, "copies/z", "copies/c", "copies/d", late}
			assert.Equal(t, want, keysOf(t, l, position{Time: bubbleBegin}, bubbleBegin.Add(oneDay)))
			assert.Equal(t, want[1:4], keysOf(t, l, position{Time: bubbleBegin.Add(30 * time.Minute)}, bubbleBegin.Add(2*time.Hour)))
			require.Equal(t, 1, logs.Len())
			assert.Contains(t, logs.All()[0].Message, "no folders in the layout of AWS found")
			b.put(layouts("copies/")[0].key(time.Now(), 1), "")
			assert.Len(t, keysOf(t, l, position{Time: bubbleBegin}, bubbleBegin.Add(oneDay)), 1, "folders in the layout of AWS appear")
		})
	}
}

func TestListingIsRetriedAndTheErrorNamesThePermission(t *testing.T) {
	for code, status := range map[string]int{"AccessDenied": 403, "NoSuchBucket": 404, "SlowDown": 503} {
		for where, prefix := range map[string]string{"at first": "", "in the middle": "AWSLogs/000000000000/vpcflowlogs/eu-west-1/1999/12/31/"} {
			t.Run(code+" "+where, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := newMemoryBucket(t)
					want := b.fill(layouts(""), every(time.Hour, bubbleBegin.Add(-2*oneDay), bubbleBegin))
					b.fail(status, code, func(r *http.Request) bool {
						return isList(r) && (prefix == "" || r.URL.Query().Get("prefix") == prefix)
					})
					l, logs := newTestLister(t, b, "")
					time.AfterFunc(10*time.Minute, func() { b.fail(0, "", nil) })
					assert.Equal(t, want, keysOf(t, l, position{Time: bubbleBegin.Add(-2 * oneDay)}, bubbleBegin))
					logged := logs.FilterMessage("fail to list bucket").All()
					assert.Greater(t, len(logged), 10)
					assert.Less(t, len(logged), 40)
					assert.Equal(t, zapcore.ErrorLevel, logged[0].Level)
					fields := logged[0].ContextMap()
					assert.Equal(t, bucketName, fields["bucket"])
					assert.Equal(t, cmp.Or(prefix, "AWSLogs/"), fields["prefix"])
					assert.Equal(t, "s3:ListBucket", fields["required_permission"])
					assert.Contains(t, fields["error"], code)
				})
			})
		}
	}
}

func TestListingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newMemoryBucket(t)
		b.fill(layouts(""), every(time.Hour, bubbleBegin.Add(-2*oneDay), bubbleBegin))
		l, _ := newTestLister(t, b, "")
		keysOf(t, l, position{Time: bubbleBegin.Add(-time.Minute)}, bubbleBegin)
		b.fail(503, "SlowDown", isList)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		for _, err := range l.list(ctx, position{Time: bubbleBegin.Add(-2 * oneDay)}, bubbleBegin, time.Now()) {
			assert.ErrorIs(t, err, context.Canceled)
		}
		assert.Error(t, ctx.Err())
	})
}

func TestSelectionKeepsTheFirstObjects(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		all := make([]listedObject, random.IntN(50))
		for i := range all {
			all[i].position = position{Time: bubbleBegin.Add(time.Duration(random.IntN(20)) * time.Minute), Key: fmt.Sprint(i)}
		}
		s := selection{after: position{Time: bubbleBegin.Add(3 * time.Minute), Key: "2"}, until: bubbleBegin.Add(17 * time.Minute), max: 1 + random.IntN(20)}
		for _, object := range all {
			s.add(object)
		}
		var want []listedObject
		slices.SortFunc(all, func(a, b listedObject) int { return a.compare(b.position) })
		for _, object := range all {
			if object.compare(s.after) > 0 && object.Time.Before(s.until) {
				want = append(want, object)
			}
		}
		got, more := s.sorted()
		require.Equal(t, len(want) > s.max, more)
		require.Equal(t, want[:min(len(want), s.max)], got)
	}
}
