// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// EntryError describes an entry of a names file that was skipped.
type EntryError struct {
	// Path and Line locate the entry. Lines count from 1.
	Path string
	Line int
	// Kind is the kind of error, for metrics.
	Kind Kind
	// Reason names the column or key and its value.
	Reason string
}

// Kind is a kind of error in an entry.
type Kind string

// The kinds.
const (
	BadRow     Kind = "bad_row"     // the entry is not a row or map, or has another number of columns
	BadValue   Kind = "bad_value"   // a value is invalid
	UnknownKey Kind = "unknown_key" // only in YAML, because other CSV columns are tags
	NoSelector Kind = "no_selector" // the entry does not say which machines it names
	NoName     Kind = "no_name"     // the entry has no name, owner, environment or tag
)

// Error returns the place and the reason.
func (e *EntryError) Error() string { return fmt.Sprintf("%s:%d: %s", e.Path, e.Line, e.Reason) }

// ParseNames reads a names file. Files that end in .yaml or .yml are YAML lists; other files are CSV with a header line.
// Invalid entries are skipped and returned as bad. An error means that the file as a whole is invalid.
//
// The columns and keys are address (an address or a CIDR), interface, instance, vpc and account, which select
// machines, and name, owner and environment. Other CSV columns are tags. YAML has the tags below the key tags.
func ParseNames(content []byte, path string) (entries []NameEntry, bad []*EntryError, err error) {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	p := namesParser{path: path}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml":
		err = p.yaml(content)
	default:
		err = p.csv(content)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return p.entries, p.bad, nil
}

type namesParser struct {
	path    string
	entries []NameEntry
	bad     []*EntryError
}

func (p *namesParser) yaml(content []byte) error {
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return err
	}
	if len(document.Content) == 0 {
		return nil
	}
	list := document.Content[0]
	if list.Kind != yaml.SequenceNode {
		return errors.New("the file is not a list of entries")
	}
	for _, node := range list.Content {
		if node.Kind != yaml.MappingNode {
			p.skip(node.Line, BadRow, errors.New("the entry is not a map of keys"))
			continue
		}
		p.yamlEntry(node)
	}
	return nil
}

func (p *namesParser) yamlEntry(node *yaml.Node) {
	var e NameEntry
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		var err error
		kind := BadValue
		switch {
		case key.Value == "tags":
			err = value.Decode(&e.Tags)
		case value.Kind != yaml.ScalarNode:
			err = fmt.Errorf("%s: the value is not text", key.Value)
		default:
			var known bool
			if known, err = e.set(key.Value, value.Value); err == nil && !known {
				kind = UnknownKey
				err = fmt.Errorf("%s: unknown key; the keys are %s, tags", key.Value, strings.Join(nameKeys, ", "))
			}
		}
		if err != nil {
			p.skip(key.Line, kind, err)
			return
		}
	}
	p.add(node.Line, e)
}

func (p *namesParser) csv(content []byte) error {
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord = -1 // a row of another length is skipped, not an error of the file
	r.TrimLeadingSpace = true
	r.Comment = '#'
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty; its first line must name the columns")
	}
	if err != nil {
		return err
	}
	selects := false
	for i, column := range header {
		header[i] = strings.TrimSpace(column)
		if key := strings.ToLower(header[i]); slices.Contains(nameKeys, key) {
			header[i] = key
			selects = selects || slices.Contains(nameKeys[:selectors], key)
		}
	}
	if !selects {
		return fmt.Errorf("the header line %q has none of the columns %s", strings.Join(header, ","), strings.Join(nameKeys[:selectors], ", "))
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if parseErr := (*csv.ParseError)(nil); errors.As(err, &parseErr) {
			p.skip(parseErr.Line, BadRow, parseErr.Err)
			continue
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		p.csvRow(line, header, row)
	}
}

func (p *namesParser) csvRow(line int, header, row []string) {
	if len(row) != len(header) {
		p.skip(line, BadRow, fmt.Errorf("the row has %d columns, the header has %d", len(row), len(header)))
		return
	}
	var e NameEntry
	for i, value := range row {
		value = strings.TrimSpace(value)
		if value == "" {
			continue
		}
		known, err := e.set(header[i], value)
		if err != nil {
			p.skip(line, BadValue, err)
			return
		}
		if !known {
			if e.Tags == nil {
				e.Tags = map[string]string{}
			}
			e.Tags[header[i]] = value
		}
	}
	p.add(line, e)
}

func (p *namesParser) add(line int, e NameEntry) {
	switch {
	case !e.Prefix.IsValid() && e.Interface == "" && e.Instance == "" && e.VPC == "" && e.Account == "":
		p.skip(line, NoSelector, fmt.Errorf("the entry has none of %s", strings.Join(nameKeys[:selectors], ", ")))
	case e.Name.Name == "" && e.Owner == "" && e.Environment == "" && len(e.Tags) == 0:
		p.skip(line, NoName, errors.New("the entry has no name, owner, environment or tag"))
	default:
		p.entries = append(p.entries, e)
	}
}

func (p *namesParser) skip(line int, kind Kind, err error) {
	p.bad = append(p.bad, &EntryError{Path: p.path, Line: line, Kind: kind, Reason: err.Error()})
}

// nameKeys are the columns and keys of names files. The first ones select machines.
var nameKeys = []string{"address", "interface", "instance", "vpc", "account", "name", "owner", "environment"}

const selectors = 5

// set assigns the value of one key. It reports whether the key is known.
func (e *NameEntry) set(key, value string) (known bool, err error) {
	switch key {
	case "address":
		e.Prefix, err = parsePrefix(value)
	case "interface":
		e.Interface = value
	case "instance":
		e.Instance = value
	case "vpc":
		e.VPC = value
	case "account":
		e.Account = value
	case "name":
		e.Name.Name = value
	case "owner":
		e.Owner = value
	case "environment":
		e.Environment = value
	default:
		return false, nil
	}
	return true, err
}

// parsePrefix parses an address or a CIDR. Host bits are rejected, because they are usually a typing error.
func parsePrefix(value string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(value); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("address: %q is not an address or a CIDR such as 10.0.0.0/8", value)
	case prefix != prefix.Masked():
		return netip.Prefix{}, fmt.Errorf("address: %q has bits set beyond its length; write %s", value, prefix.Masked())
	}
	return prefix, nil
}
