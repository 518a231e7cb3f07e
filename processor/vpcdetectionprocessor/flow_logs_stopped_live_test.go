// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package vpcdetectionprocessor

import (
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componentstatus"
)

// liveInput is a processor in a bubble that reads what two accounts log now.
type liveInput struct {
	*storageHarness
	*detector
	health []string // reported to the host, with the times since the start
	begin  time.Time
}

// quietAccount stops, otherAccount keeps logging.
const quietAccount, otherAccount = "111122223333", "444455556666"

// inLiveBubble runs a test with a processor that starts at a full hour. Its clock is the clock of the bubble.
func inLiveBubble(t *testing.T, test func(in *liveInput)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		in := &liveInput{storageHarness: newStorageHarness(t, dir, "{}")}
		in.sleep(time.Until(time.Unix(t0, 0)))
		in.start()
		defer func() { require.NoError(t, in.Shutdown(t.Context())) }()
		test(in)
	})
}

func (in *liveInput) start() {
	in.begin = time.Now()
	in.detector = in.build()
	in.detector.now = time.Now
	require.NoError(in.t, in.Start(in.t.Context(), in))
}

// Report makes the input the host that receives the status of the processor.
func (in *liveInput) Report(event *componentstatus.Event) {
	in.health = append(in.health, fmt.Sprintf("%s %v %v", time.Since(in.begin), event.Status(), event.Err()))
}

// sleep advances the clock of the bubble. A check that is due at the end has run.
func (in *liveInput) sleep(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // the bubble's clock
	synctest.Wait()
}

// log sends a record of an account with the given age.
func (in *liveInput) log(account string, age time.Duration) {
	after := int(time.Now().Unix()-t0) - int(age/time.Second)
	in.see(in.detector, lineOf(account, "10.0.1.1", 50000, "10.0.2.9", 443, after, "ACCEPT"))
}

// hours lets the accounts log every half hour, and ends at a full hour.
func (in *liveInput) hours(n int, accounts ...string) {
	for range 2 * n {
		for _, account := range accounts {
			in.log(account, 0)
		}
		in.sleep(time.Hour / 2)
	}
}

// keep lets the other account log for the given time, each minute and at the end.
func (in *liveInput) keep(d time.Duration) {
	for ; d > time.Minute; d -= time.Minute {
		in.sleep(time.Minute)
		in.log(otherAccount, 0)
	}
	in.sleep(d)
	in.log(otherAccount, 0)
}

// silences returns the alerts since the last call: the status, the account, and the time since the start.
func (in *liveInput) silences() (list []string) {
	in.queue.flush(in.t.Context())
	for _, a := range alertsIn(in.t, &in.sink) {
		if a.Rule == "flow_logs_stopped" {
			list = append(list, fmt.Sprintf("%s %s %s", a.Status, a.Account, time.Unix(a.Time, 0).Sub(in.begin)))
		}
	}
	in.sink.Reset()
	return list
}

func TestTwentyLiveHoursMakeAnAccountRegular(t *testing.T) {
	for live, want := range map[int][]string{
		19: nil,
		20: {"opened 111122223333 24h30m0s"},
	} {
		inLiveBubble(t, func(in *liveInput) {
			in.hours(24-live, otherAccount)
			in.hours(live, quietAccount, otherAccount)
			in.keep(time.Hour / 2)
			assert.Equal(t, want, in.silences(), "live for %d hours", live)
		})
	}
}

func TestASilenceBeginsToTheSecond(t *testing.T) {
	for after, want := range map[time.Duration][]string{
		0:           {"opened 111122223333 25h0m0s"},
		time.Second: nil, // the last check before the next one comes after 3599 s
	} {
		inLiveBubble(t, func(in *liveInput) {
			in.hours(24, quietAccount, otherAccount)
			in.sleep(after)
			in.log(quietAccount, 0)
			in.keep(time.Hour - after)
			assert.Equal(t, want, in.silences())
			in.keep(10 * time.Second)
			assert.Len(t, in.silences(), 1-len(want), "one alert per silence")
		})
	}
}

func TestAnotherAccountMustLogWithinTenMinutes(t *testing.T) {
	for early, want := range map[time.Duration][]string{
		0:           {"opened 111122223333 25h0m0s"},
		time.Second: nil,
	} {
		inLiveBubble(t, func(in *liveInput) {
			in.hours(24, quietAccount, otherAccount)
			in.log(quietAccount, 0)
			in.keep(50*time.Minute - early)
			in.sleep(10*time.Minute + early)
			assert.Equal(t, want, in.silences(), "%s too early", early)
			in.sleep(30 * time.Minute)
			assert.Empty(t, in.silences())
		})
	}
}

