// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package configcheckconverter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/component"
)

// configuration holds the parts of the Collector's configuration that the checks need. Invalid parts are missing,
// because the Collector itself reports them.
type configuration struct {
	receivers, processors, exporters, connectors, extensions map[component.ID]*block

	enabled   map[component.ID]bool // the IDs in service::extensions
	pipelines []*pipeline           // sorted by name
}

// block is the configuration of one component.
type block struct {
	kind     string // the key of its kind, such as receivers
	key      string // the key of the component, such as receivers::vpc_flow
	id       component.ID
	settings map[string]any // may be nil
}

// pipeline is one of service::pipelines.
type pipeline struct {
	name                             string
	receivers, processors, exporters []component.ID
}

func (p *pipeline) key() string { return "service::pipelines::" + p.name }

func (p *pipeline) exports(id component.ID) bool { return slices.Contains(p.exporters, id) }

func (p *pipeline) carriesLogs() bool { return p.name == "logs" || strings.HasPrefix(p.name, "logs/") }

func parse(conf map[string]any) *configuration {
	c := &configuration{
		receivers: parseBlocks(conf, "receivers"), processors: parseBlocks(conf, "processors"), exporters: parseBlocks(conf, "exporters"),
		connectors: parseBlocks(conf, "connectors"), extensions: parseBlocks(conf, "extensions"), enabled: map[component.ID]bool{},
	}
	service, _ := conf["service"].(map[string]any)
	for _, id := range parseIDs(service["extensions"]) {
		c.enabled[id] = true
	}
	pipelines, _ := service["pipelines"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		if settings, ok := pipelines[name].(map[string]any); ok {
			c.pipelines = append(c.pipelines, &pipeline{
				name, parseIDs(settings["receivers"]), parseIDs(settings["processors"]), parseIDs(settings["exporters"]),
			})
		}
	}
	return c
}

func parseBlocks(conf map[string]any, kind string) map[component.ID]*block {
	blocks := map[component.ID]*block{}
	section, _ := conf[kind].(map[string]any)
	for name, value := range section {
		var id component.ID
		if id.UnmarshalText([]byte(name)) == nil {
			settings, _ := value.(map[string]any)
			blocks[id] = &block{kind, kind + "::" + name, id, settings}
		}
	}
	return blocks
}

func parseIDs(list any) (ids []component.ID) {
	entries, _ := list.([]any)
	for _, entry := range entries {
		var id component.ID
		if text, ok := entry.(string); ok && id.UnmarshalText([]byte(text)) == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// used returns the components that a pipeline uses, sorted by key.
func (c *configuration) used() []*block {
	found := map[*block]bool{}
	add := func(ids []component.ID, kinds ...map[component.ID]*block) {
		for _, id := range ids {
			for _, blocks := range kinds {
				if b := blocks[id]; b != nil {
					found[b] = true
				}
			}
		}
	}
	for _, p := range c.pipelines {
		add(p.receivers, c.receivers, c.connectors)
		add(p.processors, c.processors)
		add(p.exporters, c.exporters, c.connectors)
	}
	return sorted(found)
}

// usedExtensions returns the extensions of the service, sorted by key.
func (c *configuration) usedExtensions() []*block {
	found := map[*block]bool{}
	for id := range c.enabled {
		if b := c.extensions[id]; b != nil {
			found[b] = true
		}
	}
	return sorted(found)
}

func sorted(blocks map[*block]bool) []*block {
	return slices.SortedFunc(maps.Keys(blocks), func(a, b *block) int { return strings.Compare(a.key, b.key) })
}

// walk visits all settings, sorted by key. It skips sections that are disabled.
func walk(key string, value any, visit func(key, name string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		if value["enabled"] == false {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			inner := key + "::" + name
			if section, ok := value[name].(map[string]any); !ok || section["enabled"] != false {
				visit(inner, name, value[name])
			}
			walk(inner, value[name], visit)
		}
	case []any:
		for i, entry := range value {
			walk(fmt.Sprintf("%s[%d]", key, i), entry, visit)
		}
	}
}
