// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/internal/kafkatest"
)

// flowMessage is a Kafka message with lines of an account.
type flowMessage struct {
	account int
	text    string
}

const (
	trafficAccounts = 20
	trafficBegin    = 1_760_000_000
)

// detectorTraffic returns messages of all accounts in the order of time, with scans, brute force and new connections.
func detectorTraffic(minutes int) (messages []flowMessage) {
	random := rand.New(rand.NewPCG(1, 2))
	for minute := range minutes {
		for account := range trafficAccounts {
			var text strings.Builder
			line := func(src, dst string, port int, action string) {
				at := trafficBegin + 60*minute
				fmt.Fprintf(&text, "2 %012d eni-1 %s %s %d %d 6 5 400 %d %d %s OK\n", 100+account, src, dst, 40_000+random.IntN(10_000), port, at, at+60, action)
			}
			inside := func() string { return fmt.Sprintf("10.0.%d.%d", random.IntN(3), 1+random.IntN(20)) }
			line(inside(), inside(), 443, "ACCEPT")
			switch random.IntN(6) {
			case 0:
				scanner := fmt.Sprintf("203.0.113.%d", random.IntN(8))
				for port := range 5 + random.IntN(20) {
					line(scanner, "10.0.1.7", 1000+port, "REJECT")
				}
			case 1:
				for host := range 8 + random.IntN(10) {
					line("198.51.100.7", fmt.Sprintf("10.0.2.%d", host), 22, "REJECT")
				}
			case 2:
				line(inside(), fmt.Sprintf("10.0.9.%d", random.IntN(250)), 22, "ACCEPT")
			}
			messages = append(messages, flowMessage{account, text.String()})
		}
	}
	for account := range trafficAccounts { // ends the episodes
		at := trafficBegin + 60*minutes + 7*24*3600
		messages = append(messages, flowMessage{
			account, fmt.Sprintf("2 %012d eni-1 10.0.0.1 10.0.0.2 40000 443 6 5 400 %d %d ACCEPT OK\n", 100+account, at, at+60),
		})
	}
	return messages
}

// detectorTests run against kfake and against Apache Kafka.
var detectorTests = map[string]func(*testing.T, *detectorRig){
	"three detectors send the alerts of one process":       sendTheAlertsOfOneProcess,
	"detectors lose no alert when they come and go":        loseNoAlertWhenTheyComeAndGo,
	"a detector whose state another one opens joins again": joinAgainAfterFencing,
	"undecodable messages block no detector":               skipUndecodableMessages,
	"detectors lose nothing while the broker is down":      loseNothingWhileTheBrokerIsDown,
}

func TestDetectors(t *testing.T) {
	for name, test := range detectorTests {
		t.Run(name, func(t *testing.T) {
			cluster := kafkatest.NewCluster(t)
			r := newDetectorRig(t, cluster.ListenAddrs())
			r.cluster = cluster
			test(t, r)
		})
	}
}

func TestDetectorsWithApacheKafka(t *testing.T) {
	broker := kafkatest.Start(t)
	for name, test := range detectorTests {
		t.Run(name, func(t *testing.T) {
			r := newDetectorRig(t, []string{broker.Address})
			r.broker = broker
			test(t, r)
		})
	}
}

func sendTheAlertsOfOneProcess(t *testing.T, rig *detectorRig) {
	t.Helper()
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	for range 3 {
		rig.start()
	}
	rig.produce(messages)
	rig.requireAlerts(want)
}

