// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// template is a CloudFormation template. Its functions are in their long form: {Ref: x} instead of !Ref x.
type template struct {
	Parameters map[string]map[string]any `yaml:"Parameters"`
	Conditions map[string]any            `yaml:"Conditions"`
	Resources  map[string]resource       `yaml:"Resources"`
	Outputs    map[string]map[string]any `yaml:"Outputs"`
}

type resource struct {
	Type       string         `yaml:"Type"`
	Condition  string         `yaml:"Condition"`
	DependsOn  any            `yaml:"DependsOn"`
	Properties map[string]any `yaml:"Properties"`
}

func loadTemplate(t *testing.T, name string) *template {
	t.Helper()
	return parseTemplate(t, read(t, name))
}

func parseTemplate(t *testing.T, text string) *template {
	t.Helper()
	var root yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &root))
	expand(&root)
	var loaded template
	require.NoError(t, root.Decode(&loaded))
	require.NotEmpty(t, loaded.Resources)
	return &loaded
}

// expand replaces functions in the short form by their long form.
func expand(node *yaml.Node) {
	for _, child := range node.Content {
		expand(child)
	}
	function, ok := strings.CutPrefix(node.Tag, "!")
	if !ok || strings.HasPrefix(function, "!") {
		return
	}
	argument := *node
	argument.Tag = ""
	if function == "GetAtt" && node.Kind == yaml.ScalarNode {
		resource, attribute, _ := strings.Cut(node.Value, ".")
		argument = yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: resource}, {Kind: yaml.ScalarNode, Value: attribute},
		}}
	}
	if function != "Ref" && function != "Condition" {
		function = "Fn::" + function
	}
	*node = yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: function}, &argument}}
}

// reference is a reference to a parameter, a resource, an attribute of a resource, or a condition.
type reference struct{ kind, name, attribute string }

var substitute = regexp.MustCompile(`\$\{([^!}][^}]*)\}`)

// references returns all references in a value.
func references(value any) (all []reference) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			all = append(all, references(item)...)
		}
	case map[string]any:
		for key, item := range value {
			switch key {
			case "Ref":
				all = append(all, reference{kind: "Ref", name: item.(string)})
			case "Condition":
				if name, ok := item.(string); ok {
					all = append(all, reference{kind: "Condition", name: name})
					continue
				}
				all = append(all, references(item)...)
			case "Fn::GetAtt":
				pair := item.([]any)
				all = append(all, reference{"GetAtt", pair[0].(string), pair[1].(string)})
			case "Fn::Sub":
				for _, match := range substitute.FindAllStringSubmatch(item.(string), -1) {
					if name, attribute, found := strings.Cut(match[1], "."); found {
						all = append(all, reference{"GetAtt", name, attribute})
					} else {
						all = append(all, reference{kind: "Ref", name: name})
					}
				}
			case "Fn::If":
				all = append(all, reference{kind: "Condition", name: item.([]any)[0].(string)})
				all = append(all, references(item.([]any)[1:])...)
			default:
				all = append(all, references(item)...)
			}
		}
	}
	return all
}

// attributes are the attributes that GetAtt may name, by the type of the resource.
var attributes = map[string][]string{
	"AWS::EC2::SecurityGroup":              {"GroupId"},
	"AWS::Events::Rule":                    {"Arn"},
	"AWS::IAM::InstanceProfile":            {"Arn"},
	"AWS::IAM::Role":                       {"Arn"},
	"AWS::KMS::Key":                        {"Arn"},
	"AWS::KinesisFirehose::DeliveryStream": {"Arn"},
	"AWS::Lambda::Function":                {"Arn"},
	"AWS::Logs::LogGroup":                  {"Arn"},
	"AWS::S3::Bucket":                      {"Arn"},
	"AWS::SQS::Queue":                      {"Arn", "QueueName"},
}

// problems returns the errors that CloudFormation would report, such as unknown references and cycles, and unused
// parameters.
func (in *template) problems() (all []string) {
	unused := maps.Clone(in.Parameters)
	for _, u := range in.references() {
		_, isParameter := in.Parameters[u.name]
		_, isCondition := in.Conditions[u.name]
		r, isResource := in.Resources[u.name]
		delete(unused, u.name)
		switch {
		case u.kind == "Condition" && isCondition, u.kind == "Ref" && (isParameter || isResource || strings.HasPrefix(u.name, "AWS::")):
		case u.kind == "GetAtt" && isResource && slices.Contains(attributes[r.Type], u.attribute):
		case u.kind == "GetAtt" && isResource:
			all = append(all, u.name+" has no "+u.attribute)
		default:
			all = append(all, u.name+" does not exist")
		}
	}
	for name := range unused {
		all = append(all, name+" is not used")
	}
	if cycle := in.cycle(); len(all) == 0 && len(cycle) > 0 {
		all = append(all, cycle[0]+" is in a cycle")
	}
	return all
}

// references returns all references in the template.
func (in *template) references() []reference {
	all := references(in.Conditions)
	for _, r := range in.Resources {
		all = append(all, references(r.Properties)...)
		if r.Condition != "" {
			all = append(all, reference{kind: "Condition", name: r.Condition})
		}
		for _, name := range texts(r.DependsOn) {
			all = append(all, reference{kind: "Ref", name: name})
		}
	}
	for _, output := range in.Outputs {
		all = append(all, references(output)...)
	}
	return all
}

// cycle returns the resources that depend on each other, so that none can be created.
func (in *template) cycle() []string {
	waiting := maps.Clone(in.Resources)
	for created := true; created; {
		created = false
		for name, r := range waiting {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(r.dependencies(in))), func(other string) bool { _, ok := waiting[other]; return ok }) {
				delete(waiting, name)
				created = true
			}
		}
	}
	return slices.Sorted(maps.Keys(waiting))
}

// dependencies returns the resources that must exist before this one.
func (r *resource) dependencies(in *template) map[string]bool {
	all := map[string]bool{}
	for _, u := range references(r.Properties) {
		if _, ok := in.Resources[u.name]; ok {
			all[u.name] = true
		}
	}
	for _, name := range texts(r.DependsOn) {
		all[name] = true
	}
	return all
}

// statement is a statement of a policy.
type statement struct {
	resource, effect string
	actions          []string
	resources        []string
	principal        any
	condition        any
	sid              string
	keyPolicy        bool // its resource "*" means the key
}

// statements returns the statements of all policies of the template. It returns the first choice of a conditional
// statement.
func (in *template) statements() (all []statement) {
	for _, name := range slices.Sorted(maps.Keys(in.Resources)) {
		r := in.Resources[name]
		for _, property := range []string{"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy"} {
			document, ok := r.Properties[property].(map[string]any)
			if !ok {
				continue
			}
			for _, item := range document["Statement"].([]any) {
				s := item.(map[string]any)
				if choice, ok := s["Fn::If"].([]any); ok {
					s = choice[1].(map[string]any)
				}
				all = append(all, statement{
					resource: name, effect: s["Effect"].(string), actions: texts(s["Action"]), resources: texts(s["Resource"]), principal: s["Principal"],
					condition: s["Condition"], sid: fmt.Sprint(s["Sid"]), keyPolicy: property == "KeyPolicy",
				})
			}
		}
	}
	return all
}

// texts returns a text, or a list of texts, as a list. Functions are formatted with fmt.Sprint.
func texts(value any) (all []string) {
	list, ok := value.([]any)
	if !ok && value != nil {
		list = []any{value}
	}
	for _, item := range list {
		all = append(all, fmt.Sprint(item))
	}
	return all
}
