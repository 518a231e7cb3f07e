// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"cmp"
	"slices"
	"time"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// changes groups the changed episodes by the notification that they require.
type changes struct {
	firing    []*episode.Episode // a notification of an open episode, the most severe first
	resolved  []*episode.Episode // a notification of an end, the most severe first
	unchanged []*episode.Episode // no notification
}

// changesOf compares the alerts with the log. An open episode is notified if it is new, more severe than at its last
// notification, or older than the repeat interval; zero means never. Duplicates, as after a crash of the detector, and the
// end of unknown episodes are ignored.
func changesOf(alerts []*alert.Alert, log *notificationlog.Log, repeatInterval time.Duration, now time.Time) (c changes) {
	current := map[string]*episode.Episode{}
	resolved := map[string]*episode.Episode{}
	var order []string
	for _, a := range alerts {
		e := cmp.Or(current[a.UID], log.Get(a.UID))
		switch {
		case e == nil && a.Status == alert.Resolved, e != nil && (e.Ended || e.Has(a)):
			continue
		case a.Status == alert.Resolved:
			resolved[a.UID] = e.WithAlert(a, now)
			continue
		case e == nil:
			e = episode.New(a, now)
		default:
			e = e.WithAlert(a, now)
		}
		if current[a.UID] == nil {
			order = append(order, a.UID)
		}
		current[a.UID] = e
	}
	for _, uid := range order {
		e := current[uid]
		repeat := resolved[uid] == nil && repeatInterval > 0 && now.Sub(e.NotifiedAt) >= repeatInterval
		if e.NotifiedAt.IsZero() || e.Alert.Severity > e.NotifiedSeverity || repeat {
			c.firing = append(c.firing, e)
		} else {
			c.unchanged = append(c.unchanged, e)
		}
	}
	for _, e := range resolved {
		c.resolved = append(c.resolved, e)
	}
	sortBySeverity(c.firing)
	sortBySeverity(c.resolved)
	return c
}

func sortBySeverity(episodes []*episode.Episode) {
	slices.SortStableFunc(episodes, func(a, b *episode.Episode) int {
		return cmp.Or(cmp.Compare(b.Alert.Severity, a.Alert.Severity), cmp.Compare(a.Alert.UID, b.Alert.UID))
	})
}