func TestARecordWithoutDataIsNoSilence(t *testing.T) {
	inLiveBubble(t, func(in *liveInput) {
		in.hours(24, quietAccount, otherAccount)
		in.keep(20 * time.Minute)
		now := time.Now().Unix()
		in.see(in.detector, fmt.Sprintf("2 %s eni-0a1b2c3d4e5f60718 - - - - - - - %d %d - NODATA\n", quietAccount, now-60, now))
		in.keep(time.Hour - time.Second)
		assert.Empty(t, in.silences())
		in.keep(time.Second)
		assert.Equal(t, []string{"opened 111122223333 25h20m0s"}, in.silences())
	})
}

func TestTheNextRecordEndsASilence(t *testing.T) {
	inLiveBubble(t, func(in *liveInput) {
		in.hours(24, quietAccount, otherAccount)
		in.log(quietAccount, 0)
		in.keep(90 * time.Minute)
		in.log(quietAccount, 0)
		assert.Equal(t, []string{"opened 111122223333 25h0m0s", "resolved 111122223333 25h30m0s"}, in.silences())
		in.keep(2 * time.Hour)
		assert.Equal(t, []string{"opened 111122223333 26h30m0s"}, in.silences(), "the next silence")
	})
}

func TestARestartMeasuresTheSilenceFromItsStart(t *testing.T) {
	inLiveBubble(t, func(in *liveInput) {
		in.hours(24, quietAccount, otherAccount)
		in.log(quietAccount, 0)
		in.keep(50 * time.Minute)
		require.NoError(t, in.Shutdown(t.Context()))
		in.sleep(3 * time.Hour)
		in.start()
		in.keep(time.Hour - time.Second)
		assert.Empty(t, in.silences())
		in.keep(time.Second)
		assert.Equal(t, []string{"opened 111122223333 1h0m0s"}, in.silences())
		require.NoError(t, in.Shutdown(t.Context()))
		in.start()
		in.keep(2 * time.Hour)
		assert.Empty(t, in.silences(), "the silence was reported before the restart")
		in.log(quietAccount, 0)
		assert.Equal(t, []string{"resolved 111122223333 2h0m0s"}, in.silences())
	})
}

func TestOldFilesCauseNoSilence(t *testing.T) {
	inLiveBubble(t, func(in *liveInput) {
		for range 24 {
			in.log(quietAccount, time.Hour)
			in.log(otherAccount, time.Hour)
			in.sleep(time.Hour)
		}
		for range 120 {
			in.log(otherAccount, time.Hour)
			in.sleep(time.Minute)
		}
		in.sleep(2 * time.Hour)
		assert.Empty(t, in.silences())
		assert.Zero(t, in.snapshot().silentInput)
		assert.Empty(t, in.health)
	})
}

func TestASilentInputIsUnhealthy(t *testing.T) {
	inLiveBubble(t, func(in *liveInput) {
		in.hours(24, quietAccount, otherAccount)
		in.log(quietAccount, 0)
		in.log(otherAccount, 0)
		in.sleep(time.Hour - time.Second)
		assert.Zero(t, in.snapshot().silentInput)
		in.sleep(2 * time.Hour)
		assert.EqualValues(t, 1, in.snapshot().silentInput)
		in.log(otherAccount, 0)
		in.sleep(10 * time.Second)
		assert.Zero(t, in.snapshot().silentInput)
		assert.Equal(t, []string{
			"25h0m0s StatusRecoverableError input: no records for 1 h",
			"27h0m0s StatusOK <nil>",
		}, in.health)
		assert.Equal(t, []string{"opened 111122223333 27h0m0s"}, in.silences(), "the other account logs again")
	})
}

func TestDocsShowTheAlertAboutAStoppedFlowLog(t *testing.T) {
	docs, err := os.ReadFile("../../docs/rules.md")
	require.NoError(t, err)
	inLiveBubble(t, func(in *liveInput) {
		in.hours(24, quietAccount, otherAccount)
		in.log(quietAccount, 0)
		in.keep(time.Hour)
		in.queue.flush(t.Context())
		logs := in.sink.AllLogs()
		require.Len(t, logs, 1)
		record := logs[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
		text := fmt.Sprintf("```text\n%s  %s\n%s\n", record.Timestamp().AsTime().Format(time.RFC3339), record.SeverityText(), record.Body().Str())
		for _, name := range []string{
			"log.record.uid", "vpc_flow.alert.status", "vpc_flow.alert.scope", "security_rule.uuid", "vpc_flow.alert.measure",
			"vpc_flow.alert.threshold", "vpc_flow.alert.unit", "vpc_flow.alert.first_seen", "vpc_flow.alert.last_seen",
		} {
			value, found := record.Attributes().Get(name)
			require.True(t, found, name)
			text += fmt.Sprintf("\n%-25s  %s", name, value.AsString())
		}
		assert.Contains(t, string(docs), text+"\n```")
	})
}
