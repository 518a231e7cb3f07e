// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package envelope

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/internal/flow/flowtest"
)

// converted are inputs with objects or rows, and the lines of their last block after the names of its format.
var converted = map[string]struct {
	input string
	lines string
	bad   int
}{
	"AWS names":                       {input: `{"srcaddr":"10.0.0.1","dst_addr":"10.0.0.2","account-id":"012345678901","log_status":"OK"}`, lines: "srcaddr dstaddr account-id log-status\n10.0.0.1 10.0.0.2 012345678901 OK\n"},
	"numbers and text":                {input: `{"srcaddr":"10.0.0.1","srcport":"443","dstport":22,"bytes":1.5e3,"packets":7.0}`, lines: "srcaddr srcport dstport bytes packets\n10.0.0.1 443 22 1500 7\n"},
	"names of Logs Insights":          {input: `{"@timestamp":"x","srcAddr":"10.0.0.1","startTime":1,"endTime":2,"interfaceId":"eni-1"}`, lines: "srcaddr start end interface-id\n10.0.0.1 1 2 eni-1\n"},
	"extra keys":                      {input: `{"srcaddr":"10.0.0.1","Threat Score":"very high","nested":{"a":1},"list":[1],"flag":true}`, lines: "srcaddr threat-score flag\n10.0.0.1 very_high true\n"},
	"null, empty and -":               {input: `{"srcaddr":"10.0.0.1","dstaddr":null,"action":"","vpc-id":"-"}`, lines: "srcaddr dstaddr action vpc-id\n10.0.0.1 - - -\n"},
	"a tag with a blank":              {input: `{"srcaddr":"10.0.0.1","instance-tag":"web server"}`, lines: "srcaddr instance-tag\n10.0.0.1 web%20server\n"},
	"dates and protocol names":        {input: `{"srcaddr":"10.0.0.1","protocol":"TCP","start":"2026-03-01T00:00:00Z","end":"2026-03-01 00:01:00.000"}`, lines: "srcaddr protocol start end\n10.0.0.1 6 1772323200 1772323260\n"},
	"other numbers are kept":          {input: `{"srcaddr":"10.0.0.1","bytes":1.5,"packets":-1,"srcport":"http"}`, lines: "srcaddr bytes packets srcport\n10.0.0.1 1.5 -1 http\n"},
	"escaped text":                    {input: `{"srcaddr":"10.0.0.1","inst\u0061nce-id":"\u0069-1"}`, lines: "srcaddr instance-id\n10.0.0.1 i-1\n"},
	"addresses are first":             {input: `{"time":"2026-03-01T00:00:00Z","action":"ACCEPT","srcaddr":"10.0.0.1"}`, lines: "srcaddr time action\n10.0.0.1 2026-03-01T00:00:00Z ACCEPT\n"},
	"a missing key":                   {input: `[{"srcaddr":"10.0.0.1","dstaddr":"10.0.0.2"},{"srcaddr":"10.0.0.3"}]`, lines: "srcaddr dstaddr\n10.0.0.1 10.0.0.2\n10.0.0.3 -\n"},
	"a key twice":                     {input: `{"srcaddr":"10.0.0.1","src_addr":"10.0.0.2"}`, lines: "srcaddr\n10.0.0.1\n"},
	"an envelope":                     {input: `{"Records":[{"srcaddr":"10.0.0.1"},{"srcaddr":"10.0.0.2"}],"count":2}`, lines: "srcaddr\n10.0.0.1\n10.0.0.2\n"},
	"different keys in an envelope":   {input: `{"data":{"rows":[{"srcaddr":"10.0.0.1"},{"srcaddr":"10.0.0.2","bytes":3}]}}`, lines: "srcaddr bytes\n10.0.0.1 -\n10.0.0.2 3\n"},
	"results of Logs Insights":        {input: `{"status":"Complete","results":[[{"field":"srcAddr","value":"10.0.0.1"},{"field":"@ptr","value":"x"},{"field":"bytes","value":"9"}]]}`, lines: "srcaddr bytes\n10.0.0.1 9\n"},
	"JSON messages":                   {input: cloudWatch("1", `{"srcaddr":"10.0.0.1"}`, `{"srcaddr":"10.0.0.2"}`), lines: "srcaddr\n10.0.0.1\n10.0.0.2\n"},
	"a line between JSON messages":    {input: cloudWatch("1", `{"srcaddr":"10.0.0.1"}`, `x`), lines: "srcaddr\n10.0.0.1\n", bad: 1},
	"values that are names":           {input: `{"srcaddr":"srcaddr","dstaddr":"dstaddr"}`, bad: 1},
	"a line that would be too long":   {input: `{"srcaddr":"10.0.0.1","vpc-id":"` + strings.Repeat("x", flow.MaxLine) + `"}`, bad: 1},
	"invalid JSON":                    {input: `{"srcaddr":"10.0.0.1",}`, bad: 1},
	"no address":                      {input: `{"action":"ACCEPT","type":"IPv4"}`, bad: 1},
	"the line itself is not an extra": {input: `{"srcaddr":"10.0.0.1","message":"2 1 eni-1"}`, lines: "srcaddr\n10.0.0.1\n"},

	"CSV":                           {input: "srcaddr,dstaddr,srcport\n10.0.0.1,10.0.0.2,443\r\n10.0.0.3,,\n", lines: "srcaddr dstaddr srcport\n10.0.0.1 10.0.0.2 443\n10.0.0.3 - -\n"},
	"quoted CSV":                    {input: "\ufeff\"src_addr\",\"note\"\n\"10.0.0.1\",\"a \"\"b\"\", c\"\n\"10.0.0.2\",\"two\nlines\"", lines: "srcaddr note\n10.0.0.1 a_\"b\",_c\n10.0.0.2 two_lines\n"},
	"CSV with an empty first value": {input: "dstaddr,srcaddr\n,10.0.0.1\n", lines: "dstaddr srcaddr\n- 10.0.0.1\n"},
	"CSV of Athena":                 {input: "\"version\",\"account_id\",\"srcaddr\",\"start\"\n\"2\",\"012345678901\",\"10.0.0.1\",\"1772323200\"\n", lines: "srcaddr version account-id start\n10.0.0.1 2 012345678901 1772323200\n"},
	"CSV without enough values":     {input: "srcaddr,bytes\n10.0.0.1\n10.0.0.2,4\n", lines: "srcaddr bytes\n10.0.0.2 4\n", bad: 1},
	"CSV with too many values":      {input: "srcaddr,bytes\n10.0.0.1,1,2\n10.0.0.2,4\n", lines: "srcaddr bytes\n10.0.0.2 4\n", bad: 1},
	"CSV with a missing quote":      {input: "srcaddr,bytes\n\"10.0.0.1,1\n10.0.0.2,4\n", bad: 1},
	"a second CSV header":           {input: "srcaddr,bytes\n10.0.0.1,1\nsrcaddr,packets\n10.0.0.2,2\n", lines: "srcaddr bytes packets\n10.0.0.2 - 2\n"},
}

