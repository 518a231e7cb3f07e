// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	tortureKills = flag.Int("torture-kills", 4, "number of times that TestTorture ends the collector")
	tortureSeed  = flag.Uint64("torture-seed", 0, "seed of TestTorture; 0 chooses one")
	tortureTerm  = flag.Bool("torture-term", false, "whether TestTorture ends the collector only with SIGTERM")
)

// killsPerRound is the number of times that the collector is ended in a round.
const killsPerRound = 5

// TestTorture ends the collector at random times, with SIGKILL and SIGTERM, while it reads good and hostile input from files,
// S3 and Firehose, sends to unreliable and hostile destinations, and its disk is full from time to time. Each round must give
// the same alerts as a run without any of this.
func TestTorture(t *testing.T) {
	seed := *tortureSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano()%1_000_000) + 1 //nolint:forbidigo // It is logged.
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	input := newTortureInput(t, seed)
	if input.aws = startMotoIfInstalled(t); input.aws == "" {
		input.leaveOutQueue()
	}
	first, all := undisturbed(t, input)
	t.Logf("seed %d: %d alerts without disturbance", seed, len(all))
	for round, left := 0, *tortureKills; left > 0; round, left = round+1, left-killsPerRound {
		t.Run(fmt.Sprint("round ", round), func(t *testing.T) {
			begin := time.Now() //nolint:forbidigo // It is logged.
			r := newRig(t, input, seed+uint64(round), round%2 == 0)
			report, problem := r.torture(min(left, killsPerRound), first, all)
			elapsed := time.Since(begin).Round(time.Second) //nolint:forbidigo // see above
			if problem != "" {
				t.Fatalf("seed %d, round %d, %s: %s\nRepeat it with: make torture SEED=%d KILLS=%d\n%s",
					seed, round, report, problem, seed, (round+1)*killsPerRound, r.tail())
			}
			t.Logf("seed %d, round %d, %s: the same %d alerts, %s", seed, round, report, len(all), elapsed)
		})
		if t.Failed() {
			return
		}
	}
}

// tortureInput is the input of all rounds.
type tortureInput struct {
	files, objects, queued, requests []*part
	hostile                          map[string]string
	sentinels                        []string
	// aws is the address of an emulator of SQS.
	aws string
}

func newTortureInput(t *testing.T, seed uint64) *tortureInput {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	number := 0
	parts := func(count int) (list []*part) {
		for range count {
			number++
			list = append(list, newPart(number, random))
		}
		return list
	}
	hostile := parts(hostileParts)
	in := &tortureInput{files: parts(12), objects: parts(8), queued: parts(8), requests: parts(8), hostile: hostileFiles(t, hostile)}
	for _, list := range [][]*part{in.files, in.objects, in.requests, hostile, in.queued} {
		for _, p := range list {
			in.sentinels = append(in.sentinels, p.sentinel())
		}
	}
	return in
}

// leaveOutQueue removes the objects that a queue announces.
func (in *tortureInput) leaveOutQueue() {
	in.sentinels = in.sentinels[:len(in.sentinels)-len(in.queued)]
	in.queued = nil
}

// undisturbed returns the alerts of a run without disturbance: those before the end of the episodes, and all.
func undisturbed(t *testing.T, input *tortureInput) (first, all map[string]string) {
	t.Helper()
	r := newRig(t, input, 1, false)
	r.start()
	r.feed(0)
	require.NoError(t, r.awaitInput())
	r.writeLast()
	r.awaitOpened(append(lastParts(), input.sentinels...))
	first, _ = r.sink.snapshot()
	require.NoError(t, r.stop(syscall.SIGTERM))
	moveIn(t, filepath.Join(r.logs, "zz-closing.log"), closing())
	r.start()
	r.awaitOpened([]string{(&part{number: 255}).sentinel()})
	require.NoError(t, r.stop(syscall.SIGTERM))
	all, _ = r.sink.snapshot()
	return first, all
}

