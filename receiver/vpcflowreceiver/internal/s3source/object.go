// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
	"time"
)

// object identifies one S3 object, as announced by the queue or listed from the bucket.
type object struct {
	bucket, key string
	// etag identifies the content, without quotes; empty if unknown. Only content with this ETag is read.
	etag string
	// size is in bytes; -1 if unknown.
	size int64
	// created is when S3 received the object; zero if unknown.
	created time.Time
}

// name returns the S3 URI, for messages.
func (o *object) name() string { return "s3://" + o.bucket + "/" + o.key }

// id returns the key of the object's checkpoint. New content under the same key has another id. An object that is
// overwritten with the same content keeps its id.
func (o *object) id() string {
	sum := sha256.Sum256([]byte(o.bucket + "\x00" + o.key + "\x00" + o.etag))
	return hex.EncodeToString(sum[:16])
}

// mayBeFlowLog reports whether an object with this key can be a flow log. AWS delivers logs below AWSLogs, with the
// name of the service in the path (aws-service=<name> in the Hive layout). CloudWatch Logs creates aws-logs-write-test
// to check its permissions.
func mayBeFlowLog(key string) bool {
	if strings.HasSuffix(key, "/") || path.Base(key) == "aws-logs-write-test" {
		return false
	}
	_, delivered, ok := strings.Cut("/"+key, "/AWSLogs/")
	return !ok || strings.Contains("/"+delivered, "/vpcflowlogs/") || strings.Contains("/"+delivered, "/aws-service=vpcflowlogs/")
}

// trimETag removes the quotes that an ETag has in HTTP headers and listings, but not in notifications.
func trimETag(etag string) string { return strings.Trim(etag, "\"") }
