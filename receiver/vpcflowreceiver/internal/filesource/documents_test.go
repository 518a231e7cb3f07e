// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcflowreceiver

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap/zapcore"
)

// cloudWatch is a document as CloudWatch Logs sends it to subscribers, without a line end.
func cloudWatch(t testing.TB, owner, lines string) string {
	t.Helper()
	type event struct {
		ID        string `json:"id"`
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
	}
	events := []event{}
	for line := range strings.Lines(lines) {
		events = append(events, event{fmt.Sprint(len(events)), 1418530010000, strings.TrimSuffix(line, "\n")})
	}
	text, err := json.Marshal(map[string]any{
		"messageType": "DATA_MESSAGE", "owner": owner, "logGroup": "flow", "logStream": "eni-1-all", "logEvents": events,
	})
	require.NoError(t, err)
	return string(text)
}

// messages are objects with one line each, one on each line.
func messages(lines string) string {
	return `{"message":"` + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\"}\n{\"message\":\"") + "\"}\n"
}

const controlMessage = `{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}`

func TestLinesInsideOfDocumentsAreRead(t *testing.T) {
	for name, text := range map[string]string{
		"one document":                   cloudWatch(t, "1", v2(1, 50)),
		"documents behind each other":    cloudWatch(t, "1", v2(1, 20)) + cloudWatch(t, "1", v2(21, 50)),
		"a document over several lines":  strings.ReplaceAll(cloudWatch(t, "1", v2(1, 50)), `,"`, ",\n \""),
		"objects with a message":         messages(v2(1, 50)),
		"headers in messages":            messages(shortHeader + short(1, 50)),
		"lines behind a document":        cloudWatch(t, "1", v2(1, 20)) + "\n" + v2(21, 50),
		"a document longer than a block": cloudWatch(t, "1", v2(1, 50)) + strings.Repeat(" ", 3*maxBlock) + "\n",
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			t.Run(name+ending, func(t *testing.T) {
				r := newRig(t)
				r.cfg.MaxBatchSize = 10
				if ending == ".log.gz" {
					text = zip(t, text)
				}
				r.write("a"+ending, text)
				r.start()
				r.ports(upTo(1, 50)...)
				r.counted("files", map[string]int64{"read": 1})
				r.counted("bad_lines", map[string]int64{})
			})
		}
	}
}

func TestLinesThatAreExportedWithStampsAreRead(t *testing.T) {
	r := newRig(t)
	r.write("000000.log.gz", zip(t, "2015-05-20T15:43:54.000Z "+strings.ReplaceAll(strings.TrimSpace(v2(1, 50)), "\n", "\n2015-05-20T15:43:54.000Z ")))
	r.start()
	r.ports(upTo(1, 50)...)
}

func TestTheOwnerOfADocumentIsTheAccountOfLinesWithoutOne(t *testing.T) {
	r := newRig(t)
	r.cfg.Format = []string{"srcport", "dstport", "srcaddr", "dstaddr", "protocol", "end"}
	r.write("a.log", cloudWatch(t, "111111111111", short(1, 2))+cloudWatch(t, "222222222222", short(3, 3))+"\n"+short(4, 4))
	r.start()
	r.ports(upTo(1, 4)...)
	var accounts []any
	for _, logs := range r.sink.AllLogs() {
		for _, resource := range logs.ResourceLogs().All() {
			accounts = append(accounts, resource.Resource().Attributes().AsRaw()["cloud.account.id"])
		}
	}
	assert.Equal(t, []any{"111111111111", "222222222222", nil}, accounts)
}

func TestWhatIsNoDocumentCostsItselfOnly(t *testing.T) {
	for _, ending := range []string{".log", ".log.gz"} {
		t.Run(ending, func(t *testing.T) {
			r := newRig(t)
			text := cloudWatch(t, "1", v2(1, 20)) + controlMessage + "\n" + cloudWatch(t, "1", v2(900, 950))[:1000] + "\n" +
				messages(v2(21, 30)) + `{"log":"x"}` + messages(v2(31, 31)+"2 bad line\n"+v2(32, 50))
			if ending == ".log.gz" {
				text = zip(t, text)
			}
			r.write("a"+ending, text)
			r.start()
			r.ports(upTo(1, 50)...)
			r.counted("bad_lines", map[string]int64{"bad_envelope": 2, "too_few_fields": 1})
			r.counted("control_messages", map[string]int64{"": 1})
			r.polled()
			r.counted("files", map[string]int64{"read": 1})
		})
	}
}

