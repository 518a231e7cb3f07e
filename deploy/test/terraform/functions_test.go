// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package terraformtest

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// terraformFunctions are the functions of Terraform that the modules use.
func terraformFunctions() map[string]function.Function {
	return map[string]function.Function{
		"base64encode": ofText(func(text string) (string, error) { return "base64:" + text, nil }), // readable when it differs
		"can":          tryfunc.CanFunc,
		"compact":      compact,
		"contains":     stdlib.ContainsFunc,
		"file": ofText(func(path string) (string, error) {
			text, err := os.ReadFile(filepath.Clean(path))
			return string(text), err
		}),
		"join":       stdlib.JoinFunc,
		"jsonencode": stdlib.JSONEncodeFunc,
		"length":     length,
		"merge":      stdlib.MergeFunc,
		"regex":      stdlib.RegexFunc,
		"split":      stdlib.SplitFunc,
	}
}

func ofText(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
			text, err := f(arguments[0].AsString())
			return cty.StringVal(text), err
		},
	})
}

// compact removes empty texts from a list.
var compact = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.String)}},
	Type:   function.StaticReturnType(cty.List(cty.String)),
	Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		kept := []cty.Value{}
		for _, item := range arguments[0].AsValueSlice() {
			if item.AsString() != "" {
				kept = append(kept, item)
			}
		}
		if len(kept) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(kept), nil
	},
})

// length counts the characters of a text, for which the function of the library for collections has no case.
var length = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(arguments []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.NumberIntVal(int64(len(strings.Split(arguments[0].AsString(), "")))), nil
	},
})
