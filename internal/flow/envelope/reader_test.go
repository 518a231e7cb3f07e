// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// cloudWatch makes a document with messages, as CloudWatch Logs sends it to subscribers.
func cloudWatch(owner string, messages ...string) string {
	var events []string
	for i, message := range messages {
		events = append(events, fmt.Sprintf(`{"id":"3689%d","timestamp":1418530010000,"message":%q}`, i, message))
	}
	return fmt.Sprintf(`{"messageType":"DATA_MESSAGE","owner":%q,"logGroup":"flow","logStream":"eni-1-all","subscriptionFilters":["all"],"logEvents":[%s]}`,
		owner, strings.Join(events, ","))
}

const control = `{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"",` +
	`"subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1418530010000,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}`

// contents is what a Reader returns for a whole input.
type contents struct {
	lines    string
	accounts []string
	bad      int
	firstBad *flow.LineError
	anyBad   bool // also rows of CSV with too few or too many values
	controls int
	source   string
}

// readAll reads an input to its end.
func readAll(tb testing.TB, r *Reader) (all contents, err error) {
	tb.Helper()
	for {
		block, err := r.Next()
		if err != nil {
			assert.Empty(tb, block)
			return all, err
		}
		all.lines += string(block)
		if n := len(all.accounts); len(block) > 0 && (n == 0 || all.accounts[n-1] != r.Account()) {
			all.accounts = append(all.accounts, r.Account())
		}
		all.bad += r.Counts().Bad[flow.BadEnvelope]
		for _, n := range r.Counts().Bad {
			all.anyBad = all.anyBad || n > 0
		}
		if all.firstBad == nil {
			all.firstBad = r.Counts().FirstBad
		}
		all.controls += r.Counts().Controls
		all.source += string(r.Source())
	}
}

func zipped(tb testing.TB, text string) string {
	tb.Helper()
	var buffer bytes.Buffer
	writer := gzip.NewWriter(&buffer)
	_, err := writer.Write([]byte(text))
	require.NoError(tb, err)
	require.NoError(tb, writer.Close())
	return buffer.String()
}

