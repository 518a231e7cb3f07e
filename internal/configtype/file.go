// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configtype

import (
	"errors"
	"os"
)

// CheckFile returns an error unless there is a file at the path. It does not open the file.
func CheckFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return &os.PathError{Op: "read", Path: path, Err: errors.New("is a folder")}
	}
	return nil
}
