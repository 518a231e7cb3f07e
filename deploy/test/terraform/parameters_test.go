// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// variableType returns the type of the variable for a parameter.
func variableType(p parameter) string {
	switch {
	case p.Type == "Number":
		return "number"
	case p.Type == "CommaDelimitedList":
		return "list(string)"
	case slices.Equal(p.AllowedValues, []any{"true", "false"}):
		return "bool"
	default:
		return "string"
	}
}

// validation returns the condition of the variable for a parameter.
func validation(name string, p parameter) string {
	variable := "var." + snake(name)
	switch {
	case len(p.AllowedValues) > 0 && variableType(p) != "bool":
		allowed := []string{}
		for _, value := range p.AllowedValues {
			allowed = append(allowed, map[bool]string{true: fmt.Sprintf("%v", value), false: fmt.Sprintf("%q", value)}[p.Type == "Number"])
		}
		return "contains([" + strings.Join(allowed, ", ") + "], " + variable + ")"
	case p.AllowedPattern != "":
		return fmt.Sprintf("can(regex(%q, %s))", "^(?:"+p.AllowedPattern+")$", variable)
	}
	limits := []string{}
	for _, limit := range []struct {
		value *int
		form  string
	}{{p.MinValue, "%s >= %d"}, {p.MaxValue, "%s <= %d"}, {p.MinLength, "length(%s) >= %d"}, {p.MaxLength, "length(%s) <= %d"}} {
		if limit.value != nil {
			limits = append(limits, fmt.Sprintf(limit.form, variable, *limit.value))
		}
	}
	return strings.Join(limits, " && ")
}

func TestTerraformHasTheParametersOfTheTemplates(t *testing.T) {
	for name := range scenarios {
		in, m := loadTemplate(t, name), loadModule(t, name)
		want := map[string]bool{}
		for parameter, p := range in.Parameters {
			where := name + ": " + snake(parameter)
			want[snake(parameter)] = true
			block, ok := m.variables[snake(parameter)]
			if !assert.True(t, ok, where) {
				continue
			}
			body := block.Body
			assert.Equal(t, variableType(p), m.text(body.Attributes["type"].Expr), where)
			hasDefault := body.Attributes["default"] != nil
			assert.Equal(t, p.Default != nil, hasDefault, "%s: default", where)
			if hasDefault {
				value, problems := body.Attributes["default"].Expr.Value(nil)
				require.False(t, problems.HasErrors(), where)
				assert.Equal(t, fmt.Sprint(p.Default), fmt.Sprint((&plan{module: m, t: t}).value(body.Attributes["default"].Expr)), "%s: %s", where, value.GoString())
			}
			assert.Equal(t, p.NoEcho, body.Attributes["sensitive"] != nil, "%s: sensitive", where)
			condition := ""
			if len(body.Blocks) > 0 {
				condition = m.text(body.Blocks[0].Body.Attributes["condition"].Expr)
			}
			assert.Equal(t, validation(parameter, p), condition, where)
		}
		for variable, block := range m.variables {
			assert.True(t, want[variable] || variable == "stack_name", "%s: the template does not have %s", name, variable)
			assertDescription(t, name+": "+variable, (&plan{module: m, t: t}).value(block.Body.Attributes["description"].Expr))
		}
	}
}

func assertDescription(t *testing.T, where string, text any) {
	t.Helper()
	assert.Regexp(t, `(?s)^\S.{10,}\.$`, text, where)
	assert.NotRegexp(t, `deploy/\w+\.yaml|[a-z][A-Z][a-z]+[A-Z]\w*`, text, "%s: the description names a template or its parameter", where)
}

func TestTerraformAcceptsTheValuesOfTheScenarios(t *testing.T) {
	forEachScenario(t, func(t *testing.T, _ *stack, p *plan) {
		for name, block := range p.variables {
			for _, check := range block.Body.Blocks {
				require.Equal(t, "validation", check.Type)
				if strings.Contains(p.text(check.Body.Attributes["condition"].Expr), "regex") && name != "stack_name" && name != "name" {
					continue // the values of the scenarios are short
				}
				assert.Equal(t, true, p.value(check.Body.Attributes["condition"].Expr), name)
				assert.Contains(t, p.value(check.Body.Attributes["error_message"].Expr), name+" must ")
			}
		}
	})
}

func TestTerraformHasTheOutputsOfTheTemplates(t *testing.T) {
	forEachScenario(t, func(t *testing.T, s *stack, p *plan) {
		want, have := map[string]any{}, map[string]any{}
		for name, output := range s.Outputs {
			want[snake(name)] = s.value(&output.Value)
		}
		for name, block := range p.outputs {
			have[name] = p.value(block.Body.Attributes["value"].Expr)
			assertDescription(t, name, p.value(block.Body.Attributes["description"].Expr))
		}
		assert.Equal(t, want, have)
	})
}

