// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Command release builds the files of a release: binaries, packages, container image, SBOMs and checksums. The same commit
// and the same version of Go give the same bytes in every folder.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"regexp"
)

// product is the name of the binary and the beginning of all file names.
const product = "otelcol-vpcflow"

func main() {
	log.SetFlags(0)
	log.SetPrefix("release: ")
	version := flag.String("version", "", "version to release, such as 0.2.0")
	out := flag.String("out", "_build/release", "folder for the files; it is emptied first")
	dirty := flag.Bool("dirty", false, "allow changes that are not committed")
	flag.Parse()
	if err := run(*version, *out, *dirty); err != nil {
		log.Fatal(err)
	}
}

func run(version, out string, dirty bool) error {
	if !regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`).MatchString(version) {
		return fmt.Errorf("-version: %q is not a version such as 0.2.0", version)
	}
	r, err := readCommit(version, dirty)
	if err != nil {
		return err
	}
	r.out = out
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(r.path("build"), 0o755)); err != nil {
		return err
	}
	if err := r.generate(); err != nil {
		return err
	}
	for _, t := range targets {
		if err := r.build(t); err != nil {
			return fmt.Errorf("build %s: %w", t, err)
		}
		if err := r.sbom(t); err != nil {
			return fmt.Errorf("write SBOM of %s: %w", t, err)
		}
		if err := r.archive(t); err != nil {
			return fmt.Errorf("archive %s: %w", t, err)
		}
		if t.os != "linux" {
			continue
		}
		for _, format := range []string{"deb", "rpm"} {
			if err := r.pack(t, format); err != nil {
				return fmt.Errorf("package %s as %s: %w", t, format, err)
			}
		}
	}
	if err := r.image(); err != nil {
		return fmt.Errorf("build image: %w", err)
	}
	if err := os.RemoveAll(r.path("build")); err != nil {
		return err
	}
	return r.checksums()
}

// path returns a path in the output folder.
func (r *release) path(elements ...string) string {
	return filepath.Join(append([]string{r.out}, elements...)...)
}

// writeFile creates a file and calls write with it.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
