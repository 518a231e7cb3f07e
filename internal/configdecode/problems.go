// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configdecode

import (
	"errors"
	"fmt"
	"strings"
)

// problems are the errors of a configuration, each with its key.
type problems []string

func (p *problems) add(key, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if key != "" {
		text = key + ": " + text
	}
	*p = append(*p, text)
}

// err returns the problems as one error in one line, because the Collector puts its own text before it.
func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return errors.New(strings.Join(p, "; "))
}

// Join joins errors into one error in one line. It ignores nil errors, and returns nil if there are no others.
func Join(errs ...error) error {
	var all problems
	for _, err := range errs {
		if err != nil {
			all = append(all, err.Error())
		}
	}
	return all.err()
}

// under returns the key of a setting within the settings of another key.
func under(key, name string) string {
	if key == "" {
		return name
	}
	return key + "::" + name
}
