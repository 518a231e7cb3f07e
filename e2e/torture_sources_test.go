// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/require"
)

const tortureBucket = "flow-logs"

// buckets is an emulator of S3.
type buckets struct{ address string }

func newBuckets(t *testing.T) *buckets {
	t.Helper()
	server := httptest.NewServer(gofakes3.New(s3mem.New(), gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(server.Close)
	b := &buckets{server.URL}
	b.put(t, tortureBucket, "", "")
	b.put(t, queuedBucket, "", "")
	return b
}

// put writes an object. Without a key, it makes the bucket.
func (b *buckets) put(t *testing.T, bucket, key, content string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPut, b.address+"/"+bucket+"/"+key, strings.NewReader(content))
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(q)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// objectKey returns the key that AWS would give to an object of now.
func objectKey(number int) string {
	now := time.Now().UTC().Truncate(5 * time.Minute) //nolint:forbidigo // The receiver looks for objects of the last hour.
	return fmt.Sprintf("AWSLogs/123456789012/vpcflowlogs/eu-west-1/%s/123456789012_vpcflowlogs_eu-west-1_fl-0123456789abcdef0_%s_%08x.log.gz",
		now.Format("2006/01/02"), now.Format("20060102T1504Z"), number)
}

// appendFile appends text to a file. It writes gzip at once.
func appendFile(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = f.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

// moveIn writes a file that appears complete.
func moveIn(t *testing.T, path, content string) {
	t.Helper()
	temporary := filepath.Join(filepath.Dir(path), "temporary")
	require.NoError(t, os.WriteFile(temporary, []byte(content), 0o600))
	require.NoError(t, os.Rename(temporary, path))
}

// firehoseBody returns the body of a request with the flows of a part.
func firehoseBody(t *testing.T, p *part) string {
	t.Helper()
	type record struct {
		Data string `json:"data"`
	}
	var records []record
	for lines := range slices.Chunk(p.lines, 200) {
		text := strings.Join(lines, "")
		if len(records)%2 == 0 {
			text = tortureGzip(t, text)
		}
		records = append(records, record{base64.StdEncoding.EncodeToString([]byte(text))})
	}
	text, err := json.Marshal(map[string]any{"requestId": fmt.Sprint("part-", p.number), "timestamp": 1, "records": records})
	require.NoError(t, err)
	return string(text)
}

// post sends a request until it is accepted, as Firehose does. It returns false if the test has ended.
func post(t *testing.T, address string, p *part) bool {
	t.Helper()
	body := firehoseBody(t, p)
	for {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
		require.NoError(t, err)
		q.Header.Set("X-Amz-Firehose-Request-Id", fmt.Sprint("part-", p.number))
		q.Header.Set("X-Amz-Firehose-Protocol-Version", "1.0")
		response, err := http.DefaultClient.Do(q)
		if err == nil {
			text, _ := io.ReadAll(response.Body) // A killed collector sends a part.
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return true
			}
			if response.StatusCode < http.StatusInternalServerError {
				t.Errorf("Firehose request refused: %s: %s", response.Status, text)
				return false
			}
		}
		select {
		case <-t.Context().Done():
			return false
		case <-time.After(50 * time.Millisecond):
		}
	}
}
