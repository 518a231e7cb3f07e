// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// modulesFolder has the modules. TestDifferencesAreFound runs the other tests with changed ones.
var modulesFolder = cmp.Or(os.Getenv("TERRAFORM_MODULES"), "../../terraform")

// module is a parsed Terraform module. The keys of resources are their addresses, such as aws_sqs_queue.queue.
type module struct {
	folder    string
	source    map[string][]byte
	blocks    map[string][]*hclsyntax.Block // by type
	variables map[string]*hclsyntax.Block
	outputs   map[string]*hclsyntax.Block
	resources map[string]*hclsyntax.Block
	locals    map[string]hclsyntax.Expression
}

func loadModule(t *testing.T, name string) *module {
	t.Helper()
	m := &module{
		folder: filepath.Join(modulesFolder, name), source: map[string][]byte{}, blocks: map[string][]*hclsyntax.Block{},
		variables: map[string]*hclsyntax.Block{}, outputs: map[string]*hclsyntax.Block{}, resources: map[string]*hclsyntax.Block{},
		locals: map[string]hclsyntax.Expression{},
	}
	files, err := filepath.Glob(m.folder + "/*.tf")
	require.NoError(t, err)
	require.NotEmpty(t, files, "module %s", name)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		m.source[file] = text
		parsed, problems := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
		require.False(t, problems.HasErrors(), problems.Error())
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			m.add(t, block)
		}
	}
	return m
}

func (m *module) add(t *testing.T, block *hclsyntax.Block) {
	t.Helper()
	m.blocks[block.Type] = append(m.blocks[block.Type], block)
	switch block.Type {
	case "variable":
		m.variables[block.Labels[0]] = block
	case "output":
		m.outputs[block.Labels[0]] = block
	case "resource":
		m.resources[strings.Join(block.Labels, ".")] = block
	case "locals":
		for name, attribute := range block.Body.Attributes {
			m.locals[name] = attribute.Expr
		}
	case "data", "terraform":
	default:
		require.Fail(t, "unknown block", block.Type)
	}
}

// text returns the source of an expression.
func (m *module) text(expression hclsyntax.Expression) string {
	source := expression.Range()
	return string(source.SliceBytes(m.source[source.Filename]))
}

// plan evaluates a module as Terraform does before it creates something. The attributes of resources have the values that they have
// in a stack of the template.
type plan struct {
	*module
	t      *testing.T
	values map[string]map[string]cty.Value // by root, such as var, and name
	counts map[string]int                  // of each resource
}

// dataSources are the attributes of data sources that modules use.
func dataSources(variables map[string]cty.Value) map[string]cty.Value {
	object := func(name, value string) cty.Value {
		return cty.ObjectVal(map[string]cty.Value{name: cty.StringVal(value)})
	}
	sources := map[string]cty.Value{
		"aws_caller_identity": cty.ObjectVal(map[string]cty.Value{"current": object("account_id", account)}),
		"aws_partition":       cty.ObjectVal(map[string]cty.Value{"current": object("partition", "aws")}),
		"aws_region":          cty.ObjectVal(map[string]cty.Value{"current": object("region", region)}),
		"archive_file": cty.ObjectVal(map[string]cty.Value{"function": cty.ObjectVal(map[string]cty.Value{
			"output_path": cty.StringVal("zip:index.py"), "output_base64sha256": cty.StringVal("hash"),
		})}),
	}
	if image, ok := variables["image_id"]; ok {
		sources["aws_ssm_parameter"] = cty.ObjectVal(map[string]cty.Value{"image": object("insecure_value", "ssm:"+image.AsString())})
	}
	return sources
}