func TestAFileOfControlMessagesIsRead(t *testing.T) {
	r := newRig(t)
	r.write("a.log.gz", zip(t, controlMessage))
	r.start()
	r.counted("files", map[string]int64{"read": 1})
	r.counted("control_messages", map[string]int64{"": 1})
}

func TestAnEnvelopeThatIsCorruptGzipSaysSo(t *testing.T) {
	r := newRig(t)
	whole := zip(t, cloudWatch(t, "1", v2(1, 5))+cloudWatch(t, "1", v2(6, 2000)))
	r.write("a.log.gz", whole[:len(whole)-20])
	r.start()
	r.ports(upTo(1, 5)...)
	r.says(zapcore.WarnLevel, "The gzip file is cut off", "a.log.gz")
	r.write("a.log.gz", whole)
	r.ports(upTo(1, 2000)...)
	r.counted("bad_lines", map[string]int64{})
}

func TestDocumentsThatAreStillBeingWrittenWait(t *testing.T) {
	r := newRig(t)
	first, second := cloudWatch(t, "1", v2(1, 20)), cloudWatch(t, "1", v2(21, 50))
	r.write("a.log", first+"\n"+second[:1500])
	r.start()
	r.ports(upTo(1, 20)...)
	r.polled()
	r.append("a.log", second[1500:]+"\n")
	r.ports(upTo(1, 50)...)
	r.append("a.log", messages(v2(51, 51)))
	r.ports(upTo(1, 51)...)
	r.counted("bad_lines", map[string]int64{})
	r.counted("files", map[string]int64{"read": 1})
}

func TestAfterARestartReadingGoesOnInsideOfADocument(t *testing.T) {
	for name, text := range map[string]string{
		"one document":             cloudWatch(t, "1", v2(1, 100)),
		"several documents":        cloudWatch(t, "1", v2(1, 35)) + "\n" + cloudWatch(t, "1", v2(36, 100)),
		"documents without breaks": cloudWatch(t, "1", v2(1, 3)) + cloudWatch(t, "1", v2(4, 47)) + controlMessage + cloudWatch(t, "1", v2(48, 100)),
		"objects with a message":   messages(v2(1, 100)),
		"headers in messages":      messages(shortHeader + short(1, 100)),
		"short documents":          cloudWatch(t, "1", v2(1, 2)) + "\n" + messages(v2(3, 3)) + cloudWatch(t, "1", v2(4, 100)),
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			for _, batches := range []int64{0, 1, 5, 9} {
				t.Run(fmt.Sprint(name, ending, batches), func(t *testing.T) {
					r := newRig(t)
					r.keepPositions()
					r.cfg.MaxBatchSize = 10
					content := text
					if ending == ".log.gz" {
						content = zip(t, text)
					}
					r.write("a"+ending, content)
					r.stopAfter(t, batches)
					r.start()
					r.ports(upTo(1, 100)...)
					r.polled()
					r.stop()

					content = text + "\n" + messages(v2(101, 101))
					if strings.Contains(name, "headers") {
						content = text + messages(short(101, 101))
					}
					if ending == ".log.gz" {
						content = zip(t, content)
					}
					r.write("a"+ending, content)
					r.start()
					r.ports(upTo(1, 101)...)
					r.polled()
					r.counted("bad_lines", map[string]int64{})
				})
			}
		}
	}
}

func TestAnEnvelopeFromItsEndOn(t *testing.T) {
	for _, ending := range []string{".log", ".log.gz"} {
		t.Run(ending, func(t *testing.T) {
			r := newRig(t)
			r.cfg.Files.Get().StartAt = startAtEnd
			before, after := cloudWatch(t, "1", v2(1, 50))+"\n", cloudWatch(t, "1", v2(51, 60))+"\n"
			if ending == ".log.gz" {
				before, after = zip(t, before), zip(t, after)
			}
			r.write("a"+ending, before)
			r.start()
			r.polled()
			r.append("a"+ending, after)
			r.ports(upTo(51, 60)...)
		})
	}
}

func TestABatchOfAnEnvelopeThatIsRefusedIsOfferedAgain(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxBatchSize = 10
	r.write("a.log", cloudWatch(t, "1", v2(1, 50)))
	offers := 0
	var err error
	r.next, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if offers++; offers%2 == 1 {
			return assert.AnError
		}
		return r.sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(t, err)
	r.start()
	r.ports(upTo(1, 50)...)
}
