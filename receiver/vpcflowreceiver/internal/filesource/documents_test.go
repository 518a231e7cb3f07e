// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package filesource

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.uber.org/zap/zapcore"

	"github.com/vpcflow/otelcol-vpcflow/internal/flow"
	"github.com/vpcflow/otelcol-vpcflow/receiver/vpcflowreceiver/internal/ingesttest"
)

func TestLinesInsideDocumentsAreRead(t *testing.T) {
	for name, text := range map[string]string{
		"one document":                   cloudWatch(t, "1", lines(1, 50)),
		"documents without separators":   cloudWatch(t, "1", lines(1, 20)) + cloudWatch(t, "1", lines(21, 50)),
		"a document over several lines":  strings.ReplaceAll(cloudWatch(t, "1", lines(1, 50)), `,"`, ",\n \""),
		"objects with a message":         messages(lines(1, 50)),
		"headers in messages":            messages(shortHeader + shortLines(1, 50)),
		"JSON objects":                   ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(1, 50)),
		"JSON objects in a list":         "[" + strings.ReplaceAll(strings.TrimSpace(ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(1, 50))), "\n", ",\n") + "]",
		"JSON objects in documents":      cloudWatch(t, "1", ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(1, 50))),
		"different JSON objects":         ingesttest.JSONRecords(shortHeader, shortLines(1, 25)) + ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(26, 50)),
		"CSV":                            ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 50)),
		"CSV with another header":        ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 20)) + ingesttest.CSV(strings.TrimSpace(shortHeader), shortLines(21, 50)),
		"lines after a document":         cloudWatch(t, "1", lines(1, 20)) + "\n" + lines(21, 50),
		"a document longer than a block": cloudWatch(t, "1", lines(1, 50)) + strings.Repeat(" ", 3*512<<10) + "\n",
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			t.Run(name+ending, func(t *testing.T) {
				r := newFixture(t)
				r.Config.MaxBatchSize = 10
				if ending == ".log.gz" {
					text = gzipped(t, text)
				}
				r.write("a"+ending, text)
				r.start()
				r.RequirePorts(ports(1, 50)...)
				r.RequireCounter("files", map[string]int64{"read": 1})
				r.RequireCounter("bad_lines", map[string]int64{})
			})
		}
	}
}

func TestExportedLinesWithTimestampsAreRead(t *testing.T) {
	r := newFixture(t)
	r.write("000000.log.gz", gzipped(t, "2015-05-20T15:43:54.000Z "+strings.ReplaceAll(strings.TrimSpace(lines(1, 50)), "\n", "\n2015-05-20T15:43:54.000Z ")))
	r.start()
	r.RequirePorts(ports(1, 50)...)
}

func TestTheOwnerOfADocumentIsTheAccountOfLinesWithoutAccount(t *testing.T) {
	r := newFixture(t)
	var err error
	r.Config.Format, err = flow.ParseFormat(shortHeader)
	require.NoError(t, err)
	r.write("a.log", cloudWatch(t, "111111111111", shortLines(1, 2))+cloudWatch(t, "222222222222", shortLines(3, 3))+"\n"+shortLines(4, 4))
	r.start()
	r.RequirePorts(ports(1, 4)...)
	var accounts []any
	for _, logs := range r.Sink.AllLogs() {
		for _, resource := range logs.ResourceLogs().All() {
			accounts = append(accounts, resource.Resource().Attributes().AsRaw()["cloud.account.id"])
		}
	}
	assert.Equal(t, []any{"111111111111", "222222222222", nil}, accounts)
}

func TestAnInvalidDocumentDoesNotAffectOthers(t *testing.T) {
	for _, ending := range []string{".log", ".log.gz"} {
		t.Run(ending, func(t *testing.T) {
			r := newFixture(t)
			text := cloudWatch(t, "1", lines(1, 20)) + controlMessage + "\n" + cloudWatch(t, "1", lines(900, 950))[:1000] + "\n" +
				messages(lines(21, 30)) + `{"log":"x"}` + messages(lines(31, 31)+"2 bad line\n"+lines(32, 50))
			if ending == ".log.gz" {
				text = gzipped(t, text)
			}
			r.write("a"+ending, text)
			r.start()
			r.RequirePorts(ports(1, 50)...)
			r.RequireCounter("bad_lines", map[string]int64{"bad_envelope": 2, "too_few_fields": 1})
			r.RequireCounter("control_messages", map[string]int64{"": 1})
			r.waitForPolls()
			r.RequireCounter("files", map[string]int64{"read": 1})
		})
	}
}

func TestAFileOfControlMessagesIsRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log.gz", gzipped(t, controlMessage))
	r.start()
	r.RequireCounter("files", map[string]int64{"read": 1})
	r.RequireCounter("control_messages", map[string]int64{"": 1})
}

func TestDocumentsInATruncatedGzipFileAreReadWhenItIsComplete(t *testing.T) {
	r := newFixture(t)
	whole := gzipped(t, cloudWatch(t, "1", lines(1, 5))+cloudWatch(t, "1", lines(6, 2000)))
	r.write("a.log.gz", whole[:len(whole)-20])
	r.start()
	r.RequirePorts(ports(1, 5)...)
	r.requireMessage(zapcore.WarnLevel, "gzip file is truncated", "a.log.gz")
	r.write("a.log.gz", whole)
	r.RequirePorts(ports(1, 2000)...)
	r.RequireCounter("bad_lines", map[string]int64{})
}

