// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package scenario reads worked examples of the detections, for tests: a folder each, with flow logs and the alerts
// that they must lead to. The files are described in testdata/scenarios/README.md.
package scenario

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
)

// Scenario is one worked example.
type Scenario struct {
	// Name is that of the folder.
	Name string
	// Flows is the path of the flow logs, a text with a header line.
	Flows string
	// Threats is the path of a threat list. Empty means that there is none.
	Threats string
	// Countries is the path of a table of countries. Empty means that there is none.
	Countries string
	// Config is what the processor's configuration says, in its own form. Empty means nothing.
	Config map[string]any
	// Expect is what must come. Any other alert is wrong.
	Expect []Expectation
}

// All reads every folder in the given one, in the order of their names.
func All(dir string) ([]*Scenario, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []*Scenario
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		s, err := Load(filepath.Join(dir, entry.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Load reads one folder.
func Load(dir string) (*Scenario, error) {
	s := &Scenario{Name: filepath.Base(dir)}
	for name, path := range map[string]*string{
		"flows.log": &s.Flows, "threats.txt": &s.Threats, "countries.tsv": &s.Countries,
	} {
		file := filepath.Join(dir, name)
		if _, err := os.Stat(file); err == nil {
			*path = file
		}
	}
	if s.Flows == "" {
		return nil, fmt.Errorf("%s: there is no flows.log", dir)
	}
	if err := readJSON(filepath.Join(dir, "expect.json"), &s.Expect); err != nil {
		return nil, err
	}
	var config map[string]any
	if err := readJSON(filepath.Join(dir, "config.json"), &config); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var err error
	if s.Config, err = processorConfig(config); err != nil {
		return nil, fmt.Errorf("%s: config.json: %w", dir, err)
	}
	return s, nil
}

// readJSON refuses keys that the target does not have: a misspelt expectation would expect less than it says.
func readJSON(path string, target any) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close() // only read from: there is nothing that closing could lose
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// CountryTable knows the countries of a scenario.
type CountryTable map[netip.Prefix]string

// ReadCountries reads a file of one network a line: a CIDR, a tab and the country's code.
func ReadCountries(path string) (CountryTable, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	table := CountryTable{}
	for line := range strings.Lines(string(content)) {
		network, code, _ := strings.Cut(strings.TrimSpace(line), "\t")
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		table[prefix] = code
	}
	return table, nil
}

// Country returns the code of the narrowest network that has the address, empty when there is none or it is ZZ, by
// which tables say that they do not know.
func (t CountryTable) Country(a netip.Addr) string {
	code, bits := "", -1
	for prefix, c := range t {
		if prefix.Contains(a) && prefix.Bits() > bits {
			code, bits = c, prefix.Bits()
		}
	}
	if code == "ZZ" {
		return ""
	}
	return code
}