func TestReaderConverts(t *testing.T) {
	for name, test := range converted {
		for way, input := range map[string]io.Reader{
			"":               strings.NewReader(test.input),
			", gzip":         strings.NewReader(zipped(t, test.input)),
			", byte by byte": iotest.OneByteReader(strings.NewReader(test.input)),
		} {
			t.Run(name+way, func(t *testing.T) {
				r := NewReader(input)
				lines, bad := "", 0
				for {
					block, err := r.Next()
					if err != nil {
						require.ErrorIs(t, err, io.EOF)
						break
					}
					if len(block) > 0 {
						require.NotNil(t, r.Format())
						if names := r.Format().String() + "\n"; !strings.HasPrefix(lines, names) {
							lines = names
						}
						lines += string(block)
					}
					for _, n := range r.Counts().Bad {
						bad += n
					}
				}
				assert.Equal(t, test.lines, lines)
				assert.Equal(t, test.bad, bad)
			})
		}
	}
}

func TestReaderConvertsMessagesOfLogsInsights(t *testing.T) {
	input := "@timestamp,@message\n2026-03-01 00:00:00.000,2 1 eni-1 - -\n2026-03-01 00:00:01.000,\"2 1 eni-2 - -\"\n"
	got, err := readAll(t, NewReader(strings.NewReader(input)))
	require.ErrorIs(t, err, io.EOF)
	assert.Equal(t, "2 1 eni-1 - -\n2 1 eni-2 - -\n", got.lines)
}

