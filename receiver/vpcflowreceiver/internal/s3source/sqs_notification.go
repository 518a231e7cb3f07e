// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// notice is what a message of the queue tells.
type notice struct {
	// created are the objects that were made, in the order of the message.
	created []object
	// others is how many events of other kinds the message tells of, such as that S3 tries whether its messages arrive.
	others int
}

// message is what there may be in a message: a notification of S3, one of SNS that holds another message, or an event of
// EventBridge.
type message struct {
	// Records are the events of a notification of S3; see "Event message structure" in the user guide of S3.
	Records []s3Event `json:"Records"`
	// Event is s3:TestEvent where S3 has been told to notify.
	Event string `json:"Event"`

	// Type is that of a message of SNS; see "Amazon SNS message and JSON formats" in the developer guide of SNS.
	Type    string `json:"Type"`
	Message string `json:"Message"`

	// DetailType is that of an event of EventBridge; see "EventBridge event message structure" in the user guide of S3.
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Time       time.Time `json:"time"`
	Detail     place     `json:"detail"`
}

type s3Event struct {
	EventName string    `json:"eventName"`
	EventTime time.Time `json:"eventTime"`
	S3        place     `json:"s3"`
}

// place is where an object is. The ETag is eTag in a notification of S3 and etag in an event of EventBridge, which is all
// the same to encoding/json.
type place struct {
	Bucket struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key  string `json:"key"`
		Size *int64 `json:"size"`
		ETag string `json:"etag"`
	} `json:"object"`
}

// maxWrappers bounds how many messages of SNS may stand in each other: EventBridge may send to SNS, and SNS to a queue.
const maxWrappers = 2

var errNoNotice = errors.New("it is no notification of S3, of SNS or of EventBridge")

// parseNotice reads the body of a message.
func parseNotice(body string) (notice, error) {
	var m message
	for range maxWrappers + 1 {
		m = message{}
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			return notice{}, fmt.Errorf("%w: %w", errNoNotice, err)
		}
		if m.Type != "Notification" {
			break
		}
		body = m.Message
	}
	switch {
	case len(m.Records) > 0:
		return m.fromS3()
	case m.Event == "s3:TestEvent":
		return notice{others: 1}, nil
	case m.Source == "aws.s3" && m.DetailType != "":
		return m.fromEventBridge()
	}
	return notice{}, errNoNotice
}

// fromS3 reads a notification of S3, in which keys are encoded as in the query of a URL.
func (m *message) fromS3() (n notice, _ error) {
	for i := range m.Records {
		event := &m.Records[i]
		if !strings.HasPrefix(strings.TrimPrefix(event.EventName, "s3:"), "ObjectCreated:") {
			n.others++
			continue
		}
		key, err := url.QueryUnescape(event.S3.Object.Key)
		if err != nil {
			return notice{}, fmt.Errorf("its key is not encoded: %w", err)
		}
		if err := n.add(&event.S3, key, event.EventTime); err != nil {
			return notice{}, err
		}
	}
	return n, nil
}

// fromEventBridge reads an event of EventBridge, in which keys are as they are.
func (m *message) fromEventBridge() (n notice, _ error) {
	if m.DetailType != "Object Created" {
		return notice{others: 1}, nil
	}
	err := n.add(&m.Detail, m.Detail.Object.Key, m.Time)
	return n, err
}

func (n *notice) add(p *place, key string, made time.Time) error {
	if p.Bucket.Name == "" || key == "" {
		return errors.New("it names no bucket or no key")
	}
	o := object{bucket: p.Bucket.Name, key: key, etag: trimETag(p.Object.ETag), size: -1, time: made}
	if p.Object.Size != nil {
		if o.size = *p.Object.Size; o.size < 0 {
			return fmt.Errorf("its object has a size less than nothing: %d", o.size)
		}
	}
	n.created = append(n.created, o)
	return nil
}
