// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"fmt"
	"reflect"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	commoncfg "github.com/prometheus/common/config"
)

// setting is a text among the settings of a receiver, such as its title.
type setting struct{ key, text string }

// settingsOf returns all texts among the settings of a receiver of Alertmanager, its defaults as well, but for those that
// are secret in any case. The name of the receiver is that of the integration: slack is one of slack_configs.
func settingsOf(receiver *amconfig.Receiver, name string, index int) (list []setting) {
	for field, value := range reflect.ValueOf(*receiver).Fields() {
		if yamlKey(field) == name+"_configs" && index < value.Len() {
			visit("", value.Index(index), func(s setting) { list = append(list, s) })
		}
	}
	return list
}

// visit finds texts by what YAML may hold: what has no key there, such as the parts of a URL, is not the user's.
func visit(key string, v reflect.Value, found func(setting)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visit(key, v.Elem(), found)
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if _, tagged := field.Tag.Lookup("yaml"); tagged && field.IsExported() {
				visit(under(key, yamlKey(field)), value, found)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			visit(fmt.Sprintf("%s[%d]", key, i), v.Index(i), found)
		}
	case reflect.Map:
		for name, value := range v.Seq2() {
			visit(under(key, fmt.Sprint(name)), value, found)
		}
	case reflect.String:
		if v.Type() != reflect.TypeFor[commoncfg.Secret]() && v.Len() > 0 {
			found(setting{key, v.String()})
		}
	}
}

func yamlKey(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

// under returns the key of a setting within others. An inlined struct has no key of its own.
func under(key, name string) string {
	if key == "" || name == "" {
		return key + name
	}
	return key + "::" + name
}
