// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowstore

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// childDirectory is the environment variable that makes the test binary a process that stores flows until it is killed.
const childDirectory = "FLOWSTORE_TEST_DIRECTORY"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirectory); dir != "" {
		if err := runChild(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// crashPart is the number of flows in a part of the child.
const crashPart = 50

// runChild writes parts and compacts them at the same time. It prints the number of flows after each part. Flows are
// numbered by their bytes.
func runChild(dir string) error {
	s, err := Open(testSettings(dir, func() time.Time { return noon }))
	if err != nil {
		return err
	}
	next := int(s.Status().Rows)
	for stored := uint64(crashPart); ; stored += crashPart {
		s.Add(testFlows(next, crashPart, noon))
		next += crashPart
		for s.Status().Stored < stored {
			if err := s.Status().Failure; err != nil {
				return err
			}
			s.tick()
		}
		fmt.Println(next)
	}
}

// TestKillDuringWritingAndCompaction kills a process twenty times. Each file is readable, no flow is stored twice, and
// none is lost that the process has reported as stored.
func TestKillDuringWritingAndCompaction(t *testing.T) {
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	compacted := 0
	for range 20 {
		reported := killChild(t, dir, 1+random.IntN(2*maxParts))
		s, err := Open(testSettings(dir, func() time.Time { return noon }))
		require.NoError(t, err)
		status := s.Status()
		require.NoError(t, s.Close(t.Context()))
		require.Zero(t, status.Unreadable)
		rows := readFolder(t, dir)
		require.Len(t, rows, int(status.Rows))
		seen := map[int64]bool{}
		for _, row := range rows {
			require.False(t, seen[row.Bytes], "flow %d is stored twice", row.Bytes)
			seen[row.Bytes] = true
		}
		for i := range rows {
			require.True(t, seen[int64(i)], "flow %d is lost", i)
		}
		assert.GreaterOrEqual(t, len(rows), reported)
		assert.Zero(t, len(rows)%crashPart, "a part is complete or absent")
		if len(rows)/crashPart > status.Files {
			compacted++
		}
	}
	assert.Positive(t, compacted, "no compaction was running")
}

// killChild starts the process, kills it after it has written some parts, and returns the number of flows that it has
// reported.
func killChild(t *testing.T, dir string, parts int) (reported int) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDirectory+"="+dir)
	var errors strings.Builder
	child.Stderr = &errors
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		_, err := fmt.Sscan(lines.Text(), &reported)
		require.NoError(t, err)
		if parts--; parts == 0 {
			require.NoError(t, child.Process.Kill())
		}
	}
	require.Error(t, child.Wait())
	require.Empty(t, errors.String())
	return reported
}
