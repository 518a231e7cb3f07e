// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"errors"
	"fmt"
	"time"
)

// FileOptions selects how [Write] divides logs into files.
type FileOptions struct {
	// Dir is the folder to write to. It gets the folder AWSLogs and the files attacks.md, labels.yaml and threats.txt.
	Dir string
	// Versions are the format versions to write. Each version has one account.
	Versions []int
	// Period is the time that one file covers. AWS writes a file every five minutes.
	Period time.Duration
	// Single writes one file for each account, regardless of the period.
	Single bool
}

// Validate returns an error that names the first invalid option.
func (f FileOptions) Validate() error {
	if f.Dir == "" {
		return errors.New("out: must name a folder")
	}
	if len(f.Versions) == 0 {
		return errors.New("version: at least one is needed")
	}
	if f.Period < time.Minute || f.Period > day || day%f.Period != 0 || f.Period%time.Minute != 0 {
		return fmt.Errorf("period %s: must divide a day and be whole minutes, such as 5m, 1h or 6h", f.Period)
	}
	return nil
}

// Summary is what [Write] has written for one account.
type Summary struct {
	Account string
	Version int
	Files   int
	Records int
	Bytes   int64 // compressed
}