func TestReaderBoundsExtraKeys(t *testing.T) {
	var input strings.Builder
	for i := range 100 {
		fmt.Fprintf(&input, `{"srcaddr":"10.0.0.1","key%c%c":"%s"}`+"\n", 'a'+i/26, 'a'+i%26, strings.Repeat("x", 200+i))
	}
	r := NewReader(strings.NewReader(input.String()))
	records := 0
	for {
		block, err := r.Next()
		if err != nil {
			break
		}
		records += bytes.Count(block, []byte{'\n'})
	}
	assert.Equal(t, 100, records)
	assert.Equal(t, 1+maxExtraKeys, r.records.format.Len())
}

func TestReaderBoundsValuesOfExtraKeys(t *testing.T) {
	longest := strings.Repeat("x", maxExtraValue)
	for name, test := range map[string]struct{ value, want string }{
		"the longest value": {longest, longest},
		"a longer value":    {longest + "x", "-"},
	} {
		for form, input := range map[string]string{
			"JSON": `{"srcaddr":"10.0.0.1","note":"` + test.value + `"}`,
			"CSV":  "srcaddr,note\n10.0.0.1," + test.value + "\n",
		} {
			t.Run(name+", "+form, func(t *testing.T) {
				got, err := readAll(t, NewReader(strings.NewReader(input)))
				require.ErrorIs(t, err, io.EOF)
				assert.Equal(t, "10.0.0.1 "+test.want+"\n", got.lines)
			})
		}
	}
}

// More spellings of keys than are remembered change nothing but the time to read them.
func TestReaderBoundsRememberedKeys(t *testing.T) {
	for _, keys := range []int{maxKeys - 2, maxKeys - 1, maxKeys} { // srcaddr is one more
		var input strings.Builder
		for i := range keys {
			fmt.Fprintf(&input, `{"srcaddr":"10.0.0.1","@key%d":1}`+"\n", i)
		}
		r := NewReader(strings.NewReader(input.String()))
		got, err := readAll(t, r)
		require.ErrorIs(t, err, io.EOF)
		assert.Equal(t, strings.Repeat("10.0.0.1\n", keys), got.lines)
		assert.LessOrEqual(t, len(r.records.ids), maxKeys)
		assert.Equal(t, keys < maxKeys, len(r.records.ids) == keys+1, keys)
	}
}

func TestReaderBoundsNestingOfRecords(t *testing.T) {
	for name, test := range map[string]struct {
		arrays int
		lines  string
		bad    int
	}{
		"the deepest record": {31, "10.0.0.1\n10.0.0.2\n", 0},
		"a deeper record":    {32, "10.0.0.2\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			nested := strings.Repeat("[", test.arrays) + strings.Repeat("]", test.arrays)
			got, err := readAll(t, NewReader(strings.NewReader(`{"srcaddr":"10.0.0.1","x":`+nested+"}\n"+`{"srcaddr":"10.0.0.2"}`)))
			require.ErrorIs(t, err, io.EOF)
			assert.Equal(t, test.lines, got.lines)
			assert.Equal(t, test.bad, got.bad)
		})
	}
}

