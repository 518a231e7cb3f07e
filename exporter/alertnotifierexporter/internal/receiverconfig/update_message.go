// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"errors"

	amconfig "github.com/prometheus/alertmanager/config"
)

const (
	slackKey         = "slack_configs"
	updateMessageKey = "update_message"
	// slackPostURL is the address for messages with a bot token. Only such messages can be updated.
	slackPostURL = "https://slack.com/api/chat.postMessage"
)

// takeUpdateMessage removes update_message from the settings of a Slack receiver, because Alertmanager's loader rejects it
// together with app_token. It returns nil if the setting is missing, or is no boolean, which the loader reports.
func takeUpdateMessage(settings map[string]any) *bool {
	wanted, ok := settings[updateMessageKey].(bool)
	if !ok {
		return nil
	}
	delete(settings, updateMessageKey)
	return &wanted
}

// updatesMessages reports whether a Slack receiver updates its messages: by default if it has a bot token.
func updatesMessages(slack *amconfig.SlackConfig, wanted *bool) (bool, error) {
	possible := slack.APIURL != nil && slack.APIURL.String() == slackPostURL
	switch {
	case wanted == nil:
		return possible, nil
	case *wanted && !possible:
		return false, errors.New(updateMessageKey + ": needs a bot token (app_token) and the default app_url; a webhook cannot update messages")
	default:
		return *wanted, nil
	}
}
