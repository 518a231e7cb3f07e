// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	created  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plainKey = object{bucket: "b", key: "AWSLogs/a.log.gz", etag: "e", size: 7, created: created}
	// escapedKey has characters that are encoded in a URL.
	escapedKey = object{bucket: "b", key: "red flower+x=é%2F/a:1.log", etag: "e", size: 0, created: created}
)

func TestParseNotification(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want notification
	}{
		"directly from S3":             {s3Notification(plainKey), notification{objects: []object{plainKey}}},
		"several objects":              {s3Notification(plainKey, escapedKey), notification{objects: []object{plainKey, escapedKey}}},
		"encoded key":                  {s3Notification(escapedKey), notification{objects: []object{escapedKey}}},
		"wrapped by SNS":               {wrapSNS(s3Notification(escapedKey)), notification{objects: []object{escapedKey}}},
		"from EventBridge":             {eventBridgeEvent("Object Created", escapedKey), notification{objects: []object{escapedKey}}},
		"from EventBridge through SNS": {wrapSNS(eventBridgeEvent("Object Created", escapedKey)), notification{objects: []object{escapedKey}}},
		"wrapped twice":                {wrapSNS(wrapSNS(s3Notification(plainKey))), notification{objects: []object{plainKey}}},
		"another event of EventBridge": {eventBridgeEvent("Object Deleted", escapedKey), notification{otherEvents: 1}},
		"a deleted object":             {strings.ReplaceAll(s3Notification(plainKey), "ObjectCreated:Put", "ObjectRemoved:Delete"), notification{otherEvents: 1}},
		"copied":                       {strings.ReplaceAll(s3Notification(plainKey), "ObjectCreated:Put", "ObjectCreated:Copy"), notification{objects: []object{plainKey}}},
		"another store":                {strings.ReplaceAll(s3Notification(plainKey), "ObjectCreated:Put", "s3:ObjectCreated:Put"), notification{objects: []object{plainKey}}},
		"a test event":                 {testEvent, notification{otherEvents: 1}},
		"a test event, wrapped by SNS": {wrapSNS(testEvent), notification{otherEvents: 1}},
		"an ETag in quotes":            {strings.ReplaceAll(s3Notification(plainKey), `"e"`, `"\"e\""`), notification{objects: []object{plainKey}}},
		"no size and no ETag":          {`{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`, notification{objects: []object{{bucket: "b", key: "k", size: -1}}}},
		"a time without a zone":        {withTime("2026-01-02T03:04:05.883787"), notification{objects: []object{at(plainKey, created.Add(883787*time.Microsecond))}}},
		"a time with a space":          {withTime("2026-01-02 03:04:05"), notification{objects: []object{plainKey}}},
		"no valid time":                {withTime("soon"), notification{objects: []object{at(plainKey, time.Time{})}}},
		"an empty event":               {`{"Records":[{}]}`, notification{otherEvents: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseNotification(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// withTime returns a notification of plainKey with another time. Some S3-compatible stores do not send RFC 3339.
func withTime(text string) string {
	return strings.ReplaceAll(s3Notification(plainKey), created.Format(time.RFC3339), text)
}

func at(o object, created time.Time) object {
	o.created = created
	return o
}

const testEvent = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"b","RequestId":"1","HostId":"2"}`

func TestParseNotificationErrors(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"empty":                   {"", "not a notification"},
		"not JSON":                {"Hello", "not a notification"},
		"other JSON":              {"{}", "not a notification"},
		"an array":                {"[]", "not a notification"},
		"no records":              {`{"Records":[]}`, "not a notification"},
		"other records":           {`{"Records":[1]}`, "not a notification"},
		"a subscription":          {`{"Type":"SubscriptionConfirmation","Message":"You have chosen"}`, "not a notification"},
		"another SNS message":     {wrapSNS("Hello"), "not a notification"},
		"wrapped three times":     {wrapSNS(wrapSNS(wrapSNS(s3Notification(plainKey)))), "not a notification"},
		"another service":         {strings.ReplaceAll(eventBridgeEvent("Object Created", plainKey), "aws.s3", "aws.ec2"), "not a notification"},
		"no bucket":               {s3Notification(object{key: "k"}), "bucket or key missing"},
		"no key":                  {eventBridgeEvent("Object Created", object{bucket: "b"}), "bucket or key missing"},
		"an invalid key encoding": {strings.ReplaceAll(s3Notification(plainKey), "a.log", "%zz"), "decode object key"},
		"an invalid size":         {strings.ReplaceAll(s3Notification(plainKey), ":7", `:"7"`), "not a notification"},
		"a negative size":         {strings.ReplaceAll(s3Notification(plainKey), ":7", ":-7"), "negative object size"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseNotification(test.body)
			assert.ErrorContains(t, err, test.want)
			assert.Empty(t, got)
		})
	}
}

func FuzzParseNotification(f *testing.F) {
	for _, o := range []object{plainKey, escapedKey} {
		for _, body := range []string{s3Notification(o, o), eventBridgeEvent("Object Created", o), testEvent} {
			f.Add(body)
			f.Add(wrapSNS(body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := parseNotification(body)
		if err != nil {
			assert.Empty(t, got)
			return
		}
		assert.Positive(t, len(got.objects)+got.otherEvents)
		for _, o := range got.objects {
			assert.NotEmpty(t, o.bucket)
			assert.NotEmpty(t, o.key)
			assert.GreaterOrEqual(t, o.size, int64(-1))
		}
	})
}

func TestMayBeFlowLog(t *testing.T) {
	for key, want := range map[string]bool{
		"a.log": true,
		"AWSLogs/123456789010/vpcflowlogs/eu-west-1/2026/01/01/123456789010_vpcflowlogs_eu-west-1_fl-1_20260101T0000Z_1.log.gz":       true,
		"some/prefix/AWSLogs/123456789010/vpcflowlogs/eu-west-1/2026/01/01/00/x.log.parquet":                                          true,
		"AWSLogs/aws-account-id=123456789010/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=01/day=01/hour=00/x.log.gz": true,
		"AWSLogs/123456789010/CloudTrail/eu-west-1/2026/01/01/x.json.gz":                                                              false,
		"some/prefix/AWSLogs/123456789010/elasticloadbalancing/eu-west-1/x.log.gz":                                                    false,
		"AWSLogs/aws-account-id=123456789010/aws-service=route53resolver/x":                                                           false,
		"AWSLogs/":              false,
		"folder/":               false,
		"aws-logs-write-test":   false,
		"x/aws-logs-write-test": false,
		"NotAWSLogs/a":          true,
	} {
		assert.Equal(t, want, mayBeFlowLog(key), key)
	}
}