// envelopes are inputs and their contents.
var envelopes = map[string]struct {
	input    string
	lines    string
	bad      int
	controls int
}{
	"no input":                                   {input: ""},
	"blanks":                                     {input: " \r\n\n"},
	"a document of CloudWatch Logs":              {input: cloudWatch("1", "a", "b"), lines: "a\nb\n"},
	"documents without separators":               {input: cloudWatch("1", "a") + cloudWatch("1", "b") + cloudWatch("1", "c"), lines: "a\nb\nc\n"},
	"documents separated by line ends":           {input: cloudWatch("1", "a") + "\r\n\n" + cloudWatch("1", "b") + "\n", lines: "a\nb\n"},
	"documents separated by blanks":              {input: "\ufeff \n" + cloudWatch("1", "a") + " \t" + cloudWatch("1", "b"), lines: "a\nb\n"},
	"a document over several lines":              {input: strings.ReplaceAll(cloudWatch("1", "a", "b"), ",", ",\n  "), lines: "a\nb\n"},
	"a document without events":                  {input: cloudWatch("1")},
	"output of the command line":                 {input: "{\n \"events\": [\n  {\"logStreamName\": \"x\", \"message\": \"a\"},\n  {\"message\": \"b\"}\n ],\n \"searchedLogStreams\": []\n}\n", lines: "a\nb\n"},
	"control messages":                           {input: control + cloudWatch("1", "a") + "\n" + control, lines: "a\n", controls: 2},
	"a control message whose type comes last":    {input: `{"logEvents":[{"message":"x"}],"messageType":"CONTROL_MESSAGE"}`, controls: 1},
	"objects with a message, one per line":       {input: "{\"message\":\"a\"}\n{\"message\":\"b\",\"date\":1.5}\n", lines: "a\nb\n"},
	"objects with a message, without separators": {input: `{"message":"a"}{"message":"b"}`, lines: "a\nb\n"},
	"an array of objects":                        {input: `[{"message":"a"},{"message":"b"}]`, lines: "a\nb\n"},
	"other keys with any type":                   {input: `{"owner":{"a":[1]},"messageType":7,"logGroup":null,"message":"a"}`, lines: "a\n"},
	"escaped messages":                           {input: `{"message":"\u0061 \"{\\"}{"message":"b"}`, lines: "a \"{\\\nb\n"},
	"messages with line ends":                    {input: `{"message":"a\r\n"}{"message":"b\nc"}`, lines: "a\r\nb\nc\n"},
	"plain lines":                                {input: "a\nb\r\nc", lines: "a\nb\r\nc\n"},
	"lines between documents":                    {input: "a\n" + cloudWatch("", "b") + "\nc\nd\n{\"message\":\"e\"}\nf", lines: "a\nb\nc\nd\ne\nf\n"},
	"an indented document after a line":          {input: "a\n  {\"message\":\"b\"},\n\n [{\"message\":\"c\"}]\n", lines: "a\nb\nc\n"},
	"a line with a brace":                        {input: "a {\"message\":\"b\"}\n", lines: "a {\"message\":\"b\"}\n"},
	"an object without lines":                    {input: `{"a":{}}` + `{"message":"b"}`, lines: "b\n", bad: 1},
	"a message that is a number":                 {input: "{\"message\":1}\n{\"message\":\"b\"}", lines: "b\n", bad: 1},
	"a message that is null":                     {input: `{"message":null}`, bad: 1},
	"invalid JSON":                               {input: `{"message":"a",}` + `{"message":"b"}`, lines: "b\n", bad: 1},
	"a line truncated in a string":               {input: "{\"message\":\"a\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line truncated after a comma":             {input: "{\"x\":1,\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line truncated after a brace":             {input: "{\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line truncated after a key":               {input: "{\"message\":\n{\"message\":\"b\"}\n{\"message\":\"c\"}\n", lines: "b\nc\n", bad: 1},
	"a line truncated in an array":               {input: "{\"logEvents\":[{\"message\":\"a\"},\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"brackets that do not match":                 {input: "{\"logEvents\":[}\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"two strings without a separator":            {input: "{\"message\" \"a\"}\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a truncated document between others":        {input: cloudWatch("1", "a")[:150] + cloudWatch("1", "b") + cloudWatch("1", "c"), lines: "c\n", bad: 1},
	"a truncated document at the end":            {input: "{\"message\":\"a\"}\n" + cloudWatch("1", "b")[:150], lines: "a\n", bad: 1},
	"a quote in what looks like a CSV header":    {input: "x\"r,srcaddr\n,10.0.0.1\n", lines: "x\"r,srcaddr\n,10.0.0.1\n"},
	"the deepest nesting":                        {input: `{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `,"message":"a"}`, lines: "a\n"},
	"too deep nesting":                           {input: `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + ",\"message\":\"a\"}\n{\"message\":\"b\"}", lines: "b\n", bad: 1},
}

func TestReader(t *testing.T) {
	for name, test := range envelopes {
		for way, input := range map[string]io.Reader{
			"":                strings.NewReader(test.input),
			", gzip":          strings.NewReader(zipped(t, test.input)),
			", byte by byte":  iotest.OneByteReader(strings.NewReader(test.input)),
			", error at once": iotest.DataErrReader(strings.NewReader(test.input)),
		} {
			t.Run(name+way, func(t *testing.T) {
				got, err := readAll(t, NewReader(input))
				require.Equal(t, io.EOF, err)
				assert.Equal(t, test.lines, got.lines)
				assert.Equal(t, test.bad, got.bad)
				assert.Equal(t, test.controls, got.controls)
				assert.True(t, strings.HasPrefix(test.input, got.source))
			})
		}
	}
}

// TestReadingContinuesAfterSource reads a truncated input, and then the input after Source. Together they give all lines.
func TestReadingContinuesAfterSource(t *testing.T) {
	for name, test := range envelopes {
		t.Run(name, func(t *testing.T) {
			for cut := range test.input {
				r := NewReader(strings.NewReader(test.input[:cut]))
				r.Follow()
				first, err := readAll(t, r)
				require.Equal(t, io.EOF, err)
				require.True(t, strings.HasPrefix(test.input, first.source))
				rest, err := readAll(t, NewReader(strings.NewReader(test.input[len(first.source):])))
				require.Equal(t, io.EOF, err)
				if test.bad == 0 {
					require.Equal(t, test.lines, first.lines+rest.lines, "cut at %d", cut)
					require.Equal(t, test.controls, first.controls+rest.controls)
				}
				require.GreaterOrEqual(t, first.bad+rest.bad, min(test.bad, 1))
			}
		})
	}
}

func TestBlocksHaveOneAccount(t *testing.T) {
	got, err := readAll(t, NewReader(strings.NewReader(
		cloudWatch("1", "a")+cloudWatch("1", "b")+control+cloudWatch("2")+cloudWatch("3", "c")+"\nd\n"+`{"message":"e"}`+cloudWatch("1", "f"))))
	require.Equal(t, io.EOF, err)
	assert.Equal(t, []string{"1", "3", "", "1"}, got.accounts)
	assert.Equal(t, "a\nb\nc\nd\ne\nf\n", got.lines)
}

func TestErrorsShowTheStartOfTheDocument(t *testing.T) {
	got, err := readAll(t, NewReader(strings.NewReader(`{"log":"`+strings.Repeat("x", 100)+`"}`+`{"message":5}`)))
	require.Equal(t, io.EOF, err)
	assert.Equal(t, 2, got.bad)
	assert.Equal(t, flow.NewLineError(flow.BadEnvelope, "", `{"log":"`+strings.Repeat("x", maxSample-8)), got.firstBad)
}

func TestMemoryIsBounded(t *testing.T) {
	longest := `{"message":"a","x":"` + strings.Repeat("x", MaxDocument-22) + `"}`
	require.Len(t, longest, MaxDocument)
	for name, test := range map[string]struct {
		input string
		lines int
		bad   int
	}{
		"many objects":                    {strings.Repeat(`{"message":"a"}`+"\n", 100_000), 100_000, 0},
		"many documents":                  {strings.Repeat(cloudWatch("1", "a", "b"), 10_000), 20_000, 0},
		"many lines":                      {strings.Repeat("a b c\n", 200_000), 200_000, 0},
		"the longest document":            {longest + longest, 2, 0},
		"a document one byte too long":    {strings.Replace(longest, "x\"}", "xx\"}", 1) + "\n" + `{"message":"a"}`, 1, 1},
		"an endless document":             {`{"x":"` + strings.Repeat("x", 3*MaxDocument) + "\n" + `{"message":"a"}`, 1, 1},
		"a document with too many events": {"{\"events\":[\n" + strings.Repeat("{\"message\":\"a\", \"x\": \""+strings.Repeat("x", 1000)+"\"},\n", 20_000) + `{"message":"a"}]}`, 20_002, 1},
		"the longest line":                {strings.Repeat("x", flow.MaxLine) + "\nb\n", 2, 0},
		"very long lines":                 {strings.Repeat("x", 1<<20) + "\nb\n" + strings.Repeat("x", 1<<20), 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(strings.NewReader(test.input))
			lines, bad := 0, 0
			for {
				block, err := r.Next()
				if err != nil {
					require.Equal(t, io.EOF, err)
					break
				}
				lines += bytes.Count(block, []byte{'\n'})
				bad += r.Counts().Bad[flow.BadEnvelope]
				require.LessOrEqual(t, cap(r.data), 2*MaxDocument+4*blockSize)
				require.LessOrEqual(t, len(block), 4*blockSize)
			}
			assert.Equal(t, test.lines, lines)
			assert.Equal(t, test.bad, bad)
		})
	}
}

func TestInputErrorsComeAfterTheLines(t *testing.T) {
	gone := errors.New("gone")
	for name, test := range map[string]struct {
		input io.Reader
		lines string
		want  error
	}{
		"a connection error":            {io.MultiReader(strings.NewReader("a\n"+cloudWatch("1", "b")+`{"message":`), iotest.ErrReader(gone)), "a\nb\n", gone},
		"an immediate connection error": {iotest.ErrReader(gone), "", gone},
		"truncated gzip":                {strings.NewReader(zipped(t, "a\nb\n")[:20]), "a\nb\n", io.ErrUnexpectedEOF},
		"invalid gzip":                  {strings.NewReader("\x1f\x8bxxxxxxxxxx"), "", gzip.ErrHeader},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAll(t, NewReader(test.input))
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, test.lines, got.lines)
			assert.Zero(t, got.bad, "an unfinished document is not bad")
		})
	}
}

func TestIs(t *testing.T) {
	for head, want := range map[string]bool{
		"": false, " \n": false, "{": true, " \r\n{\"a": true, "\ufeff{": true, "[\n {": true, "[INFO] x": false, "2 123": false, "version account-id": false,
	} {
		assert.Equal(t, want, Is([]byte(head)), head)
	}
}

func BenchmarkReader(b *testing.B) {
	s := flowtest.Examples(b)[0]
	lines := strings.Split(strings.TrimSpace(string(s.Block())), "\n")
	for name, input := range map[string]string{
		"text":         strings.Repeat(string(s.Block()), 10),
		"documents":    strings.Repeat(cloudWatch("1", lines...), 10),
		"one per line": strings.Repeat(`{"message":"`+strings.Join(lines, "\"}\n{\"message\":\"")+"\"}\n", 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(input)))
			for b.Loop() {
				r := NewReader(strings.NewReader(input))
				for {
					if _, err := r.Next(); err != nil {
						break
					}
				}
			}
			flowtest.ReportPerRecord(b, 10*flowtest.BlockRecords)
		})
	}
}