// feed writes the input, with random pauses up to a maximum.
func (r *rig) feed(pause time.Duration) {
	for name, content := range r.input.hostile {
		moveIn(r.t, filepath.Join(r.logs, name), content)
	}
	require.NoError(r.t, syscall.Mkfifo(filepath.Join(r.logs, "fifo.log"), 0o600))
	wait := func(random *rand.Rand) {
		if pause > 0 {
			<-time.After(time.Duration(random.Int64N(int64(pause))))
		}
	}
	source := func(write func(random *rand.Rand)) {
		random := rand.New(rand.NewPCG(r.random.Uint64(), 1))
		r.fed.Go(func() { write(random) })
	}
	source(func(random *rand.Rand) {
		for _, p := range r.input.files {
			path := filepath.Join(r.logs, fmt.Sprintf("part-%03d.log", p.number))
			if random.IntN(4) == 0 {
				moveIn(r.t, path+".gz", tortureGzip(r.t, p.text()))
				wait(random)
				continue
			}
			for from := 0; from < len(p.lines); {
				to := min(len(p.lines), from+1+random.IntN(len(p.lines)))
				for _, line := range p.lines[from:to] {
					appendFile(r.t, path, line)
				}
				from = to
				wait(random)
			}
			if random.IntN(4) == 0 {
				require.NoError(r.t, os.Rename(path, path+".1"))
			}
		}
	})
	source(func(random *rand.Rand) {
		for _, p := range r.input.objects {
			r.buckets.put(r.t, tortureBucket, objectKey(p.number), tortureGzip(r.t, p.text()))
			wait(random)
		}
	})
	source(func(random *rand.Rand) {
		for _, p := range r.input.queued {
			key, content := objectKey(p.number), tortureGzip(r.t, p.text())
			r.buckets.put(r.t, queuedBucket, key, content)
			r.queue.announce(r.t, key, len(content))
			wait(random)
		}
	})
	source(func(random *rand.Rand) {
		for _, p := range r.input.requests {
			if !post(r.t, "http://localhost:"+r.port, p) {
				return
			}
			wait(random)
		}
	})
}

// The numbers of the parts that writeLast writes.
const lastFile, lastObject = 253, 254

func lastParts() []string {
	return []string{(&part{number: lastFile}).sentinel(), (&part{number: lastObject}).sentinel()}
}

// writeLast writes a last file and a last object. Sources deliver in order, so their alerts mean that a collector that was
// started after a crash has read everything before them again. Otherwise, the flows that end all episodes could overtake
// flows that are read again, which would then be late.
func (r *rig) writeLast() {
	text := func(number int) string {
		p := &part{number: number}
		return strings.Join(p.ports(p.external(9), p.internal(12), 20, "REJECT"), "")
	}
	moveIn(r.t, filepath.Join(r.logs, "zy-last.log"), text(lastFile))
	r.buckets.put(r.t, tortureBucket, objectKey(lastObject), tortureGzip(r.t, text(lastObject)))
}

// torture runs a round. It returns what it did, and what went wrong.
func (r *rig) torture(kills int, first, all map[string]string) (report, problem string) {
	killed, terminated, full := 0, 0, 0
	end := func() error {
		if !*tortureTerm && r.random.IntN(3) > 0 {
			killed++
			return r.stop(syscall.SIGKILL)
		}
		terminated++
		return r.stop(syscall.SIGTERM)
	}
	defer func() {
		_, received := r.sink.snapshot()
		report = fmt.Sprintf("%d SIGKILL, %d SIGTERM, %d times a full disk, %d alerts sent again", killed, terminated, full, received-len(all))
	}()
	r.sink.unreliable.Store(true)
	r.feed(300 * time.Millisecond)
	for range kills {
		r.start()
		<-time.After(time.Duration(200+r.random.IntN(2500)) * time.Millisecond)
		if r.disk.isSmall && r.random.IntN(2) == 0 {
			full++
			r.disk.fill()
			<-time.After(time.Duration(r.random.IntN(1500)) * time.Millisecond)
			if r.random.IntN(2) == 0 {
				require.NoError(r.t, os.Remove(r.disk.filler()))
				<-time.After(time.Duration(r.random.IntN(1500)) * time.Millisecond)
			}
		}
		if err := end(); err != nil {
			return "", err.Error()
		}
		r.disk.free()
	}
	r.sink.unreliable.Store(false)
	r.start()
	if err := r.awaitInput(); err != nil {
		return "", err.Error()
	}
	r.writeLast()
	if missing := r.awaitAlerts(first); missing != "" {
		return "", missing
	}
	if err := r.awaitEmptyQueue(); err != nil {
		return "", err.Error()
	}
	if err := r.stop(syscall.SIGTERM); err != nil {
		return "", err.Error()
	}
	// The end of the episodes.
	moveIn(r.t, filepath.Join(r.logs, "zz-closing.log"), closing())
	r.start()
	<-time.After(time.Duration(200+r.random.IntN(1500)) * time.Millisecond)
	if err := end(); err != nil {
		return "", err.Error()
	}
	r.start()
	if missing := r.awaitAlerts(all); missing != "" {
		return "", missing
	}
	if err := r.stop(syscall.SIGTERM); err != nil {
		return "", err.Error()
	}
	got, _ := r.sink.snapshot()
	return "", difference(all, got)
}