func newPlan(t *testing.T, m *module, variables map[string]cty.Value, attributes map[string]map[string]cty.Value) *plan {
	t.Helper()
	p := &plan{module: m, t: t, counts: map[string]int{}, values: map[string]map[string]cty.Value{
		"var": variables, "data": dataSources(variables), "local": {}, "path": {"module": cty.StringVal(m.folder)},
	}}
	// A local value can need a resource, and the count of a resource can need a local value.
	for progress := true; progress; {
		progress = false
		for name, expression := range m.locals {
			if _, ok := p.values["local"][name]; !ok {
				if value, problems := expression.Value(p.context()); !problems.HasErrors() {
					p.values["local"][name], progress = value, true
				}
			}
		}
		for address, block := range m.resources {
			if _, ok := p.counts[address]; !ok && p.addResource(address, block, attributes[address]) {
				progress = true
			}
		}
	}
	for name, expression := range m.locals {
		require.Contains(t, p.values["local"], name, func() string { _, problems := expression.Value(p.context()); return problems.Error() }())
	}
	for address := range m.resources {
		require.Contains(t, p.counts, address, "its count is not known")
	}
	return p
}

func (p *plan) addResource(address string, block *hclsyntax.Block, attributes map[string]cty.Value) bool {
	value := cty.ObjectVal(attributes)
	count := 1
	if attribute, ok := block.Body.Attributes["count"]; ok {
		number, problems := attribute.Expr.Value(p.context())
		if problems.HasErrors() || !number.IsKnown() {
			return false
		}
		wide, _ := number.AsBigFloat().Int64()
		count = int(wide)
		value = cty.TupleVal(slices.Repeat([]cty.Value{value}, count))
	}
	kind, name, _ := strings.Cut(address, ".")
	if p.values[kind] == nil {
		p.values[kind] = map[string]cty.Value{}
	}
	p.values[kind][name] = value
	p.counts[address] = count
	return true
}

func (p *plan) context() *hcl.EvalContext {
	context := &hcl.EvalContext{Variables: map[string]cty.Value{}, Functions: terraformFunctions()}
	for root, values := range p.values {
		context.Variables[root] = cty.ObjectVal(values)
	}
	return context
}

// value evaluates an expression. It returns nil for null.
func (p *plan) value(expression hclsyntax.Expression) any {
	p.t.Helper()
	value, problems := expression.Value(p.context())
	require.False(p.t, problems.HasErrors(), problems.Error())
	text, err := ctyjson.Marshal(value, value.Type())
	require.NoError(p.t, err)
	var result any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	require.NoError(p.t, decoder.Decode(&result))
	return result
}

// meta are arguments and blocks that Terraform itself evaluates.
var meta = []string{"count", "depends_on", "lifecycle"}

// arguments returns the arguments of a resource. Blocks of one type are a list.
func (p *plan) arguments(body *hclsyntax.Body) map[string]any {
	p.t.Helper()
	all := map[string]any{}
	for name, attribute := range body.Attributes {
		if value := p.value(attribute.Expr); value != nil && !slices.Contains(meta, name) {
			all[name] = value
		}
	}
	for _, block := range body.Blocks {
		if !slices.Contains(meta, block.Type) {
			list, _ := all[block.Type].([]any)
			all[block.Type] = append(list, p.arguments(block.Body))
		}
	}
	return all
}

// dependencies returns the resources that Terraform creates before this one.
func (m *module) dependencies(address string) []string {
	all := map[string]bool{}
	var visit func(body *hclsyntax.Body)
	visit = func(body *hclsyntax.Body) {
		for _, attribute := range body.Attributes {
			m.addReferences(all, attribute.Expr)
		}
		for _, block := range body.Blocks {
			visit(block.Body)
		}
	}
	visit(m.resources[address].Body)
	return slices.Sorted(maps.Keys(all))
}

// addReferences adds the resources that an expression names, also those that its local values name.
func (m *module) addReferences(all map[string]bool, expression hclsyntax.Expression) {
	for _, path := range expression.Variables() {
		if len(path) < 2 {
			continue
		}
		root := path.RootName()
		name, ok := path[1].(hcl.TraverseAttr)
		if _, isResource := m.resources[fmt.Sprint(root, ".", name.Name)]; ok && isResource {
			all[root+"."+name.Name] = true
		}
		if ok && root == "local" {
			m.addReferences(all, m.locals[name.Name])
		}
	}
}