// A resource of CloudFormation that waits for another one also waits in Terraform.
func TestTerraformCreatesResourcesInTheOrderOfTheTemplates(t *testing.T) {
	mappings := loadMappings(t)
	for name := range scenarios {
		in, m := loadTemplate(t, name), loadModule(t, name)
		for resource, r := range in.Resources {
			first := []string{r.DependsOn.Value}
			if len(r.DependsOn.Content) > 0 {
				require.NoError(t, r.DependsOn.Decode(&first))
			}
			for _, other := range first {
				if other == "" {
					continue
				}
				waits := false
				for kind := range mappings[r.Type] {
					address := kind + "." + snake(resource)
					if m.resources[address] == nil {
						continue
					}
					waits = waits || slices.ContainsFunc(m.dependencies(address), func(d string) bool { return strings.HasSuffix(d, "."+snake(other)) })
				}
				assert.True(t, waits, "%s: %s does not wait for %s", name, snake(resource), snake(other))
			}
		}
	}
}

func TestTerraformKeepsWhatTheTemplatesKeep(t *testing.T) {
	mappings := loadMappings(t)
	for name := range scenarios {
		in, m := loadTemplate(t, name), loadModule(t, name)
		kept, want := map[string]bool{}, map[string]bool{}
		for resource, r := range in.Resources {
			if strings.HasPrefix(r.DeletionPolicy, "Retain") {
				for kind, mapping := range mappings[r.Type] {
					if len(mapping.Links) == 0 {
						want[kind+"."+snake(resource)] = true
					}
				}
			}
		}
		for address, block := range m.resources {
			for _, inner := range block.Body.Blocks {
				if attribute := inner.Body.Attributes["prevent_destroy"]; inner.Type == "lifecycle" && attribute != nil {
					kept[address] = m.text(attribute.Expr) == "true"
				}
			}
		}
		assert.Equal(t, want, kept, name)
	}
}

func TestTerraformHasTheFunctionOfTheTemplate(t *testing.T) {
	s := newStack(t, loadTemplate(t, "member"), map[string]any{"BucketArn": "arn:aws:s3:::a"})
	function := s.Resources["Function"].Properties
	want := s.value(&function).(map[string]any)["Code"].(map[string]any)["ZipFile"].(string)
	have, err := os.ReadFile(modulesFolder + "/member/index.py")
	require.NoError(t, err)
	assert.Equal(t, want, string(have))
}

func TestOnlyTheModuleWithoutAStackHasAStackName(t *testing.T) {
	forEachScenario(t, func(t *testing.T, s *stack, p *plan) {
		for name := range s.Resources {
			if s.exists(name) {
				properties := s.Resources[name].Properties
				s.value(&properties)
			}
		}
		assert.Equal(t, s.used["AWS::StackName"], p.variables["stack_name"] != nil)
	})
}

func TestTerraformFilesAreFormatted(t *testing.T) {
	files, err := filepath.Glob(modulesFolder + "/*/*.tf")
	require.NoError(t, err)
	assert.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(hclwrite.Format(text)), string(text), file)
		assert.True(t, strings.HasPrefix(string(text), "# Copyright The otelcol-vpcflow Authors\n# SPDX-License-Identifier: Apache-2.0\n\n"), file)
	}
}

var moduleLink = regexp.MustCompile(`(?m)^\| \[([a-z0-9]+)\]\(([a-z0-9]+)\) \|`)

func TestReadmeOfTerraformNamesEachModule(t *testing.T) {
	text, err := os.ReadFile(modulesFolder + "/README.md")
	require.NoError(t, err)
	named := map[string]bool{}
	for _, match := range moduleLink.FindAllStringSubmatch(string(text), -1) {
		assert.Equal(t, match[1], match[2])
		named[match[1]] = true
	}
	assert.Equal(t, slices.Sorted(maps.Keys(scenarios)), slices.Sorted(maps.Keys(named)))
}

var hclBlock = regexp.MustCompile("(?s)```hcl\n(.*?)```")

func TestExamplesOfTheReadmeSetVariablesThatExist(t *testing.T) {
	text, err := os.ReadFile(modulesFolder + "/README.md")
	require.NoError(t, err)
	examples := 0
	for _, match := range hclBlock.FindAllSubmatch(text, -1) {
		assert.Equal(t, string(hclwrite.Format(match[1])), string(match[1]))
		parsed, problems := hclsyntax.ParseConfig(match[1], "README.md", hcl.InitialPos)
		require.False(t, problems.HasErrors(), problems.Error())
		for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
			if block.Type != "module" {
				continue
			}
			examples++
			source, problems := block.Body.Attributes["source"].Expr.Value(nil)
			require.False(t, problems.HasErrors())
			path, _, _ := strings.Cut(source.AsString(), "?")
			m := loadModule(t, filepath.Base(path))
			for name := range block.Body.Attributes {
				assert.True(t, name == "source" || m.variables[name] != nil, name)
			}
			for name, variable := range m.variables {
				assert.True(t, variable.Body.Attributes["default"] != nil || block.Body.Attributes[name] != nil, "%s needs %s", path, name)
			}
		}
	}
	assert.Equal(t, 6, examples)
}
