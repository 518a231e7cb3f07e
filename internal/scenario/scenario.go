// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package scenario reads worked examples of the detections for tests. Each is a folder with flow logs and the alerts
// that they must cause. testdata/scenarios/README.md describes the files.
package scenario

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// Scenario is one worked example.
type Scenario struct {
	// Name is the name of the folder and of the folder that contains it, such as external_port_scan/at.
	Name string
	// Flows is the path of the flow logs, a text file with a header line.
	Flows string
	// Threats is the path of a threat list, or empty.
	Threats string
	// Countries is the path of a country table, or empty.
	Countries string
	// Config is the configuration of the processor.
	Config map[string]any
	// Expect lists the expected alerts. Any other alert is wrong.
	Expect []Expectation
}

// All loads all scenarios below a folder: dir/<rule or topic>/<case>. They are sorted by name.
func All(dir string) ([]*Scenario, error) {
	topics, err := folders(dir)
	if err != nil {
		return nil, err
	}
	var all []*Scenario
	for _, topic := range topics {
		cases, err := folders(topic)
		if err != nil {
			return nil, err
		}
		for _, folder := range cases {
			s, err := Load(folder)
			if err != nil {
				return nil, err
			}
			all = append(all, s)
		}
	}
	return all, nil
}

// folders returns the paths of the folders in a folder, sorted by name.
func folders(dir string) (paths []string, _ error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			paths = append(paths, filepath.Join(dir, entry.Name()))
		}
	}
	return paths, nil
}

// Load loads the scenario in a folder. The settings in its config.json replace those in the config.json two folders up,
// which applies to all scenarios.
func Load(dir string) (*Scenario, error) {
	s := &Scenario{Name: filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir)}
	for name, path := range map[string]*string{
		"flows.log": &s.Flows, "threats.txt": &s.Threats, "countries.tsv": &s.Countries,
	} {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			*path = file
		}
	}
	if s.Flows == "" {
		return nil, fmt.Errorf("%s: flows.log does not exist", dir)
	}
	if err := readJSON(filepath.Join(dir, "expect.json"), &s.Expect); err != nil {
		return nil, err
	}
	config := map[string]any{}
	for _, folder := range []string{filepath.Join(dir, "..", ".."), dir} {
		var given map[string]any
		err := readJSON(filepath.Join(folder, "config.json"), &given)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		merge(config, given)
	}
	var err error
	if s.Config, err = processorConfig(config); err != nil {
		return nil, fmt.Errorf("%s: config.json: %w", dir, err)
	}
	return s, nil
}

// merge copies the settings in given to config. Objects in both are merged.
func merge(config, given map[string]any) {
	for key, value := range given {
		object, isObject := value.(map[string]any)
		if old, ok := config[key].(map[string]any); ok && isObject {
			maps.Copy(old, object)
		} else {
			config[key] = value
		}
	}
}

// readJSON decodes a file. It rejects unknown keys, because a misspelled key would silently weaken an expectation.
func readJSON(path string, target any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // nothing was written that could be lost
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
