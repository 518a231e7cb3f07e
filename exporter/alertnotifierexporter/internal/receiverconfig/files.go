// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// FileSettings returns the settings that name a file, such as api_url_file.
func FileSettings(settings []Setting) (files []Setting) {
	for _, s := range settings {
		if strings.HasSuffix(s.Key, "_file") {
			files = append(files, s)
		}
	}
	return files
}

// CheckFiles returns an error for all files that cannot be read. The integrations read them again for each notification.
func CheckFiles(files []Setting) error {
	var errs []error
	for _, file := range files {
		if _, err := os.ReadFile(file.Text); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file.Key, err))
		}
	}
	return errors.Join(errs...)
}
