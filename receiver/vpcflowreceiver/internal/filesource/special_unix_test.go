// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !windows

package filesource

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

func (r *fixture) makePipe(name string) {
	r.t.Helper()
	require.NoError(r.t, syscall.Mkfifo(r.path(name), 0o600))
}

func (r *fixture) requireSkipped(name string) {
	r.t.Helper()
	skipped := func() int {
		return r.Logs.FilterMessageSnippet("pipe, socket or device").FilterField(zap.String("file", r.path(name))).Len()
	}
	require.Eventually(r.t, func() bool { return skipped() > 0 }, timeout, tick)
	r.waitForPolls()
	require.Equal(r.t, 1, skipped(), "the warning is logged once")
}

func TestAPipeIsSkipped(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 10))
	r.makePipe("b[1].log")
	r.write("c.log", lines(11, 20))
	r.start()
	r.RequirePorts(ports(1, 20)...)
	r.requireSkipped("b[1].log")
}

func TestAPipeThatAppearsAfterTheStartIsSkipped(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 10))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.makePipe("b.log")
	r.requireSkipped("b.log")
	r.write("c.log", lines(11, 20))
	r.append("a.log", lines(21, 30))
	r.RequirePortsInAnyOrder(ports(1, 30)...)
}

func TestASymbolicLinkToAPipeIsSkipped(t *testing.T) {
	r := newFixture(t)
	r.makePipe("pipe")
	r.write("other", lines(1, 10))
	require.NoError(t, os.Symlink(r.path("pipe"), r.path("a.log")))
	require.NoError(t, os.Symlink(r.path("other"), r.path("b.log")))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.requireSkipped("a.log")
}

func TestAFileThatBecomesAPipeDoesNotBlock(t *testing.T) {
	r := newFixture(t)
	r.makePipe("a.log")
	m := match{path: r.path("a.log")} // It was a file when it was found.
	opened := make(chan error)
	go func() { opened <- m.open() }()
	select {
	case err := <-opened:
		assert.ErrorContains(t, err, "a.log is not a regular file")
	case <-time.After(timeout):
		t.Fatal("opening a pipe blocks")
	}
}

func TestAReadFileThatBecomesAPipeDoesNotBlock(t *testing.T) {
	r := newFixture(t)
	r.write("a.log", lines(1, 50))
	r.start()
	r.RequirePorts(ports(1, 50)...)
	r.rename("a.log", "old") // Its inode is not used again.
	r.makePipe("a.log")
	r.requireSkipped("a.log")
	r.write("b.log", lines(1, 20)) // The beginning of the file whose path is now a pipe.
	r.write("c.log", lines(51, 60))
	r.RequirePorts(append(append(ports(1, 50), ports(1, 20)...), ports(51, 60)...)...)
}

func TestASymbolicLinkWhoseTargetBecomesAPipeIsSkipped(t *testing.T) {
	r := newFixture(t)
	r.write("target", lines(1, 10))
	require.NoError(t, os.Symlink(r.path("target"), r.path("a.log")))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.remove("target")
	r.makePipe("target")
	r.requireSkipped("a.log")
	r.write("b.log", lines(11, 20))
	r.RequirePorts(ports(1, 20)...)
}

func TestAFileWithSeveralPathsIsReadOnce(t *testing.T) {
	r := newFixture(t)
	r.write("b.log", lines(1, 10))
	require.NoError(t, os.Symlink(r.path("b.log"), r.path("a.log")))
	require.NoError(t, os.Link(r.path("b.log"), r.path("c.log")))
	r.start()
	r.RequirePorts(ports(1, 10)...)
	r.append("b.log", lines(11, 20))
	r.RequirePorts(ports(1, 20)...)
	r.waitForPolls()
	r.RequirePorts(ports(1, 20)...)
}
