// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package s3source

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
)

const bucketName = "flow-logs"

// memoryBucket is a bucket without a network, so that it can be used in a synctest bubble.
type memoryBucket struct {
	t       testing.TB
	backend *s3mem.Backend
	handler http.Handler

	mu sync.Mutex
	// requests has the method and the path of each request; LIST and the prefix for listings.
	requests []string
	// fault can respond instead of the bucket.
	fault func(*http.Request) (*http.Response, error)
	// corrupt, if set, can truncate the body of a response and end it with an error.
	corrupt func(r *http.Request, body string) (string, error)
}

// clock is the clock of the bubble, for the emulator.
type clock struct{}

func (clock) Now() time.Time                  { return time.Now() }
func (clock) Since(t time.Time) time.Duration { return time.Since(t) }
func (b *memoryBucket) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	request := r.Method + " " + r.URL.Path
	if r.URL.Query().Has("list-type") {
		request = "LIST " + r.URL.Query().Get("prefix")
	}
	b.requests = append(b.requests, request)
	fault, corrupt := b.fault, b.corrupt
	b.mu.Unlock()
	if fault != nil {
		if answer, err := fault(r); answer != nil || err != nil {
			return answer, err
		}
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	recorder := httptest.NewRecorder()
	b.handler.ServeHTTP(recorder, r)
	answer := recorder.Result()
	answer.Request = r
	if corrupt != nil {
		whole, err := io.ReadAll(answer.Body)
		require.NoError(b.t, err)
		body, err := corrupt(r, string(whole))
		answer.Body = io.NopCloser(io.MultiReader(strings.NewReader(body), failingReader{err}))
	}
	return answer, nil
}

func newMemoryBucket(t testing.TB) *memoryBucket {
	b := &memoryBucket{t: t, backend: s3mem.New(s3mem.WithTimeSource(clock{}))}
	b.handler = gofakes3.New(b.backend, gofakes3.WithTimeSource(clock{})).Server()
	require.NoError(t, b.backend.CreateBucket(bucketName))
	return b
}

func (b *memoryBucket) client() *s3.Client {
	return s3.New(s3.Options{
		Region:           "eu-west-1",
		BaseEndpoint:     aws.String("http://bucket.test"),
		UsePathStyle:     true,
		Credentials:      credentials.NewStaticCredentialsProvider("id", "secret", ""),
		HTTPClient:       &http.Client{Transport: b},
		RetryMaxAttempts: 1,
	})
}

func (b *memoryBucket) put(key, content string) {
	b.t.Helper()
	_, err := b.backend.PutObject(bucketName, key, nil, bytes.NewReader([]byte(content)), int64(len(content)), nil)
	require.NoError(b.t, err)
}

// lists returns the prefixes that were listed since the last call.
func (b *memoryBucket) lists() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	prefixes := []string{}
	for _, request := range b.requests {
		if prefix, ok := strings.CutPrefix(request, "LIST "); ok {
			prefixes = append(prefixes, prefix)
		}
	}
	b.requests = nil
	return prefixes
}

// fail makes some requests fail with a status and an error code of S3 until it is called again. An empty code ends that.
func (b *memoryBucket) fail(status int, code string, which func(*http.Request) bool) {
	b.failEach(func(r *http.Request) (int, string) {
		if code == "" || !which(r) {
			return 0, ""
		}
		return status, code
	})
}

// failEach makes each request fail for which the function returns a status and an error code of S3.
func (b *memoryBucket) failEach(errorOf func(*http.Request) (status int, code string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = func(r *http.Request) (*http.Response, error) {
		status, code := errorOf(r)
		if code == "" {
			return nil, nil
		}
		body := fmt.Sprintf("<Error><Code>%s</Code><Message>an error of the test</Message></Error>", code)
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {"application/xml"}},
			Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
}

// corruptBodies sets a function that changes the bodies of responses.
func (b *memoryBucket) corruptBodies(corrupt func(r *http.Request, body string) (string, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.corrupt = corrupt
}

// failingReader returns an error, or io.EOF if that is nil.
type failingReader struct{ err error }

// Read implements io.Reader.
func (r failingReader) Read([]byte) (int, error) { return 0, cmp.Or(r.err, io.EOF) }

// pass advances the time of the bubble.
func pass(d time.Duration) { <-time.After(d) }

func isList(r *http.Request) bool { return r.URL.Query().Has("list-type") }

// layout is the layout of the keys of a flow log.
type layout struct {
	prefix, organization  string
	account, region, id   string
	hive, hourly, parquet bool
}

// folder returns the folder of the account and region.
func (l layout) folder() string {
	organization := ""
	if l.organization != "" {
		organization = l.organization + "/"
	}
	if l.hive {
		return fmt.Sprintf("%sAWSLogs/%saws-account-id=%s/aws-service=vpcflowlogs/aws-region=%s/", l.prefix, organization, l.account, l.region)
	}
	return fmt.Sprintf("%sAWSLogs/%s%s/vpcflowlogs/%s/", l.prefix, organization, l.account, l.region)
}

// key returns the key of an object; n distinguishes objects of the same time.
func (l layout) key(t time.Time, n int) string {
	folders := "2006/01/02/"
	if l.hive {
		folders = "year=2006/month=01/day=02/"
	}
	if l.hourly && l.hive {
		folders += "hour=15/"
	} else if l.hourly {
		folders += "15/"
	}
	suffix := "log.gz"
	if l.parquet {
		suffix = "log.parquet"
	}
	return l.folder() + t.UTC().Format(folders) +
		fmt.Sprintf("%s_vpcflowlogs_%s_%s_%s_%08x.%s", l.account, l.region, l.id, t.UTC().Format("20060102T1504Z"), n, suffix)
}

// layouts returns all layouts, each for another account.
func layouts(prefix string) []layout {
	var all []layout
	for n := range 8 {
		l := layout{
			prefix: prefix, account: fmt.Sprintf("%012d", n), region: "eu-west-1", id: fmt.Sprintf("fl-%017x", 0xf0-n),
			hive: n&1 != 0, hourly: n&2 != 0, parquet: n&4 != 0,
		}
		if n == 7 {
			l.organization = "o-a1b2c3d4e5"
		}
		all = append(all, l)
	}
	return all
}