func TestAnIncompleteDocumentIsReadWhenItIsComplete(t *testing.T) {
	r := newFixture(t)
	first, second := cloudWatch(t, "1", lines(1, 20)), cloudWatch(t, "1", lines(21, 50))
	r.write("a.log", first+"\n"+second[:1500])
	r.start()
	r.RequirePorts(ports(1, 20)...)
	r.waitForPolls()
	r.append("a.log", second[1500:]+"\n")
	r.RequirePorts(ports(1, 50)...)
	r.append("a.log", messages(lines(51, 51)))
	r.RequirePorts(ports(1, 51)...)
	r.RequireCounter("bad_lines", map[string]int64{})
	r.RequireCounter("files", map[string]int64{"read": 1})
}

func TestReadingContinuesInsideADocumentAfterARestart(t *testing.T) {
	for name, text := range map[string]string{
		"one document":                cloudWatch(t, "1", lines(1, 100)),
		"several documents":           cloudWatch(t, "1", lines(1, 35)) + "\n" + cloudWatch(t, "1", lines(36, 100)),
		"documents without line ends": cloudWatch(t, "1", lines(1, 3)) + cloudWatch(t, "1", lines(4, 47)) + controlMessage + cloudWatch(t, "1", lines(48, 100)),
		"objects with a message":      messages(lines(1, 100)),
		"headers in messages":         messages(shortHeader + shortLines(1, 100)),
		"JSON objects":                ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(1, 100)),
		"different JSON objects":      ingesttest.JSONRecords(shortHeader, shortLines(1, 55)) + ingesttest.JSONRecords(ingesttest.DefaultHeader, lines(56, 100)),
		"CSV":                         ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 100)),
		"short documents":             cloudWatch(t, "1", lines(1, 2)) + "\n" + messages(lines(3, 3)) + cloudWatch(t, "1", lines(4, 100)),
	} {
		for _, ending := range []string{".log", ".log.gz"} {
			for _, batches := range []int64{0, 1, 5, 9} {
				t.Run(fmt.Sprint(name, ending, batches), func(t *testing.T) {
					r := newFixture(t)
					r.keepCheckpoints()
					r.Config.MaxBatchSize = 10
					content := text
					if ending == ".log.gz" {
						content = gzipped(t, text)
					}
					r.write("a"+ending, content)
					r.stopAfter(t, batches)
					r.start()
					r.RequirePorts(ports(1, 100)...)
					r.waitForPolls()
					r.stop()

					content = text + "\n" + messages(lines(101, 101))
					if strings.Contains(name, "headers") {
						content = text + messages(shortLines(101, 101))
					}
					if name == "CSV" {
						content = ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 101))
					}
					if ending == ".log.gz" {
						content = gzipped(t, content)
					}
					r.write("a"+ending, content)
					r.start()
					r.RequirePorts(ports(1, 101)...)
					r.waitForPolls()
					r.RequireCounter("bad_lines", map[string]int64{})
				})
			}
		}
	}
}

func TestStartAtEndReadsOnlyNewDocuments(t *testing.T) {
	for _, ending := range []string{".log", ".log.gz"} {
		t.Run(ending, func(t *testing.T) {
			r := newFixture(t)
			r.files.StartAt = StartAtEnd
			before, after := cloudWatch(t, "1", lines(1, 50))+"\n", cloudWatch(t, "1", lines(51, 60))+"\n"
			if ending == ".log.gz" {
				before, after = gzipped(t, before), gzipped(t, after)
			}
			r.write("a"+ending, before)
			r.start()
			r.waitForPolls()
			r.append("a"+ending, after)
			r.RequirePorts(ports(51, 60)...)
		})
	}
}

func TestARefusedBatchOfADocumentIsSentAgain(t *testing.T) {
	r := newFixture(t)
	r.Config.MaxBatchSize = 10
	r.write("a.log", cloudWatch(t, "1", lines(1, 50)))
	offers := 0
	var err error
	r.Next, err = consumer.NewLogs(func(ctx context.Context, logs plog.Logs) error {
		if offers++; offers%2 == 1 {
			return assert.AnError
		}
		return r.Sink.ConsumeLogs(ctx, logs)
	})
	require.NoError(t, err)
	r.start()
	r.RequirePorts(ports(1, 50)...)
}

func TestRowsAfterTheCSVHeaderAreReadFromTheEnd(t *testing.T) {
	r := newFixture(t)
	r.files.StartAt = StartAtEnd
	before := ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 50))
	r.write("a.log", before)
	r.start()
	r.waitForPolls()
	r.append("a.log", ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 60))[len(before):])
	r.RequirePorts(ports(51, 60)...)
}

func TestALastCSVRowWithoutALineEndIsRead(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", strings.TrimSpace(ingesttest.CSV(ingesttest.DefaultHeader, lines(1, 5))))
	r.start()
	r.RequirePorts(ports(1, 5)...)
}
