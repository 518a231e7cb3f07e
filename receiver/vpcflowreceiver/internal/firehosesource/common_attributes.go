// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package firehosesource

import (
	"encoding/json"
	"errors"
	"fmt"
)

// AWS limits common attributes in number, and in the length of names and values in characters.
const (
	maxAttributes     = 50
	maxAttributeName  = 256
	maxAttributeValue = 1024
)

// parseCommonAttributes parses the header with the parameters that the user configured for a delivery stream. An empty
// header has none.
func parseCommonAttributes(header string) (map[string]string, error) {
	if header == "" {
		return nil, nil
	}
	var document struct {
		CommonAttributes map[string]string `json:"commonAttributes"`
	}
	if err := json.Unmarshal([]byte(header), &document); err != nil {
		return nil, errors.New("must be a JSON object with commonAttributes, an object of strings")
	}
	if n := len(document.CommonAttributes); n > maxAttributes {
		return nil, fmt.Errorf("must have at most %d attributes, got %d", maxAttributes, n)
	}
	for name, value := range document.CommonAttributes {
		if name == "" || len([]rune(name)) > maxAttributeName || len([]rune(value)) > maxAttributeValue {
			return nil, fmt.Errorf("names must have 1 to %d characters and values at most %d", maxAttributeName, maxAttributeValue)
		}
	}
	return document.CommonAttributes, nil
}
