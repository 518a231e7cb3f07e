// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// filesOf are those settings of a receiver that name a file, such as api_url_file; those that it has from the global
// block as well.
func filesOf(settings []setting) (files []setting) {
	for _, s := range settings {
		if strings.HasSuffix(s.key, "_file") {
			files = append(files, s)
		}
	}
	return files
}

// readable says which of the files cannot be read. The integrations read them anew for each notification.
func readable(files []setting) error {
	var wrong []error
	for _, file := range files {
		if _, err := os.ReadFile(file.text); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", file.key, err))
		}
	}
	return errors.Join(wrong...)
}
