// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// template is a CloudFormation template, with functions that are not evaluated.
type template struct {
	Parameters map[string]parameter `yaml:"Parameters"`
	Conditions map[string]yaml.Node `yaml:"Conditions"`
	Resources  map[string]struct {
		Type           string    `yaml:"Type"`
		Condition      string    `yaml:"Condition"`
		DeletionPolicy string    `yaml:"DeletionPolicy"`
		DependsOn      yaml.Node `yaml:"DependsOn"`
		Properties     yaml.Node `yaml:"Properties"`
	} `yaml:"Resources"`
	Outputs map[string]struct {
		Description string    `yaml:"Description"`
		Value       yaml.Node `yaml:"Value"`
	} `yaml:"Outputs"`
}

type parameter struct {
	Type           string `yaml:"Type"`
	Default        any    `yaml:"Default"`
	AllowedValues  []any  `yaml:"AllowedValues"`
	AllowedPattern string `yaml:"AllowedPattern"`
	MinValue       *int   `yaml:"MinValue"`
	MaxValue       *int   `yaml:"MaxValue"`
	MinLength      *int   `yaml:"MinLength"`
	MaxLength      *int   `yaml:"MaxLength"`
	NoEcho         bool   `yaml:"NoEcho"`
	Description    string `yaml:"Description"`
}

func loadTemplate(t *testing.T, name string) *template {
	t.Helper()
	text, err := os.ReadFile("../../" + name + ".yaml")
	require.NoError(t, err)
	loaded := &template{}
	require.NoError(t, yaml.Unmarshal(text, loaded), name)
	return loaded
}

// stack evaluates the functions of a template. A reference to a resource has the value "<Name>", and an attribute "<Name.Attribute>".
type stack struct {
	*template
	t          *testing.T
	parameters map[string]any
	used       map[string]bool // the pseudo parameters
}

func newStack(t *testing.T, in *template, given map[string]any) *stack {
	t.Helper()
	s := &stack{template: in, t: t, parameters: map[string]any{}, used: map[string]bool{}}
	for name, p := range in.Parameters {
		value, ok := given[name]
		if !ok {
			require.NotNil(t, p.Default, "the scenario has no value for parameter %s", name)
			value = p.Default
		}
		s.parameters[name] = value
	}
	for name := range given {
		require.Contains(t, in.Parameters, name)
	}
	return s
}

// noValue is AWS::NoValue, which removes a property or an item.
type noValue struct{}

var (
	pseudo = map[string]any{
		"AWS::AccountId": account, "AWS::Partition": "aws", "AWS::Region": region, "AWS::StackName": "flow-logs-member", "AWS::NoValue": noValue{},
	}
	placeholder = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)
)

const (
	account = "123456789012"
	region  = "eu-west-1"
)

func (s *stack) reference(name string) any {
	s.t.Helper()
	if value, ok := pseudo[name]; ok {
		s.used[name] = true
		return value
	}
	if value, ok := s.parameters[name]; ok {
		if strings.HasPrefix(s.Parameters[name].Type, "AWS::SSM::Parameter::Value<") {
			return "ssm:" + fmt.Sprint(value)
		}
		return value
	}
	require.Contains(s.t, s.Resources, name)
	require.True(s.t, s.exists(name), "%s is used, but its condition is false", name)
	return "<" + name + ">"
}

func (s *stack) attribute(path string) string {
	s.t.Helper()
	name, _, _ := strings.Cut(path, ".")
	s.reference(name)
	if s.Resources[name].Type == "AWS::Logs::LogGroup" && strings.HasSuffix(path, ".Arn") {
		return "<" + path + ">:*" // CloudFormation adds the suffix, and Terraform does not
	}
	return "<" + path + ">"
}

// exists reports whether the condition of a resource is true.
func (s *stack) exists(name string) bool {
	s.t.Helper()
	condition := s.Resources[name].Condition
	return condition == "" || s.condition(condition)
}

func (s *stack) condition(name string) bool {
	s.t.Helper()
	node, ok := s.Conditions[name]
	require.True(s.t, ok, name)
	return s.value(&node).(bool)
}

// value evaluates a node. Scalars keep the type that YAML gives them.
func (s *stack) value(node *yaml.Node) any {
	s.t.Helper()
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 {
		switch key := node.Content[0].Value; {
		case strings.HasPrefix(key, "Fn::"):
			return s.function(strings.TrimPrefix(key, "Fn::"), node.Content[1])
		case key == "Ref":
			return s.function(key, node.Content[1])
		}
	}
	if function, ok := strings.CutPrefix(node.Tag, "!"); ok && !strings.HasPrefix(function, "!") {
		argument := *node
		argument.Tag = ""
		return s.function(function, &argument)
	}
	switch node.Kind {
	case yaml.MappingNode:
		result := map[string]any{}
		for i := 0; i < len(node.Content); i += 2 {
			if value := s.value(node.Content[i+1]); value != any(noValue{}) {
				result[node.Content[i].Value] = value
			}
		}
		return result
	case yaml.SequenceNode:
		result := []any{}
		for _, item := range node.Content {
			if value := s.value(item); value != any(noValue{}) {
				result = append(result, value)
			}
		}
		return result
	default:
		var value any
		require.NoError(s.t, node.Decode(&value))
		return value
	}
}

func (s *stack) function(name string, argument *yaml.Node) any {
	s.t.Helper()
	switch name {
	case "Ref":
		return s.reference(argument.Value)
	case "GetAtt":
		return s.attribute(argument.Value)
	case "Condition":
		return s.condition(argument.Value)
	case "Sub":
		return placeholder.ReplaceAllStringFunc(argument.Value, func(match string) string {
			if path := match[2 : len(match)-1]; strings.Contains(path, ".") {
				return s.attribute(path)
			}
			return fmt.Sprint(s.reference(match[2 : len(match)-1]))
		})
	case "If":
		if s.condition(argument.Content[0].Value) {
			return s.value(argument.Content[1])
		}
		return s.value(argument.Content[2])
	case "Base64":
		return "base64:" + fmt.Sprint(s.value(argument))
	}
	arguments := s.value(argument).([]any)
	switch name {
	case "Equals":
		return fmt.Sprint(arguments[0]) == fmt.Sprint(arguments[1])
	case "Not":
		return !arguments[0].(bool)
	case "And":
		return !slices.Contains(arguments, any(false))
	case "Or":
		return slices.Contains(arguments, any(true))
	case "Split":
		parts := []any{}
		for part := range strings.SplitSeq(fmt.Sprint(arguments[1]), fmt.Sprint(arguments[0])) {
			parts = append(parts, part)
		}
		return parts
	case "Select":
		return arguments[1].([]any)[arguments[0].(int)]
	default:
		require.Fail(s.t, "unknown function", name)
		return nil
	}
}
