// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/pem"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// imageUser is the user and the group of the container. It is not the user of any package.
const imageUser = 10001

// image writes the container image for all Linux targets as one tar file with an OCI layout.
func (r *release) image() error {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, t := range targets {
		if t.os != "linux" {
			continue
		}
		image, err := r.imageOf(t)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: t.os, Architecture: t.arch}},
		})
	}
	folder := r.path("build", "image")
	images, err := layout.Write(folder, empty.Index)
	if err != nil {
		return err
	}
	if err := images.AppendIndex(index, layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": "ghcr.io/vpcflow/otelcol-vpcflow:" + r.version,
	})); err != nil {
		return err
	}
	var entries []entry
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		e := entry{name: filepath.ToSlash(name), mode: 0o755}
		if !d.IsDir() {
			e.mode = 0o644
			e.content, err = os.ReadFile(path)
		}
		entries = append(entries, e)
		return err
	})
	if err != nil {
		return err
	}
	return writeFile(r.path(product+"_"+r.version+"_image.tar"), func(w io.Writer) error { return writeTar(w, r.time, entries) })
}

// imageOf returns the image for a target. It has no shell and no package manager.
func (r *release) imageOf(t target) (v1.Image, error) {
	entries := []entry{
		{name: "etc", mode: 0o755},
		{name: "etc/" + product, mode: 0o755},
		{name: "etc/ssl", mode: 0o755},
		{name: "etc/ssl/certs", mode: 0o755},
		{name: "etc/ssl/certs/ca-certificates.crt", content: certificates(), mode: 0o644},
		{name: "etc/passwd", content: []byte("otelcol-vpcflow:x:10001:10001::/:/nonexistent\n"), mode: 0o644},
		{name: "etc/hosts", content: []byte("127.0.0.1 localhost\n::1 localhost\n"), mode: 0o644}, // engines replace it
		{name: "etc/group", content: []byte("otelcol-vpcflow:x:10001:\n"), mode: 0o644},
		{name: "dev", mode: 0o755},
		{name: "proc", mode: 0o555},
		{name: "sys", mode: 0o555},
		{name: "tmp", mode: 0o1777},
		{name: "var", mode: 0o755},
		{name: "var/lib", mode: 0o755},
		{name: "var/lib/" + product, mode: 0o700, owner: imageUser},
		{name: "var/log", mode: 0o755},
		{name: "var/log/vpcflow", mode: 0o755},
	}
	for _, file := range []struct {
		name, source string
		mode         int64
	}{
		{product, r.binary(t), 0o755},
		{"healthcheck", r.healthcheck(t), 0o755},
		{"etc/" + product + "/config.yaml", "deploy/package/config.yaml", 0o644},
		{"etc/" + product + "/production.yaml", "config/production.yaml", 0o644},
		{"LICENSE", "LICENSE", 0o644},
		{"NOTICE", "NOTICE", 0o644},
	} {
		e, err := fileEntry(file.name, file.source, file.mode)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	var content bytes.Buffer
	if err := writeTar(&content, r.time, entries); err != nil {
		return nil, err
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content.Bytes())), nil
	}, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err = mutate.AppendLayers(image, layer)
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = t.os, t.arch
	config.Created = v1.Time{Time: r.time}
	config.History = []v1.History{{Created: v1.Time{Time: r.time}, CreatedBy: "make release"}}
	config.Config = r.imageConfig()
	return mutate.ConfigFile(image, config)
}

func (r *release) imageConfig() v1.Config {
	return v1.Config{
		User:       "10001:10001",
		Entrypoint: []string{"/" + product, "--feature-gates=+extension.healthcheck.useComponentStatus"},
		Cmd:        []string{"--config", "/etc/" + product + "/config.yaml"},
		// Other machines reach the page and the health check only through the ports that the container publishes.
		Env:          []string{"PATH=/", "DASHBOARD_ENDPOINT=0.0.0.0:8765", "HEALTH_ENDPOINT=0.0.0.0:13133"},
		ExposedPorts: map[string]struct{}{"8765/tcp": {}, "13133/tcp": {}},
		Volumes:      map[string]struct{}{"/var/lib/" + product: {}},
		Healthcheck:  &v1.HealthConfig{Test: []string{"CMD", "/healthcheck"}, Interval: 30 * time.Second, Timeout: 5 * time.Second},
		Labels: map[string]string{
			"org.opencontainers.image.title":    product,
			"org.opencontainers.image.version":  r.version,
			"org.opencontainers.image.revision": r.commit,
			"org.opencontainers.image.created":  r.time.Format(time.RFC3339),
			"org.opencontainers.image.source":   "https://github.com/vpcflow/otelcol-vpcflow",
			"org.opencontainers.image.licenses": "Apache-2.0",
		},
	}
}

// certificates returns the root certificates of Mozilla as PEM.
func certificates() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
	}
	return text.Bytes()
}
