// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

var update = flag.Bool("update", false, "write the responses of the endpoint to testdata/responses.txt")

// chunked hides the length of a body.
type chunked struct{ io.Reader }

func TestResponses(t *testing.T) {
	const limit = 3000
	good := payload("id", line(1))
	manyAttributes := `{"commonAttributes":{"x":"1"` + strings.Repeat(`,"%d":""`, maxAttributes) + `}}`
	numbers := make([]any, maxAttributes)
	for i := range numbers {
		numbers[i] = i
	}
	var responses strings.Builder
	for _, c := range []struct {
		name    string
		content io.Reader
		headers []string
	}{
		{"a request as Firehose sends it", strings.NewReader(good), nil},
		{"a repeated request", strings.NewReader(good), nil},
		{"gzip", strings.NewReader(ingesttest.Gzip(t, good)), []string{"Content-Encoding", "gzip", headerSourceARN, "gzip"}},
		{"no records", strings.NewReader(`{"requestId":"id","timestamp":1,"records":[]}`), nil},
		{"other members and another order", strings.NewReader(`{"new":{"a":[1]},"records":[{"more":1,"data":""}],"timestamp":1,"requestId":"id"}`), []string{headerSourceARN, "order"}},
		{"neither requestId nor timestamp in the body", strings.NewReader(`{"records":[]}`), []string{headerSourceARN, "short"}},

		{"no access key", strings.NewReader(good), []string{headerAccessKey, ""}},
		{"another access key", strings.NewReader(good), []string{headerAccessKey, "another key"}},
		{"a prefix of the access key", strings.NewReader(good), []string{headerAccessKey, testKey[:len(testKey)-1]}},
		{"the access key and a suffix", strings.NewReader(good), []string{headerAccessKey, testKey + "x"}},
		{"another access key and not JSON", strings.NewReader("?"), []string{headerAccessKey, "another key"}},

		{"no request id", strings.NewReader(good), []string{headerRequestID, ""}},
		{"another request id than in the body", strings.NewReader(payload("other")), []string{headerSourceARN, "other id"}},
		{"a request id that is not a string", strings.NewReader(`{"requestId":1,"records":[]}`), []string{headerSourceARN, "id 1"}},
		{"another version of the protocol", strings.NewReader(good), []string{headerVersion, "2.0"}},
		{"attributes that are not JSON", strings.NewReader(good), []string{headerAttributes, "a=b"}},
		{"an attribute that is not a string", strings.NewReader(good), []string{headerAttributes, `{"commonAttributes":{"a":1}}`}},
		{"an attribute without a name", strings.NewReader(good), []string{headerAttributes, `{"commonAttributes":{"":"1"}}`}},
		{"too long an attribute", strings.NewReader(good), []string{headerAttributes, `{"commonAttributes":{"a":"` + strings.Repeat("x", maxAttributeValue+1) + `"}}`}},
		{"too many attributes", strings.NewReader(good), []string{headerAttributes, fmt.Sprintf(manyAttributes, numbers...)}},

		{"an empty body", strings.NewReader(""), []string{headerSourceARN, "1"}},
		{"not JSON", strings.NewReader("2 123456789010 eni-1"), []string{headerSourceARN, "2"}},
		{"a list", strings.NewReader("[]"), []string{headerSourceARN, "3"}},
		{"no list of records", strings.NewReader(`{"requestId":"id","timestamp":1}`), []string{headerSourceARN, "4"}},
		{"records that are not a list", strings.NewReader(`{"records":{}}`), []string{headerSourceARN, "5"}},
		{"a record that is not an object", strings.NewReader(`{"records":["x"]}`), []string{headerSourceARN, "6"}},
		{"a record without data", strings.NewReader(`{"records":[{}]}`), []string{headerSourceARN, "7"}},
		{"data that is null", strings.NewReader(`{"records":[{"data":null}]}`), []string{headerSourceARN, "8"}},
		{"data that is not a string", strings.NewReader(`{"records":[{"data":[1,2]}]}`), []string{headerSourceARN, "9"}},
		{"data that is not base64", strings.NewReader(`{"records":[{"data":""},{"data":"2 12345"}]}`), []string{headerSourceARN, "10"}},
		{"truncated JSON", strings.NewReader(good[:len(good)-1]), []string{headerSourceARN, "11"}},
		{"JSON truncated in a record", strings.NewReader(good[:len(good)-20]), []string{headerSourceARN, "12"}},
		{"text after the JSON", strings.NewReader(good + "{}"), []string{headerSourceARN, "13"}},
		{"invalid gzip", strings.NewReader(good), []string{"Content-Encoding", "gzip", headerSourceARN, "14"}},
		{"truncated gzip", strings.NewReader(ingesttest.Gzip(t, good)[:60]), []string{"Content-Encoding", "gzip", headerSourceARN, "15"}},
		{"an unsupported encoding", strings.NewReader(good), []string{"Content-Encoding", "br"}},

		{"the maximum size", strings.NewReader(good + strings.Repeat(" ", limit-len(good))), []string{headerSourceARN, "16"}},
		{"too large", strings.NewReader(good + strings.Repeat(" ", limit-len(good)+1)), []string{headerSourceARN, "17"}},
		{"too large, of unknown length", chunked{strings.NewReader(payload("id", ingesttest.Lines(50, 90)))}, []string{headerSourceARN, "18"}},
		{"too large when uncompressed", strings.NewReader(ingesttest.Gzip(t, payload("id", ingesttest.Lines(50, 90)))), []string{"Content-Encoding", "gzip", headerSourceARN, "19"}},
	} {
		r := newFixture(t)
		r.config.MaxRequestBodySize = limit
		r.start()
		if c.name == "a repeated request" {
			r.post("id", line(1))
		}
		out, err := r.client.Do(r.request("id", c.content, c.headers...))
		require.NoError(t, err, c.name)
		text, err := io.ReadAll(out.Body)
		require.NoError(t, err)
		require.NoError(t, out.Body.Close())
		fmt.Fprintf(&responses, "%s\n  %s\n", c.name, out.Status)
		for _, header := range []string{"Allow", "Content-Type", "Retry-After"} {
			if value := out.Header.Get(header); value != "" {
				fmt.Fprintf(&responses, "  %s: %s\n", header, value)
			}
		}
		fmt.Fprintf(&responses, "  %s\n\n", text)
		r.stop()
	}
	path := filepath.Join("testdata", "responses.txt")
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(responses.String()), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(bytes.TrimSpace(want)), strings.TrimSpace(responses.String()))
}

