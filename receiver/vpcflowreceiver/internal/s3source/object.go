// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
	"time"
)

// object is one object of S3, as whoever found it knows it.
type object struct {
	bucket, key string
	// etag tells what the object holds, without quotes; empty where it is not known. It is read only as long as it is that.
	etag string
	// size is in bytes; -1 where it is not known.
	size int64
	// time is when the object was made; zero where it is not known.
	time time.Time
	// turn waits until it is the turn of the object's records to be handed on; nil where it is at once.
	turn func(ctx context.Context) error
}

// name is for people.
func (o *object) name() string { return "s3://" + o.bucket + "/" + o.key }

// id is what the progress of the object is stored under. An object that is replaced by another with the same key is
// another object; one that is copied over itself is not.
func (o *object) id() string {
	sum := sha256.Sum256([]byte(o.bucket + "\x00" + o.key + "\x00" + o.etag))
	return hex.EncodeToString(sum[:16])
}

// isFlowLog looks at the name of an object, and says that it may be a flow log. What AWS has delivered lies under
// AWSLogs, with the name of the service in its path, and flow logs never under another's than vpcflowlogs; in the Hive
// layout that is aws-service=vpcflowlogs. CloudWatch Logs writes aws-logs-write-test only to see whether it may.
func isFlowLog(key string) bool {
	if strings.HasSuffix(key, "/") || path.Base(key) == "aws-logs-write-test" {
		return false
	}
	_, delivered, ok := strings.Cut("/"+key, "/AWSLogs/")
	return !ok || strings.Contains("/"+delivered, "/vpcflowlogs/") || strings.Contains("/"+delivered, "/aws-service=vpcflowlogs/")
}

// trimETag takes off the quotes that an ETag has in an HTTP header and in a listing, and not in a notification.
func trimETag(etag string) string { return strings.Trim(etag, "\"") }