func loseNoAlertWhenTheyComeAndGo(t *testing.T, rig *detectorRig) {
	t.Helper()
	messages := detectorTraffic(80)
	want := alertsOfOneProcess(t, messages)
	detectors := []*detectorProcess{rig.start(), rig.start(), rig.start()}
	random := rand.New(rand.NewPCG(3, 4))
	take := func() *detectorProcess {
		i := random.IntN(len(detectors))
		d := detectors[i]
		detectors = append(detectors[:i], detectors[i+1:]...)
		return d
	}
	steps := []func(){
		func() { take().kill() },
		func() { detectors = append(detectors, rig.start()) },
		func() { take().kill(); detectors = append(detectors, rig.start()) },
		func() { detectors = append(detectors, rig.start()) },
		func() { take().kill() },
		func() { take().stop(); detectors = append(detectors, rig.start()) },
		func() { detectors = append(detectors, rig.start()) },
		func() { take().stop() },
		func() { // a rolling restart
			for range detectors {
				d := detectors[0]
				detectors = append(detectors[1:], rig.start())
				d.stop()
			}
		},
	}
	part := len(messages)/(len(steps)+1) + 1
	for len(messages) > 0 {
		n := min(part, len(messages))
		before := rig.count()
		rig.produce(messages[:n])
		messages = messages[n:]
		require.Eventually(t, func() bool { return rig.count() > before || len(messages) == 0 }, time.Minute, 10*time.Millisecond)
		if len(steps) > 0 {
			steps[0]()
			steps = steps[1:]
		}
	}
	rig.requireAlerts(want)
}

func joinAgainAfterFencing(t *testing.T, rig *detectorRig) {
	t.Helper()
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	d := rig.start()
	half := len(messages) / 2
	rig.produce(messages[:half])
	require.Eventually(t, func() bool { return rig.count() > 0 }, time.Minute, 10*time.Millisecond)

	// Another member opens the state of partition 3, and writes to it.
	other := rig.openStorage("other")
	defer func() { require.NoError(t, other.Shutdown(t.Context())) }()
	shard, err := openShard(t.Context(), other, component.KindProcessor, component.MustNewID("vpc_detection"), fmt.Sprintf("%s-%d", rig.topic, 3))
	require.NoError(t, err)
	require.NoError(t, shard.Batch(t.Context(), storage.SetOperation("zombie", []byte("1"))))

	rig.produce(messages[half:])
	require.Eventually(t, func() bool {
		return d.logs.FilterMessage("partition dropped: another collector has opened its state").Len() == 1
	}, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool { return d.logs.FilterMessage("joining the consumer group again").Len() == 1 }, time.Minute, 10*time.Millisecond)
	rig.requireAlerts(want)
	require.Error(t, shard.Set(t.Context(), "zombie", nil), "the detector has opened it again")
}

func skipUndecodableMessages(t *testing.T, rig *detectorRig) {
	t.Helper()
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	rig.start()
	rig.start()
	for i, m := range messages {
		if i%50 == 7 {
			rig.produce([]flowMessage{{m.account, "\x00\x01\x02\x03"}, {m.account, "no flow log\n"}})
		}
		rig.produce([]flowMessage{m})
	}
	rig.requireAlerts(want)
}

func loseNothingWhileTheBrokerIsDown(t *testing.T, rig *detectorRig) {
	t.Helper()
	messages := detectorTraffic(60)
	want := alertsOfOneProcess(t, messages)
	rig.start()
	rig.start()
	rig.produce(messages[:len(messages)/2])
	require.Eventually(t, func() bool { return rig.count() > 0 }, time.Minute, 10*time.Millisecond)
	rig.outage()
	rig.produce(messages[len(messages)/2:])
	rig.requireAlerts(want)
}

// outage makes the broker fail for a short time.
func (r *detectorRig) outage() {
	r.t.Helper()
	if r.broker != nil {
		r.broker.Kill()
		r.broker.Restart()
		return
	}
	down, requests := new(atomic.Bool), new(atomic.Int64)
	down.Store(true)
	r.cluster.Control(func(kmsg.Request) (kmsg.Response, error, bool) {
		r.cluster.KeepControl()
		if down.Load() {
			requests.Add(1)
			return nil, errors.New("the broker is down"), true
		}
		return nil, nil, false
	})
	require.Eventually(r.t, func() bool { return requests.Load() > 50 }, time.Minute, 10*time.Millisecond)
	down.Store(false)
}
