// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"os"
)

// checksums writes SHA256SUMS for sha256sum --check, and signs it if COSIGN names a program.
func (r *release) checksums() error {
	files, err := os.ReadDir(r.out)
	if err != nil {
		return err
	}
	sums := r.path("SHA256SUMS")
	err = writeFile(sums, func(w io.Writer) error {
		for _, file := range files {
			content, err := os.ReadFile(r.path(file.Name()))
			if err != nil {
				return err
			}
			log.Printf("%9.1f MB  %s", float64(len(content))/1e6, file.Name())
			if _, err := fmt.Fprintf(w, "%x  %s\n", sha256.Sum256(content), file.Name()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if cosign := os.Getenv("COSIGN"); cosign != "" {
		return command(cosign, "sign-blob", "--yes", "--bundle", sums+".bundle", sums).Run()
	}
	return nil
}
