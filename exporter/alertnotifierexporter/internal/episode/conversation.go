// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package episode

import "cmp"

// Conversation says where the later notifications of an episode belong.
type Conversation struct {
	// Root is the UID of the episode whose first e-mail begins the thread. It is another one if both episodes began in one
	// e-mail. It is empty before the first notification.
	Root string `json:",omitempty"`
	// Message is the message that later notifications update. It is empty if the destination cannot update messages.
	Message Message `json:",omitzero"`
}

// Message identifies a message in Slack.
type Message struct {
	Channel   string `json:",omitempty"`
	Timestamp string `json:",omitempty"`
}

// ConversationOf returns the conversation of a notification about the given episodes: the one of the first episode. A new
// episode begins one.
func ConversationOf(episodes []*Episode) Conversation {
	if len(episodes) == 0 {
		return Conversation{}
	}
	c := episodes[0].Conversation
	c.Root = cmp.Or(c.Root, episodes[0].Alert.UID)
	return c
}

// WithConversation returns the episode in the given conversation. It keeps the thread to which it already belongs.
func (e *Episode) WithConversation(c Conversation) *Episode {
	next := *e
	next.Root, next.Message = cmp.Or(e.Root, c.Root), c.Message
	return &next
}

// AfterNotificationOf returns the episode with what is known about the notifications of an earlier state of it.
func (e *Episode) AfterNotificationOf(earlier *Episode) *Episode {
	next := *e
	next.Conversation, next.FirstNotifiedAt = earlier.Conversation, earlier.FirstNotifiedAt
	next.NotifiedAt, next.NotifiedSeverity = earlier.NotifiedAt, earlier.NotifiedSeverity
	return &next
}
