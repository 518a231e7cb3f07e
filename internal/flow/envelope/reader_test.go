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

// cloudWatch is a document as CloudWatch Logs sends it to subscribers, of these messages.
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

// unpacked is all that Lines gives of an input.
type unpacked struct {
	lines    string
	accounts []string
	bad      int
	firstBad *flow.LineError
	controls int
	source   string
}

func unpack(tb testing.TB, l *Reader) (all unpacked, err error) {
	tb.Helper()
	for {
		block, err := l.Next()
		if err != nil {
			assert.Empty(tb, block)
			return all, err
		}
		all.lines += string(block)
		if n := len(all.accounts); len(block) > 0 && (n == 0 || all.accounts[n-1] != l.Account()) {
			all.accounts = append(all.accounts, l.Account())
		}
		all.bad += l.Counts().Bad[flow.BadEnvelope]
		if all.firstBad == nil {
			all.firstBad = l.Counts().FirstBad
		}
		all.controls += l.Counts().Controls
		all.source += string(l.Source())
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

// envelopes are inputs and what is in them.
var envelopes = map[string]struct {
	input    string
	lines    string
	bad      int
	controls int
}{
	"nothing":                                  {input: ""},
	"blanks":                                   {input: " \r\n\n"},
	"a document of CloudWatch Logs":            {input: cloudWatch("1", "a", "b"), lines: "a\nb\n"},
	"documents without anything between":       {input: cloudWatch("1", "a") + cloudWatch("1", "b") + cloudWatch("1", "c"), lines: "a\nb\nc\n"},
	"documents with line ends between":         {input: cloudWatch("1", "a") + "\r\n\n" + cloudWatch("1", "b") + "\n", lines: "a\nb\n"},
	"documents with blanks before and between": {input: "\ufeff \n" + cloudWatch("1", "a") + " \t" + cloudWatch("1", "b"), lines: "a\nb\n"},
	"a document over several lines":            {input: strings.ReplaceAll(cloudWatch("1", "a", "b"), ",", ",\n  "), lines: "a\nb\n"},
	"a document without events":                {input: cloudWatch("1")},
	"what the command line prints":             {input: "{\n \"events\": [\n  {\"logStreamName\": \"x\", \"message\": \"a\"},\n  {\"message\": \"b\"}\n ],\n \"searchedLogStreams\": []\n}\n", lines: "a\nb\n"},
	"control messages":                         {input: control + cloudWatch("1", "a") + "\n" + control, lines: "a\n", controls: 2},
	"a control message whose type comes last":  {input: `{"logEvents":[{"message":"x"}],"messageType":"CONTROL_MESSAGE"}`, controls: 1},
	"objects with a message, one a line":       {input: "{\"message\":\"a\"}\n{\"message\":\"b\",\"date\":1.5}\n", lines: "a\nb\n"},
	"objects with a message, one behind other": {input: `{"message":"a"}{"message":"b"}`, lines: "a\nb\n"},
	"an array of objects":                      {input: `[{"message":"a"},{"message":"b"}]`, lines: "a\nb\n"},
	"other keys may hold anything":             {input: `{"owner":{"a":[1]},"messageType":7,"logGroup":null,"message":"a"}`, lines: "a\n"},
	"messages are unescaped":                   {input: `{"message":"\u0061 \"{\\"}{"message":"b"}`, lines: "a \"{\\\nb\n"},
	"messages with line ends":                  {input: `{"message":"a\r\n"}{"message":"b\nc"}`, lines: "a\r\nb\nc\n"},
	"lines as they are":                        {input: "a\nb\r\nc", lines: "a\nb\r\nc\n"},
	"lines between documents":                  {input: "a\n" + cloudWatch("", "b") + "\nc\nd\n{\"message\":\"e\"}\nf", lines: "a\nb\nc\nd\ne\nf\n"},
	"an indented document behind a line":       {input: "a\n  {\"message\":\"b\"},\n\n [{\"message\":\"c\"}]\n", lines: "a\nb\nc\n"},
	"a line with a brace in it":                {input: "a {\"message\":\"b\"}\n", lines: "a {\"message\":\"b\"}\n"},
	"an object without lines":                  {input: `{"a":{}}` + `{"message":"b"}`, lines: "b\n", bad: 1},
	"a message that is a number":               {input: "{\"message\":1}\n{\"message\":\"b\"}", lines: "b\n", bad: 1},
	"a message that is null":                   {input: `{"message":null}`, bad: 1},
	"what only looks like JSON":                {input: `{"message":"a",}` + `{"message":"b"}`, lines: "b\n", bad: 1},
	"a line that is cut off in a string":       {input: "{\"message\":\"a\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line that is cut off behind a comma":    {input: "{\"x\":1,\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line that is cut off behind a brace":    {input: "{\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a line that is cut off behind a key":      {input: "{\"message\":\n{\"message\":\"b\"}\n{\"message\":\"c\"}\n", lines: "b\nc\n", bad: 1},
	"a line that is cut off in an array":       {input: "{\"logEvents\":[{\"message\":\"a\"},\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"brackets that do not match":               {input: "{\"logEvents\":[}\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"nothing between two strings":              {input: "{\"message\" \"a\"}\n{\"message\":\"b\"}\n", lines: "b\n", bad: 1},
	"a document that is cut off amid others":   {input: cloudWatch("1", "a")[:150] + cloudWatch("1", "b") + cloudWatch("1", "c"), lines: "c\n", bad: 1},
	"a document that is cut off at the end":    {input: "{\"message\":\"a\"}\n" + cloudWatch("1", "b")[:150], lines: "a\n", bad: 1},
	"nesting as deep as it may be":             {input: `{"a":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `,"message":"a"}`, lines: "a\n"},
	"nesting that is deeper":                   {input: `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + ",\"message\":\"a\"}\n{\"message\":\"b\"}", lines: "b\n", bad: 1},
}

func TestLinesAreTakenOutOfWhatTheyComeIn(t *testing.T) {
	for name, test := range envelopes {
		for way, input := range map[string]io.Reader{
			"":                strings.NewReader(test.input),
			", gzip":          strings.NewReader(zipped(t, test.input)),
			", byte by byte":  iotest.OneByteReader(strings.NewReader(test.input)),
			", error at once": iotest.DataErrReader(strings.NewReader(test.input)),
		} {
			t.Run(name+way, func(t *testing.T) {
				got, err := unpack(t, NewReader(input))
				require.Equal(t, io.EOF, err)
				assert.Equal(t, test.lines, got.lines)
				assert.Equal(t, test.bad, got.bad)
				assert.Equal(t, test.controls, got.controls)
				assert.True(t, strings.HasPrefix(test.input, got.source))
			})
		}
	}
}

// What of an input was taken, and what is left then, are together the same as all of it.
func TestLinesGoOnBehindTheSourceOfABlock(t *testing.T) {
	for name, test := range envelopes {
		t.Run(name, func(t *testing.T) {
			for cut := range test.input {
				l := NewReader(strings.NewReader(test.input[:cut]))
				l.Follow()
				first, err := unpack(t, l)
				require.Equal(t, io.EOF, err)
				require.True(t, strings.HasPrefix(test.input, first.source))
				rest, err := unpack(t, NewReader(strings.NewReader(test.input[len(first.source):])))
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

func TestABlockHasOneAccount(t *testing.T) {
	got, err := unpack(t, NewReader(strings.NewReader(
		cloudWatch("1", "a")+cloudWatch("1", "b")+control+cloudWatch("2")+cloudWatch("3", "c")+"\nd\n"+`{"message":"e"}`+cloudWatch("1", "f"))))
	require.Equal(t, io.EOF, err)
	assert.Equal(t, []string{"1", "3", "", "1"}, got.accounts)
	assert.Equal(t, "a\nb\nc\nd\ne\nf\n", got.lines)
}

func TestWhatIsNoDocumentSaysWhereItBegins(t *testing.T) {
	got, err := unpack(t, NewReader(strings.NewReader(`{"log":"`+strings.Repeat("x", 100)+`"}`+`{"message":5}`)))
	require.Equal(t, io.EOF, err)
	assert.Equal(t, 2, got.bad)
	assert.Equal(t, flow.NewLineError(flow.BadEnvelope, "", `{"log":"`+strings.Repeat("x", maxSample-8)), got.firstBad)
}

func TestLongInputsAreReadInBoundedMemory(t *testing.T) {
	longest := `{"message":"a","x":"` + strings.Repeat("x", MaxDocument-22) + `"}`
	require.Len(t, longest, MaxDocument)
	for name, test := range map[string]struct {
		input string
		lines int
		bad   int
	}{
		"many objects":                         {strings.Repeat(`{"message":"a"}`+"\n", 100_000), 100_000, 0},
		"many documents":                       {strings.Repeat(cloudWatch("1", "a", "b"), 10_000), 20_000, 0},
		"many lines":                           {strings.Repeat("a b c\n", 200_000), 200_000, 0},
		"a document as long as it may be":      {longest + longest, 2, 0},
		"a document that never ends":           {`{"x":"` + strings.Repeat("x", 3*MaxDocument) + "\n" + `{"message":"a"}`, 1, 1},
		"a document whose events are too many": {"{\"events\":[\n" + strings.Repeat("{\"message\":\"a\", \"x\": \""+strings.Repeat("x", 1000)+"\"},\n", 20_000) + `{"message":"a"}]}`, 20_002, 1},
		"a line as long as it may be":          {strings.Repeat("x", flow.MaxLine) + "\nb\n", 2, 0},
		"a line that is much longer":           {strings.Repeat("x", 1<<20) + "\nb\n" + strings.Repeat("x", 1<<20), 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := NewReader(strings.NewReader(test.input))
			lines, bad := 0, 0
			for {
				block, err := l.Next()
				if err != nil {
					require.Equal(t, io.EOF, err)
					break
				}
				lines += bytes.Count(block, []byte{'\n'})
				bad += l.Counts().Bad[flow.BadEnvelope]
				require.LessOrEqual(t, cap(l.data), 2*MaxDocument+4*blockSize)
				require.LessOrEqual(t, len(block), 4*blockSize)
			}
			assert.Equal(t, test.lines, lines)
			assert.Equal(t, test.bad, bad)
		})
	}
}

func TestFaultsOfTheInputComeBehindItsLines(t *testing.T) {
	gone := errors.New("gone")
	for name, test := range map[string]struct {
		input io.Reader
		lines string
		want  error
	}{
		"a connection that breaks":         {io.MultiReader(strings.NewReader("a\n"+cloudWatch("1", "b")+`{"message":`), iotest.ErrReader(gone)), "a\nb\n", gone},
		"a connection that breaks at once": {iotest.ErrReader(gone), "", gone},
		"gzip that is cut off":             {strings.NewReader(zipped(t, "a\nb\n")[:20]), "a\nb\n", io.ErrUnexpectedEOF},
		"gzip that is none":                {strings.NewReader("\x1f\x8bxxxxxxxxxx"), "", gzip.ErrHeader},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := unpack(t, NewReader(test.input))
			require.ErrorIs(t, err, test.want)
			assert.Equal(t, test.lines, got.lines)
			assert.Zero(t, got.bad, "what is unfinished may have been good")
		})
	}
}

func TestEnvelopesAreToldByTheirBeginning(t *testing.T) {
	for head, want := range map[string]bool{
		"": false, " \n": false, "{": true, " \r\n{\"a": true, "\ufeff{": true, "[\n {": true, "[INFO] x": false, "2 123": false, "version account-id": false,
	} {
		assert.Equal(t, want, Is([]byte(head)), head)
	}
}

func BenchmarkLines(b *testing.B) {
	s := flowtest.Examples(b)[0]
	lines := strings.Split(strings.TrimSpace(string(s.Block())), "\n")
	for name, input := range map[string]string{
		"text":       strings.Repeat(string(s.Block()), 10),
		"documents":  strings.Repeat(cloudWatch("1", lines...), 10),
		"one a line": strings.Repeat(`{"message":"`+strings.Join(lines, "\"}\n{\"message\":\"")+"\"}\n", 10),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(input)))
			for b.Loop() {
				l := NewReader(strings.NewReader(input))
				for {
					if _, err := l.Next(); err != nil {
						break
					}
				}
			}
			flowtest.ReportPerRecord(b, 10*flowtest.BlockRecords)
		})
	}
}
