// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// release describes what is built.
type release struct {
	version string
	commit  string
	time    time.Time // of the commit; the time of all files
	out     string
}

// target is an operating system and a processor architecture.
type target struct{ os, arch string }

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}}

func (t target) String() string { return t.os + "_" + t.arch }

// readCommit returns the release of the commit that is checked out.
func readCommit(version string, dirty bool) (*release, error) {
	changes, err := git("status", "--porcelain")
	if err != nil {
		return nil, err
	}
	if changes != "" && !dirty {
		return nil, fmt.Errorf("commit these changes first:\n%s", changes)
	}
	line, err := git("show", "--no-patch", "--format=%H %ct", "HEAD")
	if err != nil {
		return nil, err
	}
	commit, seconds, _ := strings.Cut(line, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return nil, err
	}
	return &release{version: version, commit: commit, time: time.Unix(unix, 0).UTC()}, nil
}

// fullVersion is the version with the commit and its date as build metadata, such as 0.2.0+59522b8c31aa.20261130.
func (r *release) fullVersion() string {
	return fmt.Sprintf("%s+%s.%s", r.version, r.commit[:12], r.time.Format("20060102"))
}

// generate writes the source of the distribution with the OpenTelemetry Collector Builder.
func (r *release) generate() error {
	manifest, err := os.ReadFile("builder-config.yaml")
	if err != nil {
		return err
	}
	for pattern, value := range map[string]string{
		`(?m)^  version: .*$`:     "  version: " + r.fullVersion(),
		`(?m)^  output_path: .*$`: "  output_path: " + r.path("build", "source"),
	} {
		line := regexp.MustCompile(pattern)
		if len(line.FindAll(manifest, 2)) != 1 {
			return fmt.Errorf("builder-config.yaml: %s does not match one line", pattern)
		}
		manifest = line.ReplaceAll(manifest, []byte(value))
	}
	path := r.path("build", "builder-config.yaml")
	if err := os.WriteFile(path, manifest, 0o600); err != nil {
		return err
	}
	if err := command("tools/bin/builder", "--skip-compilation", "--config", path).Run(); err != nil {
		return err
	}
	profile, err := os.ReadFile("default.pgo") // Go uses it in the folder of the main package
	if err != nil {
		return err
	}
	return os.WriteFile(r.path("build", "source", "default.pgo"), profile, 0o600)
}

// binary returns the path of the collector for a target.
func (r *release) binary(t target) string { return r.path("build", t.String(), product) }

// healthcheck returns the path of the program that checks the health of a container.
func (r *release) healthcheck(t target) string { return r.path("build", t.String(), "healthcheck") }

// build compiles the static, stripped binaries for a target.
func (r *release) build(t target) error {
	for _, program := range []struct{ folder, pkg, path string }{
		{r.path("build", "source"), ".", r.binary(t)},
		{".", "./cmd/healthcheck", r.healthcheck(t)},
	} {
		path, err := filepath.Abs(program.path)
		if err != nil {
			return err
		}
		build := command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", path, program.pkg)
		build.Dir = program.folder
		build.Env = append(build.Env, "GOOS="+t.os, "GOARCH="+t.arch)
		if err := build.Run(); err != nil {
			return err
		}
	}
	return nil
}

// command returns a command with the build settings of a release. Its output goes to stderr.
func command(name string, arguments ...string) *exec.Cmd {
	c := exec.Command(name, arguments...)
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		switch name {
		case "GOFLAGS", "GOWORK", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOFIPS140", "CGO_ENABLED": // set below
		default:
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(c.Env, "GOFLAGS=-buildvcs=false", "GOWORK=off", "CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0", "GOFIPS140=off")
	c.Stdout, c.Stderr = os.Stderr, os.Stderr
	return c
}

func git(arguments ...string) (string, error) {
	var output, problem bytes.Buffer
	c := exec.Command("git", arguments...)
	c.Stdout, c.Stderr = &output, &problem
	if err := c.Run(); err != nil {
		return "", errors.Join(fmt.Errorf("git %s: %w", strings.Join(arguments, " "), err), errors.New(problem.String()))
	}
	return strings.TrimSpace(output.String()), nil
}