func TestOtherMethodsAreRejectedWithAnExplanation(t *testing.T) {
	r := newFixture(t)
	r.start()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut} {
		q := r.request("", http.NoBody)
		q.Method = method
		out, err := r.client.Do(q)
		require.NoError(t, err)
		text, err := io.ReadAll(out.Body)
		require.NoError(t, err)
		require.NoError(t, out.Body.Close())
		assert.Equal(t, http.StatusMethodNotAllowed, out.StatusCode)
		assert.Equal(t, http.MethodPost, out.Header.Get("Allow"))
		if method != http.MethodHead {
			assert.JSONEq(t, `{"requestId":"","timestamp":1700000000123,"errorMessage":"this endpoint is for Amazon Data Firehose and accepts POST only"}`, string(text))
		}
	}
	r.RequireCounter("firehose.requests", map[string]int64{"not_post": 3})
}

func TestRecordsBeforeAMalformedPartAreAcceptedOnce(t *testing.T) {
	r := newFixture(t)
	r.start()
	content := payload("id", line(1), line(2))
	for range 3 {
		status, message := r.send(r.request("id", strings.NewReader(content[:len(content)-3])))
		assert.Equal(t, http.StatusBadRequest, status, message)
	}
	assert.Equal(t, ingesttest.PortRange(1, 2), ingesttest.SourcePorts(r.Sink.AllLogs()))
	// Then the complete request arrives.
	status, message := r.post("id", line(1), line(2), line(3))
	assert.Equal(t, http.StatusOK, status, message)
	assert.Equal(t, ingesttest.PortRange(1, 3), ingesttest.SourcePorts(r.Sink.AllLogs()))
	r.RequireCounter("firehose.requests", map[string]int64{"malformed": 3, "accepted": 1})
}

func TestShorterRepeatIsRejected(t *testing.T) {
	r := newFixture(t)
	r.start()
	content := payload("id", line(1), line(2))
	r.send(r.request("id", strings.NewReader(content[:len(content)-3])))
	status, message := r.post("id", "x")
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, "the request is shorter than the part that was already accepted under its id", message)
}

func TestRecordSizeIsBounded(t *testing.T) {
	const limit = 10_000
	for name, content := range map[string]string{
		"record": `{"records":[{"data":"` + strings.Repeat("A", 2*limit) + `"}]}`,
		"id":     `{"requestId":"` + strings.Repeat("A", 2*limit) + `"}`,
		"other":  `{"x":[` + strings.Repeat("1,", limit) + `1]}`,
		"blanks": `{` + strings.Repeat(" ", 2*limit) + `}`,
	} {
		r := newRequestRecords(strings.NewReader(content), "id")
		r.max = limit
		_, err := r.next()
		var refused *rejection
		require.ErrorAs(t, err, &refused, name)
		assert.Equal(t, rejection{requestTooLarge, "the body, or a record in it, has more than 10000 bytes"}, *refused, name)
	}
}

func TestLimitAppliesToEachRecord(t *testing.T) {
	const limit = 10_000
	r := newRequestRecords(strings.NewReader(payload("id", repeat(strings.Repeat("x", limit/2), 100)...)), "id")
	r.max = limit
	for range 100 {
		data, err := r.next()
		require.NoError(t, err)
		require.Len(t, data, limit/2)
	}
	_, err := r.next()
	require.ErrorIs(t, err, io.EOF)
}

func TestPreviousAccessKeyIsAccepted(t *testing.T) {
	r := newFixture(t)
	r.config.PreviousAccessKey = "the previous key"
	r.start()
	for key, want := range map[string]int{testKey: 200, "the previous key": 200, "": 401, "another": 401, testKey + ",the previous key": 401} {
		id := fmt.Sprint("id-", len(key))
		status, _ := r.send(r.request(id, strings.NewReader(payload(id, line(1))), headerAccessKey, key))
		assert.Equal(t, want, status, key)
	}
	r.RequireCounter("firehose.requests", map[string]int64{"accepted": 2, "unauthorized": 3})
}
