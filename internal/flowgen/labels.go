// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package flowgen

import (
	"fmt"
	"io"
	"time"

	"go.yaml.in/yaml/v3"
)

// Label describes a script in labels.yaml. An attack has alerts, a decoy has rules that must stay silent.
type Label struct {
	Name    string         `yaml:"name"`
	Account string         `yaml:"account"`
	Start   time.Time      `yaml:"start"`
	End     time.Time      `yaml:"end"`
	Summary string         `yaml:"summary"`
	Alerts  []LabeledAlert `yaml:"alerts,omitempty"`
	Silent  []string       `yaml:"silent,omitempty,flow"`
}

// LabeledAlert is an alert that detection must report: once when its episode opens, and then for each update. Fields that
// the rule does not determine are empty.
type LabeledAlert struct {
	Rule        string `yaml:"rule"`
	Source      string `yaml:"source,omitempty"`
	Destination string `yaml:"destination,omitempty"`
	Port        uint16 `yaml:"port,omitempty"`
	Country     string `yaml:"country,omitempty"`
	Opened      int    `yaml:"opened"`
	Updated     int    `yaml:"updated,omitempty"`
	Why         string `yaml:"why,omitempty"`
}

// Labels is the content of labels.yaml.
type Labels struct {
	Attacks []Label `yaml:"attacks"`
	Decoys  []Label `yaml:"decoys"`
}

// LabelsOf returns the labels of the scripts in the logs of the given format versions.
func LabelsOf(o Options, versions ...int) (Labels, error) {
	accounts := make(map[string]string)
	for _, version := range versions {
		site, err := siteOfVersion(version)
		if err != nil {
			return Labels{}, err
		}
		accounts[site.Name] = site.Account
	}
	var out Labels
	for _, s := range o.played() {
		account, logged := accounts[s.Site]
		switch {
		case !logged:
		case s.Decoy():
			out.Decoys = append(out.Decoys, s.label(account, o.Start))
		default:
			out.Attacks = append(out.Attacks, s.label(account, o.Start))
		}
	}
	return out, nil
}

func (s *Script) label(account string, begin time.Time) Label {
	start := begin.Add(s.At).UTC()
	l := Label{
		Name: s.Name, Account: account, Start: start, End: start.Add(s.length()),
		Summary: s.Summary, Silent: s.Silent,
	}
	for _, a := range s.Alerts {
		labeled := LabeledAlert{
			Rule: a.Rule, Port: a.Port, Country: a.Country, Opened: 1, Updated: a.Updated, Why: a.Why,
		}
		if a.Source.IsValid() {
			labeled.Source = a.Source.String()
		}
		if a.Destination.IsValid() {
			labeled.Destination = a.Destination.String()
		}
		l.Alerts = append(l.Alerts, labeled)
	}
	return l
}

// WriteTo writes the labels as YAML.
func (l Labels) WriteTo(w io.Writer) (int64, error) {
	text, err := yaml.Marshal(l)
	if err != nil {
		return 0, fmt.Errorf("labels: %w", err)
	}
	n, err := fmt.Fprintf(w, "# Attacks and decoys, sorted by time. Attacks must cause exactly their alerts, decoys none.\n%s", text)
	return int64(n), err
}
