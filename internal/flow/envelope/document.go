// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flow

import (
	"bytes"
	"encoding/json"
)

// document is what of a JSON object tells about lines: of CloudWatch Logs, as it sends them to subscribers or as its
// command line prints them, or an object with one message.
type document struct {
	// MessageType is `CONTROL_MESSAGE` where CloudWatch Logs only tries whether its messages arrive.
	MessageType optional `json:"messageType"`
	// Owner is the account that the log group belongs to.
	Owner optional `json:"owner"`
	// LogEvents are those of a subscription, Events those of `aws logs filter-log-events` and `get-log-events`.
	LogEvents []event `json:"logEvents"`
	Events    []event `json:"events"`
	Message   *string `json:"message"`
}

type event struct {
	Message string `json:"message"`
}

// optional is text; what is something else is as good as absent, as the key may mean anything in another's object.
type optional string

// UnmarshalJSON takes a string and nothing else.
func (o *optional) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*o = optional(text)
	}
	return nil
}

const controlMessage = "CONTROL_MESSAGE"

// parseDocument reads a document; false where it is none of those that hold lines.
func parseDocument(data []byte) (d document, ok bool) {
	if json.Unmarshal(data, &d) != nil {
		return d, false
	}
	return d, d.MessageType == controlMessage || d.LogEvents != nil || d.Events != nil || d.Message != nil
}

// appendLines adds the messages to a block of lines.
func (d *document) appendLines(block []byte) []byte {
	if d.Message != nil {
		block = endLine(append(block, *d.Message...))
	}
	for _, events := range [][]event{d.LogEvents, d.Events} {
		for i := range events {
			block = endLine(append(block, events[i].Message...))
		}
	}
	return block
}

// endLine adds the line end that the last line of a block may lack.
func endLine(block []byte) []byte {
	if bytes.HasSuffix(block, []byte{'\n'}) {
		return block
	}
	return append(block, '\n')
}
