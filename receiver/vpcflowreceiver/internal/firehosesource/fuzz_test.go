// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

// FuzzFirehose compares the records of a body with the result of encoding/json. Malformed bodies are rejected with a
// reason. The size of the reads makes no difference.
func FuzzFirehose(f *testing.F) {
	for _, text := range []string{
		payload("id", line(1), ingesttest.Gzip(f, line(2)), ingesttest.Messages(line(3))), payload("id"), payload("other", "x"),
		"", "{}", "[]", `{"records":[{"data":null}]}`, `{"records":[{"data":"?"}]}`, `{"a":{"b":[1,{"c":"]"}]},"records":[]}`,
		`{"records":[{"data":"YQ=="},{"data":"YQ`, `{"records":[]}{}`, `{"records":[],"records":[{"data":"YQ=="}]}`, `{"requestId":null,"records":[]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := readRecords(bytes.NewReader(content))
		again, againErr := readRecords(iotest.OneByteReader(bytes.NewReader(content)))
		assert.Equal(t, got, again)
		assert.Equal(t, err == nil, againErr == nil)
		if err != nil {
			var known *rejection
			require.ErrorAs(t, err, &known)
			assert.NotEmpty(t, known.text)
			return
		}
		require.True(t, json.Valid(content))
		_, readErr := io.ReadAll(newRecordText(newRequestRecords(bytes.NewReader(content), "id"), func(flow.Counts) {}))
		require.NoError(t, readErr)
		// encoding/json also accepts other spellings of a key, and replaces the value of a repeated one.
		if !strings.Contains(string(content), `"records"`) || strings.Count(strings.ToLower(string(content)), "records") > 1 {
			return
		}
		var whole struct{ Records []struct{ Data []byte } }
		require.NoError(t, json.Unmarshal(content, &whole))
		require.Len(t, got, len(whole.Records))
		for i := range got {
			assert.Equal(t, string(whole.Records[i].Data), string(got[i]))
		}
	})
}

func readRecords(body io.Reader) (all [][]byte, _ error) {
	r := newRequestRecords(body, "id")
	for {
		data, err := r.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, data)
	}
}
