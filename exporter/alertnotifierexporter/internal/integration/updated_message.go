// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package integration

import (
	"context"

	amalert "github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/alertmanager/nflog"
	"github.com/prometheus/alertmanager/notify"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
)

// byMessage groups episodes by the message that shows them. New episodes come first and share a new message. If messages
// cannot be updated, all episodes share a new one.
func (n *Integration) byMessage(episodes []*episode.Episode) (parts [][]*episode.Episode) {
	if len(episodes) == 0 {
		return nil
	}
	if !n.UpdatesMessages {
		return [][]*episode.Episode{episodes}
	}
	index := map[episode.Message]int{{}: 0}
	parts = append(parts, nil)
	for _, e := range episodes {
		i, known := index[e.Message]
		if !known {
			i = len(parts)
			index[e.Message] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], e)
	}
	if len(parts[0]) == 0 {
		return parts[1:]
	}
	return parts
}

// sendOrUpdate sends a notification, or updates the message of an earlier one. If that message can no longer be updated,
// for example because somebody has deleted it, it sends a new one. It returns the message that shows the notification.
func (n *Integration) sendOrUpdate(ctx context.Context, message episode.Message, alerts []*amalert.Alert) (episode.Message, error) {
	if !n.UpdatesMessages {
		return episode.Message{}, n.send(ctx, alerts)
	}
	store := storeOf(message)
	err := n.send(notify.WithNflogStore(ctx, store), alerts)
	if consumererror.IsPermanent(err) && message != (episode.Message{}) {
		store = nflog.NewStore(nil)
		err = n.send(notify.WithNflogStore(ctx, store), alerts)
	}
	if err != nil {
		return episode.Message{}, err
	}
	return messageIn(store), nil
}

// The keys under which the integration keeps a message.
const (
	channelKey   = "channelId"
	timestampKey = "threadTs"
)

func storeOf(message episode.Message) *nflog.Store {
	store := nflog.NewStore(nil)
	if message != (episode.Message{}) {
		store.SetStr(channelKey, message.Channel)
		store.SetStr(timestampKey, message.Timestamp)
	}
	return store
}

func messageIn(store *nflog.Store) (message episode.Message) {
	message.Channel, _ = store.GetStr(channelKey) // empty if the response had none
	message.Timestamp, _ = store.GetStr(timestampKey)
	return message
}
