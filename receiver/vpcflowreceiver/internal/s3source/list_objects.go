// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

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
	day = 24 * time.Hour
	// maxListed is how many objects are held at a time, of some 300 bytes each. Where a day has more, it is listed again for
	// the next ones.
	maxListed = 20_000
	// maxSkew is how far our clock may be behind that of AWS for its newest objects to be seen.
	maxSkew = time.Hour
	// foldersInterval is how long the accounts and regions that were found are taken for all there are.
	foldersInterval = 10 * time.Minute
)

// lister lists the flow logs of a bucket in the order of their time, a day at a time, and of the folders only those of
// the days and hours that are asked for.
type lister struct {
	pages pages
	// prefix is what the user wants keys to begin with; level is that of the folder that it names.
	prefix  string
	level   level
	max     int
	workers int
	passed  passedObjects
	// folders are those of accounts and regions, as of looked. There are none where the user has sorted his flow logs
	// otherwise.
	folders []folder
	looked  time.Time
}

// objects gives the objects behind a place, up to a time, in their order. What comes while it goes on may be left out. The
// only error is that ctx ended.
func (l *lister) objects(ctx context.Context, after standing, until, now time.Time) iter.Seq2[listed, error] {
	if latest := now.Add(maxSkew); until.After(latest) {
		until = latest
	}
	return func(yield func(listed, error) bool) {
		if err := l.look(ctx, now); err != nil {
			yield(listed{}, err)
			return
		}
		l.passed.begin(now)
		date, more := after.Time.UTC().Truncate(day), false
		for date.Before(until) {
			found := &selection{after: after, until: until, max: l.max, again: more}
			if err := l.list(ctx, date, found); err != nil {
				yield(listed{}, err)
				return
			}
			var objects []listed
			objects, more = found.take()
			for _, object := range objects {
				if !yield(object, nil) {
					return
				}
				after = object.standing
			}
			switch {
			case more:
			case len(l.folders) == 0:
				return
			default:
				date = date.Add(day)
			}
		}
	}
}

// look finds the folders of accounts and regions, unless it has just done so.
func (l *lister) look(ctx context.Context, now time.Time) error {
	if len(l.folders) > 0 && now.Sub(l.looked) < foldersInterval {
		return nil
	}
	top := l.prefix
	if top != "" && !strings.HasSuffix(top, "/") {
		top += "/"
	}
	found, err := l.find(ctx, top, l.level)
	if err != nil {
		return err
	}
	if len(found) == 0 && l.looked.IsZero() {
		l.pages.logger.Warn("No folders of AWS are found: all objects below the prefix are read, "+
			"by the time in their name or else by that of their last modification",
			zap.String("bucket", l.pages.bucket), zap.String("prefix", l.prefix), zap.String("looked_for", awsLogs+"/<account>/"+flowLogService+"/<region>/"))
	}
	l.folders, l.looked = found, now
	return nil
}

func (l *lister) find(ctx context.Context, prefix string, at level) ([]folder, error) {
	switch at {
	case levelBucket:
		return l.find(ctx, prefix+awsLogs+"/", levelAccounts)
	case levelYears:
		return []folder{newFolder(prefix)}, nil
	}
	var all []folder
	for page, err := range l.pages.of(ctx, prefix, "/") {
		if err != nil {
			return nil, err
		}
		for _, inner := range page.CommonPrefixes {
			next, ok := at.enter(strings.TrimSuffix(strings.TrimPrefix(*inner.Prefix, prefix), "/"))
			if !ok {
				continue
			}
			found, err := l.find(ctx, *inner.Prefix, next)
			if err != nil {
				return nil, err
			}
			all = append(all, found...)
		}
	}
	return all, nil
}

// list adds the objects of a day to a selection; where there are no folders, all below the prefix.
func (l *lister) list(ctx context.Context, date time.Time, found *selection) error {
	if len(l.folders) == 0 {
		return l.listPrefix(ctx, l.prefix, func(o types.Object) { addAny(o, found) })
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var (
		running sync.WaitGroup
		places  = make(chan struct{}, l.workers)
	)
	for _, f := range l.folders {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			if err := l.listDay(ctx, f, date, found); err != nil {
				cancel(err)
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// listDay adds what is in the folder of a day, and in those of its hours, to a selection.
func (l *lister) listDay(ctx context.Context, f folder, date time.Time, found *selection) error {
	for page, err := range l.pages.of(ctx, f.day(date), "/") {
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			l.add(ctx, o, date, found, found.again)
		}
		for _, inner := range page.CommonPrefixes {
			hour, ok := f.hour(*inner.Prefix)
			begin := date.Add(time.Duration(hour) * time.Hour)
			if !ok || !found.wants(begin, begin.Add(time.Hour)) {
				continue
			}
			again := found.again && !begin.After(found.after.Time)
			if err := l.listPrefix(ctx, *inner.Prefix, func(o types.Object) { l.add(ctx, o, date, found, again) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *lister) listPrefix(ctx context.Context, prefix string, add func(types.Object)) error {
	for page, err := range l.pages.of(ctx, prefix, "") {
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			add(o)
		}
	}
	return nil
}

// add adds an object that is in the folder of a day. One of another day, which cannot be AWS's doing, would be out of order.
// again says that it was listed before.
func (l *lister) add(ctx context.Context, o types.Object, date time.Time, found *selection, again bool) {
	if strings.HasSuffix(*o.Key, "/") {
		return // It only stands for a folder, as the console makes them.
	}
	t, reason := objectTime(*o.Key)
	if reason == "" && !t.Truncate(day).Equal(date) {
		reason = otherDay
	}
	switch {
	case reason == "":
		found.add(listing(o, t))
	case !again:
		l.passed.count(ctx, o, reason)
	}
}

// addAny adds an object that is in no folder of AWS's.
func addAny(o types.Object, found *selection) {
	if !isFlowLog(*o.Key) {
		return
	}
	t, reason := objectTime(*o.Key)
	if reason != "" {
		t = o.LastModified.UTC()
	}
	found.add(listing(o, t))
}

func listing(o types.Object, t time.Time) listed {
	return listed{
		standing: standing{Time: t, Key: aws.ToString(o.Key)}, etag: aws.ToString(o.ETag), size: aws.ToInt64(o.Size), put: aws.ToTime(o.LastModified),
	}
}
