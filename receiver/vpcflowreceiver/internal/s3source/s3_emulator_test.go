// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

const testBucket = "flow-logs"

// s3Emulator is an emulator of S3 whose requests a test can intercept.
type s3Emulator struct {
	t      testing.TB
	server *httptest.Server
	client *s3.Client
	// backend is the emulator.
	backend http.Handler

	mu sync.Mutex
	// before can respond to a request for an object instead of the emulator, and reports whether it did.
	before func(w http.ResponseWriter, r *http.Request, key string) bool
	// gets counts the requests for objects, by key.
	gets map[string]int
}

func newS3Emulator(t testing.TB) *s3Emulator {
	e := &s3Emulator{t: t, gets: map[string]int{}}
	e.backend = gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	e.server = quietServer(http.HandlerFunc(e.serve))
	t.Cleanup(e.server.Close)
	anonymousAWS(t)
	c := e.config()
	loaded, err := loadAWSConfig(t.Context(), &c, zap.NewNop())
	require.NoError(t, err)
	e.client = newS3Client(loaded, &c)
	_, err = e.client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(testBucket)})
	require.NoError(t, err)
	return e
}

// anonymousAWS keeps the SDK from reading the configuration of this machine and from retrying.
func anonymousAWS(t testing.TB) {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_MAX_ATTEMPTS": "1",
	} {
		t.Setenv(name, value)
	}
}

// quietServer returns a server that logs nothing about broken connections.
func quietServer(handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	return server
}

// config returns a configuration for the emulator.
func (e *s3Emulator) config() Config {
	c := NewDefaultConfig()
	c.Bucket, c.Region, c.Endpoint, c.ForcePathStyle = testBucket, "eu-west-1", e.server.URL, true
	return c
}

func (e *s3Emulator) serve(w http.ResponseWriter, r *http.Request) {
	key, isObject := strings.CutPrefix(r.URL.Path, "/"+testBucket+"/")
	isObject = isObject && r.Method == http.MethodGet
	e.mu.Lock()
	before := e.before
	if isObject {
		e.gets[key]++
	}
	e.mu.Unlock()
	if before != nil && isObject && before(w, r, key) {
		return
	}
	e.backend.ServeHTTP(w, r)
}

// intercept sets before.
func (e *s3Emulator) intercept(before func(w http.ResponseWriter, r *http.Request, key string) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.before = before
}

// requested returns the number of requests for an object.
func (e *s3Emulator) requested(key string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gets[key]
}

// put creates an object and returns it as announced by a notification.
func (e *s3Emulator) put(key, content string) object {
	e.t.Helper()
	out, err := e.client.PutObject(e.t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(testBucket), Key: &key, Body: bytes.NewReader([]byte(content)),
	})
	require.NoError(e.t, err)
	return object{bucket: testBucket, key: key, etag: trimETag(*out.ETag), size: int64(len(content)), created: time.Now()}
}

// cutOff breaks the connection of the next responses for an object after a number of bytes.
func (e *s3Emulator) cutOff(key string, after int64, times int) {
	e.intercept(func(w http.ResponseWriter, r *http.Request, requested string) bool {
		if requested != key || times == 0 {
			return false
		}
		times--
		e.backend.ServeHTTP(&cutWriter{ResponseWriter: w, left: after}, r)
		return true
	})
}

// cutWriter breaks the connection after left bytes.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

// Write implements io.Writer.
func (w *cutWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p[:min(w.left, int64(len(p)))])
	if w.left -= int64(n); w.left == 0 {
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	return n, err
}

// readsFrom configures the emulator, and short waits after failed requests.
func (r *fixture) readsFrom(e *s3Emulator) *Config {
	*r.config, r.firstWait = e.config(), ingesttest.Tick
	return r.config
}
