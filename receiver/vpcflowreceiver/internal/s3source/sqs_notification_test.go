// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	made     = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plainKey = object{bucket: "b", key: "AWSLogs/a.log.gz", etag: "e", size: 7, time: made}
	// oddKey has what the encoding of a URL changes.
	oddKey = object{bucket: "b", key: "red flower+x=é%2F/a:1.log", etag: "e", size: 0, time: made}
)

func TestWhatAMessageTells(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want notice
	}{
		"straight from S3":                {notification(plainKey), notice{created: []object{plainKey}}},
		"several objects":                 {notification(plainKey, oddKey), notice{created: []object{plainKey, oddKey}}},
		"keys are decoded":                {notification(oddKey), notice{created: []object{oddKey}}},
		"wrapped by SNS":                  {fromSNS(notification(oddKey)), notice{created: []object{oddKey}}},
		"from EventBridge":                {fromEventBridge("Object Created", oddKey), notice{created: []object{oddKey}}},
		"from EventBridge through SNS":    {fromSNS(fromEventBridge("Object Created", oddKey)), notice{created: []object{oddKey}}},
		"wrapped twice":                   {fromSNS(fromSNS(notification(plainKey))), notice{created: []object{plainKey}}},
		"another event of EventBridge":    {fromEventBridge("Object Deleted", oddKey), notice{others: 1}},
		"an object that is no more":       {strings.ReplaceAll(notification(plainKey), "ObjectCreated:Put", "ObjectRemoved:Delete"), notice{others: 1}},
		"copied":                          {strings.ReplaceAll(notification(plainKey), "ObjectCreated:Put", "ObjectCreated:Copy"), notice{created: []object{plainKey}}},
		"of another store":                {strings.ReplaceAll(notification(plainKey), "ObjectCreated:Put", "s3:ObjectCreated:Put"), notice{created: []object{plainKey}}},
		"a test event":                    {testEvent, notice{others: 1}},
		"a test event, wrapped by SNS":    {fromSNS(testEvent), notice{others: 1}},
		"an ETag in quotes":               {strings.ReplaceAll(notification(plainKey), `"e"`, `"\"e\""`), notice{created: []object{plainKey}}},
		"neither size nor ETag":           {`{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}`, notice{created: []object{{bucket: "b", key: "k", size: -1}}}},
		"an event without what one needs": {`{"Records":[{}]}`, notice{others: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseNotice(test.body)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

const testEvent = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"b","RequestId":"1","HostId":"2"}`

func TestWhatIsNoNotificationSaysSo(t *testing.T) {
	for name, test := range map[string]struct{ body, want string }{
		"empty":                {"", "it is no notification"},
		"no JSON":              {"Hello", "it is no notification"},
		"other JSON":           {"{}", "it is no notification"},
		"an array":             {"[]", "it is no notification"},
		"no records":           {`{"Records":[]}`, "it is no notification"},
		"other records":        {`{"Records":[1]}`, "it is no notification"},
		"a subscription":       {`{"Type":"SubscriptionConfirmation","Message":"You have chosen"}`, "it is no notification"},
		"SNS of something":     {fromSNS("Hello"), "it is no notification"},
		"wrapped three times":  {fromSNS(fromSNS(fromSNS(notification(plainKey)))), "it is no notification"},
		"another service":      {strings.ReplaceAll(fromEventBridge("Object Created", plainKey), "aws.s3", "aws.ec2"), "it is no notification"},
		"no bucket":            {notification(object{key: "k"}), "it names no bucket or no key"},
		"no key":               {fromEventBridge("Object Created", object{bucket: "b"}), "it names no bucket or no key"},
		"a key not encoded":    {strings.ReplaceAll(notification(plainKey), "a.log", "%zz"), "its key is not encoded"},
		"a time that is none":  {strings.ReplaceAll(notification(plainKey), "2026-", "26-"), "it is no notification"},
		"a size that is none":  {strings.ReplaceAll(notification(plainKey), ":7", `:"7"`), "it is no notification"},
		"a size below nothing": {strings.ReplaceAll(notification(plainKey), ":7", ":-7"), "less than nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseNotice(test.body)
			assert.ErrorContains(t, err, test.want)
			assert.Empty(t, got)
		})
	}
}

func FuzzParseNotice(f *testing.F) {
	for _, o := range []object{plainKey, oddKey} {
		for _, body := range []string{notification(o, o), fromEventBridge("Object Created", o), testEvent} {
			f.Add(body)
			f.Add(fromSNS(body))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := parseNotice(body)
		if err != nil {
			assert.Empty(t, got)
			return
		}
		assert.Positive(t, len(got.created)+got.others)
		for _, o := range got.created {
			assert.NotEmpty(t, o.bucket)
			assert.NotEmpty(t, o.key)
			assert.GreaterOrEqual(t, o.size, int64(-1))
		}
	})
}

func TestWhichKeysMayBeFlowLogs(t *testing.T) {
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
		assert.Equal(t, want, isFlowLog(key), key)
	}
}