func TestReaderKeepsAMissingInstanceKeyMissing(t *testing.T) {
	r := NewReader(strings.NewReader(`{"srcaddr":"10.0.0.1","instance-id":"i-1"}{"srcaddr":"10.0.0.2"}`))
	var formats []string
	for {
		block, err := r.Next()
		if err != nil {
			break
		}
		if len(block) > 0 {
			formats = append(formats, r.Format().String())
		}
	}
	assert.Equal(t, []string{"srcaddr instance-id", "srcaddr"}, formats)
}

func TestReaderResumesCSV(t *testing.T) {
	input := "srcaddr,dstaddr\n10.0.0.1,10.0.0.2\n"
	r := NewReader(strings.NewReader(input))
	_, err := r.Next()
	require.NoError(t, err)
	again := NewReader(strings.NewReader("10.0.0.3,10.0.0.4\n"))
	again.ResumeCSV(r.CSVHeader())
	block, err := again.Next()
	require.NoError(t, err)
	assert.Equal(t, "10.0.0.3 10.0.0.4\n", string(block))
	assert.Equal(t, "srcaddr dstaddr", again.Format().String())
}

func TestIsCSV(t *testing.T) {
	for head, want := range map[string]bool{
		"srcaddr,dstaddr\n": true, "\"srcaddr\",\"dstaddr\"\r\n": true, "@timestamp,@message\n": true, " [{": true,
		"srcaddr dstaddr\n": false, "a,b\n": false, "srcaddr,dstaddr": false, "2 1,2 eni-1\n": false, "": false, "\"srcaddr,dstaddr\n": false,
	} {
		assert.Equal(t, want, Is([]byte(head)), head)
	}
	longest := "srcaddr,dstaddr," + strings.Repeat("x", maxHeader-len("srcaddr,dstaddr,")-1)
	assert.True(t, Is([]byte(longest+"\n")), "the longest header")
	assert.False(t, Is([]byte(longest+"x\n")), "a header that is too long")
}

// checkConverted checks that the lines of each block are records of its format, or bad values, and never headers.
func checkConverted(t *testing.T, input []byte) {
	t.Helper()
	r := NewReader(bytes.NewReader(input))
	source := 0
	for {
		block, err := r.Next()
		if err != nil {
			break
		}
		source += len(r.Source())
		if r.Format() == nil {
			continue
		}
		assert.LessOrEqual(t, len(r.records.names), len(flow.Fields())+maxExtraKeys)
		var scanner flow.BlockScanner
		scanner.Reset(r.Format(), string(block))
		var record flow.Record
		for scanner.NextRecord(&record) {
		}
		counts := scanner.Counts()
		assert.Zero(t, counts.Headers)
		assert.Zero(t, counts.Bad[flow.TooManyFields], "%q", block)
		assert.Zero(t, counts.Bad[flow.TooFewFields], "%q", block)
	}
	if !bytes.HasPrefix(input, []byte{0x1f, 0x8b}) {
		assert.LessOrEqual(t, source, len(input))
	}
}

func FuzzJSONRecords(f *testing.F) {
	f.Add([]byte(`{"class_uid":4001,"src_endpoint":{"ip":"10.0.0.1","intermediate_ips":["10.0.9.1"]},"action_id":2,"time":1772323200000}`))
	for _, test := range converted {
		f.Add([]byte(test.input))
	}
	for _, line := range flowtest.Junk {
		f.Add(fmt.Appendf(nil, `{"srcaddr":%q,"bytes":%q}`, line, line))
	}
	f.Fuzz(checkConverted)
}

func FuzzCSV(f *testing.F) {
	for _, test := range converted {
		f.Add([]byte(test.input))
	}
	for _, line := range flowtest.Junk {
		f.Add([]byte("srcaddr,bytes\n" + line + "\n\"" + line + "\",1\n"))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		checkConverted(t, append([]byte("srcaddr,dstaddr,start,note\n"), input...))
	})
}
