// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// sbom writes the CycloneDX software bill of materials of a target: the modules that Go has linked into the binary.
func (r *release) sbom(t target) error {
	info, err := buildinfo.ReadFile(r.binary(t))
	if err != nil {
		return err
	}
	main := moduleComponent("github.com/vpcflow/otelcol-vpcflow", "v"+r.version)
	main.Type, main.Name = cdx.ComponentTypeApplication, product
	components := []cdx.Component{moduleComponent("stdlib", info.GoVersion[len("go"):])}
	references := []string{components[0].BOMRef}
	for _, module := range info.Deps {
		if module.Path == "github.com/vpcflow/otelcol-vpcflow" {
			continue
		}
		c := moduleComponent(module.Path, module.Version)
		components = append(components, c)
		references = append(references, c.BOMRef)
	}
	bom := cdx.NewBOM()
	bom.SerialNumber = "urn:uuid:" + r.uuid(t.String())
	bom.Metadata = &cdx.Metadata{
		Timestamp: r.time.Format(time.RFC3339),
		Component: &main,
		Properties: &[]cdx.Property{
			{Name: "commit", Value: r.commit},
			{Name: "target", Value: t.String()},
		},
	}
	bom.Components = &components
	bom.Dependencies = &[]cdx.Dependency{{Ref: main.BOMRef, Dependencies: &references}}
	return writeFile(r.path(product+"_"+r.version+"_"+t.String()+".cdx.json"), func(w io.Writer) error {
		encoder := cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON)
		return encoder.SetPretty(true).Encode(bom)
	})
}

func moduleComponent(path, version string) cdx.Component {
	purl := "pkg:golang/" + path + "@" + version
	return cdx.Component{Type: cdx.ComponentTypeLibrary, BOMRef: purl, Name: path, Version: version, PackageURL: purl}
}

// uuid returns a UUID that depends only on the release and the name.
func (r *release) uuid(name string) string {
	sum := sha256.Sum256([]byte(r.fullVersion() + " " + name))
	sum[6] = sum[6]&0x0f | 0x80 // version 8: defined by the application
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("%s-%s-%s-%s-%s", text[:8], text[8:12], text[12:16], text[16:20], text[20:])
}
