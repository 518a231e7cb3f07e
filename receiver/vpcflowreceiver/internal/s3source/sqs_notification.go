// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// notification is the decoded body of a queue message.
type notification struct {
	// objects are the created objects, in the order of the message.
	objects []object
	// otherEvents counts the events that announce no new object, such as test events.
	otherEvents int
}

// maxSNSLevels bounds how deep SNS messages may be nested: EventBridge can send to SNS, and SNS to a queue.
const maxSNSLevels = 2

var errNotNotification = errors.New("not a notification of S3, SNS or EventBridge")

// parseNotification decodes the body of a queue message: an S3 notification or an EventBridge event, either of them
// possibly wrapped by SNS.
func parseNotification(body string) (notification, error) {
	var m messageBody
	for range maxSNSLevels + 1 {
		m = messageBody{}
		if err := json.Unmarshal([]byte(body), &m); err != nil {
			return notification{}, fmt.Errorf("%w: %w", errNotNotification, err)
		}
		if m.Type != "Notification" {
			break
		}
		body = m.Message
	}
	switch {
	case len(m.Records) > 0:
		return m.parseS3()
	case m.Event == "s3:TestEvent":
		return notification{otherEvents: 1}, nil
	case m.Source == "aws.s3" && m.DetailType != "":
		return m.parseEventBridge()
	}
	return notification{}, errNotNotification
}

// messageBody has the fields of all supported messages.
type messageBody struct {
	// Records are the events of an S3 notification; see "Event message structure" in the S3 user guide.
	Records []s3Event `json:"Records"`
	// Event is s3:TestEvent in the message that S3 sends when notifications are configured.
	Event string `json:"Event"`

	// Type and Message are fields of SNS; see "Amazon SNS message and JSON formats" in the SNS developer guide.
	Type    string `json:"Type"`
	Message string `json:"Message"`

	// DetailType and the fields below are fields of EventBridge; see "EventBridge event message structure" in the S3
	// user guide.
	DetailType string       `json:"detail-type"`
	Source     string       `json:"source"`
	Time       creationTime `json:"time"`
	Detail     location     `json:"detail"`
}

// creationTime is the time of an event; zero if it is not known. Reading an object does not need it, so any other value is
// ignored. Some S3-compatible stores leave out the time zone, which is then UTC.
type creationTime struct{ time.Time }

// UnmarshalJSON never fails.
func (t *creationTime) UnmarshalJSON(text []byte) error {
	var value string
	_ = json.Unmarshal(text, &value)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime} {
		if parsed, err := time.Parse(layout, value); err == nil {
			t.Time = parsed
			return nil
		}
	}
	return nil
}

type s3Event struct {
	EventName string       `json:"eventName"`
	EventTime creationTime `json:"eventTime"`
	S3        location     `json:"s3"`
}

// location names an object. S3 spells the ETag eTag and EventBridge etag; encoding/json accepts both.
type location struct {
	Bucket struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key  string `json:"key"`
		Size *int64 `json:"size"`
		ETag string `json:"etag"`
	} `json:"object"`
}

// parseS3 decodes an S3 notification, whose keys are encoded as in a URL query.
func (m *messageBody) parseS3() (n notification, _ error) {
	for i := range m.Records {
		event := &m.Records[i]
		if !strings.HasPrefix(strings.TrimPrefix(event.EventName, "s3:"), "ObjectCreated:") {
			n.otherEvents++
			continue
		}
		key, err := url.QueryUnescape(event.S3.Object.Key)
		if err != nil {
			return notification{}, fmt.Errorf("decode object key: %w", err)
		}
		if err := n.add(&event.S3, key, event.EventTime.Time); err != nil {
			return notification{}, err
		}
	}
	return n, nil
}

// parseEventBridge decodes an EventBridge event, whose key is not encoded.
func (m *messageBody) parseEventBridge() (n notification, _ error) {
	if m.DetailType != "Object Created" {
		return notification{otherEvents: 1}, nil
	}
	err := n.add(&m.Detail, m.Detail.Object.Key, m.Time.Time)
	return n, err
}

func (n *notification) add(l *location, key string, created time.Time) error {
	if l.Bucket.Name == "" || key == "" {
		return errors.New("bucket or key missing")
	}
	o := object{bucket: l.Bucket.Name, key: key, etag: trimETag(l.Object.ETag), size: -1, created: created}
	if l.Object.Size != nil {
		if o.size = *l.Object.Size; o.size < 0 {
			return fmt.Errorf("negative object size: %d", o.size)
		}
	}
	n.objects = append(n.objects, o)
	return nil
}
