// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"context"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"go.uber.org/zap"
)

const (
	oneDay = 24 * time.Hour
	// maxListed bounds the objects in memory, of about 300 bytes each. A day with more is listed again for the rest.
	maxListed = 20_000
	// maxClockSkew is the maximum time by which the local clock may be behind the clock of AWS.
	maxClockSkew = time.Hour
	// foldersInterval is how often new accounts and regions are looked for.
	foldersInterval = 10 * time.Minute
)

// objectLister lists the flow logs of a bucket in the order of their time, one day at a time. It lists only the folders of
// the requested days and hours.
type objectLister struct {
	pageLister
	// prefix is the configured prefix; level is the level of its folder.
	prefix  string
	level   folderLevel
	max     int
	workers int
	skipped *skipCounter
	// folders are the accounts and regions found at foldersTime. They are empty if the bucket has another layout.
	folders     []regionFolder
	foldersTime time.Time
}

// list returns the objects after a position and before until, in order. Objects that arrive during the listing may be
// missing. It returns an error only if ctx ends.
func (l *objectLister) list(ctx context.Context, after position, until, now time.Time) iter.Seq2[listedObject, error] {
	if latest := now.Add(maxClockSkew); until.After(latest) {
		until = latest
	}
	return func(yield func(listedObject, error) bool) {
		if err := l.refreshFolders(ctx, now); err != nil {
			yield(listedObject{}, err)
			return
		}
		l.skipped.startPass(now)
		date, more := after.Time.UTC().Truncate(oneDay), false
		for date.Before(until) {
			found := &selection{after: after, until: until, max: l.max, relisted: more}
			if err := l.listDay(ctx, date, found); err != nil {
				yield(listedObject{}, err)
				return
			}
			var objects []listedObject
			objects, more = found.sorted()
			for _, object := range objects {
				if !yield(object, nil) {
					return
				}
				after = object.position
			}
			switch {
			case more:
			case len(l.folders) == 0:
				return
			default:
				date = date.Add(oneDay)
			}
		}
	}
}

// refreshFolders finds the accounts and regions, at most once per foldersInterval.
func (l *objectLister) refreshFolders(ctx context.Context, now time.Time) error {
	if len(l.folders) > 0 && now.Sub(l.foldersTime) < foldersInterval {
		return nil
	}
	top := l.prefix
	if top != "" && !strings.HasSuffix(top, "/") {
		top += "/"
	}
	found, err := l.findFolders(ctx, top, l.level)
	if err != nil {
		return err
	}
	if len(found) == 0 && l.foldersTime.IsZero() {
		l.logger.Warn("no folders in the layout of AWS found: reading all objects below the prefix, "+
			"ordered by the time in their name or by their last modification",
			zap.String("bucket", l.bucket), zap.String("prefix", l.prefix), zap.String("expected", awsLogs+"/<account>/"+flowLogService+"/<region>/"))
	}
	l.folders, l.foldersTime = found, now
	return nil
}

// findFolders returns the folders of accounts and regions below a folder.
func (l *objectLister) findFolders(ctx context.Context, prefix string, level folderLevel) ([]regionFolder, error) {
	switch level {
	case levelBucket:
		return l.findFolders(ctx, prefix+awsLogs+"/", levelAccounts)
	case levelYears:
		return []regionFolder{newRegionFolder(prefix)}, nil
	}
	var all []regionFolder
	for page, err := range l.pages(ctx, prefix, "/") {
		if err != nil {
			return nil, err
		}
		for _, inner := range page.CommonPrefixes {
			next, ok := level.enter(strings.TrimSuffix(strings.TrimPrefix(*inner.Prefix, prefix), "/"))
			if !ok {
				continue
			}
			found, err := l.findFolders(ctx, *inner.Prefix, next)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// listDay adds the objects of a day to a selection, or all objects below the prefix if the bucket has another layout.
func (l *objectLister) listDay(ctx context.Context, date time.Time, found *selection) error {
	if len(l.folders) == 0 {
		return l.listPrefix(ctx, l.prefix, func(o types.Object) { addUnsorted(o, found) })
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		running sync.WaitGroup
		slots   = make(chan struct{}, l.workers)
	)
	for _, f := range l.folders {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			if err := l.listFolderDay(ctx, f, date, found); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// listFolderDay adds the objects in the folders of a day and of its hours to a selection.
func (l *objectLister) listFolderDay(ctx context.Context, f regionFolder, date time.Time, found *selection) error {
	for page, err := range l.pages(ctx, f.day(date), "/") {
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			l.addOfDay(ctx, o, date, found, found.relisted)
		}
		for _, inner := range page.CommonPrefixes {
			hour, ok := f.hour(*inner.Prefix)
			begin := date.Add(time.Duration(hour) * time.Hour)
			if !ok || !found.accepts(begin, begin.Add(time.Hour)) {
				continue
			}
			relisted := found.relisted && !begin.After(found.after.Time)
			if err := l.listPrefix(ctx, *inner.Prefix, func(o types.Object) { l.addOfDay(ctx, o, date, found, relisted) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// listPrefix calls add for all objects below a prefix.
func (l *objectLister) listPrefix(ctx context.Context, prefix string, add func(types.Object)) error {
	for page, err := range l.pages(ctx, prefix, "") {
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			add(o)
		}
	}
	return nil
}

// addOfDay adds an object in the folder of a day to a selection. It skips objects of another day, which would be out of
// order; AWS does not put them there. Skipped objects that were listed before are not counted again.
func (l *objectLister) addOfDay(ctx context.Context, o types.Object, date time.Time, found *selection, relisted bool) {
	if strings.HasSuffix(*o.Key, "/") {
		return // The console creates such objects for folders.
	}
	t, reason := objectTime(*o.Key)
	if reason == "" && !t.Truncate(oneDay).Equal(date) {
		reason = skipOtherDay
	}
	switch {
	case reason == "":
		found.add(newListedObject(o, t))
	case !relisted:
		l.skipped.add(ctx, o, reason)
	}
}

// addUnsorted adds an object outside the layout of AWS to a selection, if it can be a flow log.
func addUnsorted(o types.Object, found *selection) {
	if !mayBeFlowLog(*o.Key) {
		return
	}
	t, reason := objectTime(*o.Key)
	if reason != "" {
		t = o.LastModified.UTC()
	}
	found.add(newListedObject(o, t))
}

func newListedObject(o types.Object, t time.Time) listedObject {
	return listedObject{
		position: position{Time: t, Key: aws.ToString(o.Key)}, etag: aws.ToString(o.ETag), size: aws.ToInt64(o.Size), modified: aws.ToTime(o.LastModified),
	}
}
