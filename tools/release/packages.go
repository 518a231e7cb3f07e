// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // registers the format
	_ "github.com/goreleaser/nfpm/v2/rpm" // registers the format
)

// pack writes the Debian or RPM package of a target.
func (r *release) pack(t target, format string) error {
	variables := map[string]string{"ARCH": t.arch, "VERSION": r.version, "BINARY": r.binary(t)}
	config, err := nfpm.ParseFileWithEnvMapping("deploy/package/nfpm.yaml", func(name string) string { return variables[name] })
	if err != nil {
		return err
	}
	info, err := config.Get(format)
	if err != nil {
		return err
	}
	info = nfpm.WithDefaults(info)
	info.MTime = r.time
	// The files of a work tree have the time of the checkout.
	for _, content := range info.Contents {
		content.FileInfo.MTime = r.time
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	return writeFile(r.path(packager.ConventionalFileName(info)), func(w io.Writer) error { return packager.Package(info, w) })
}
