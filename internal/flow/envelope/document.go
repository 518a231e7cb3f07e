// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"encoding/json"
)

// document is a JSON object with lines: from CloudWatch Logs, as sent to subscribers or printed by its command line, or
// any object with one message.
type document struct {
	// MessageType is controlMessage for a test message that CloudWatch Logs sends to check a subscription.
	MessageType lenientString `json:"messageType"`
	// Owner is the account of the log group.
	Owner lenientString `json:"owner"`
	// LogEvents are sent to subscribers. Events are printed by `aws logs filter-log-events` and `get-log-events`.
	LogEvents []event `json:"logEvents"`
	Events    []event `json:"events"`
	Message   *string `json:"message"`
}

type event struct {
	Message string `json:"message"`
}

const controlMessage = "CONTROL_MESSAGE"

// parseDocument parses a document. It returns false if the document is not JSON, or contains no lines or control message.
func parseDocument(data []byte) (d document, ok bool) {
	if json.Unmarshal(data, &d) != nil {
		return d, false
	}
	return d, d.MessageType == controlMessage || d.LogEvents != nil || d.Events != nil || d.Message != nil
}

// appendLines appends the messages to a block of lines.
func (d *document) appendLines(block []byte) []byte {
	for message := range d.messages {
		block = endLine(append(block, message...))
	}
	return block
}

// messages calls yield for each message.
func (d *document) messages(yield func(message string) bool) {
	if d.Message != nil && !yield(*d.Message) {
		return
	}
	for _, events := range [][]event{d.LogEvents, d.Events} {
		for i := range events {
			if !yield(events[i].Message) {
				return
			}
		}
	}
}

// isBlank reports whether the document has no text in its messages.
func (d *document) isBlank() bool {
	for message := range d.messages {
		if message != "" {
			return false
		}
	}
	return true
}

// endLine adds the line feed that the last line of a block may lack.
func endLine(block []byte) []byte {
	if bytes.HasSuffix(block, []byte{'\n'}) {
		return block
	}
	return append(block, '\n')
}

// lenientString is a string that ignores values of other types, since the key may have another meaning in documents of
// other programs.
type lenientString string

// UnmarshalJSON stores a string and ignores any other value.
func (s *lenientString) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*s = lenientString(text)
	}
	return nil
}
