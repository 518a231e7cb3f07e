// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"fmt"
	"reflect"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	commoncfg "github.com/prometheus/common/config"
)

// Setting is a text among the settings of a receiver.
type Setting struct {
	// Key is the path to the setting, such as title or http_config::proxy_url.
	Key string
	// Text is its value.
	Text string
}

// Keys returns the keys of all receivers that this version of Alertmanager has, such as slack_configs.
func Keys() (keys []string) {
	for field := range reflect.TypeFor[amconfig.Receiver]().Fields() {
		if key := yamlKey(field); strings.HasSuffix(key, "_configs") {
			keys = append(keys, key)
		}
	}
	return keys
}

// Settings returns all texts among the settings of one integration, including Alertmanager's defaults, except secrets.
// The integration slack with the index 1 is the second entry of slack_configs.
func Settings(receiver *amconfig.Receiver, integration string, index int) (settings []Setting) {
	for field, value := range reflect.ValueOf(*receiver).Fields() {
		if yamlKey(field) == integration+"_configs" && index < value.Len() {
			visitTexts("", value.Index(index), func(s Setting) { settings = append(settings, s) })
		}
	}
	return settings
}

// visitTexts visits the texts of all fields that have a YAML key.
func visitTexts(key string, v reflect.Value, visit func(Setting)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visitTexts(key, v.Elem(), visit)
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if _, tagged := field.Tag.Lookup("yaml"); tagged && field.IsExported() {
				visitTexts(joinKeys(key, yamlKey(field)), value, visit)
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			visitTexts(fmt.Sprintf("%s[%d]", key, i), v.Index(i), visit)
		}
	case reflect.Map:
		for name, value := range v.Seq2() {
			visitTexts(joinKeys(key, fmt.Sprint(name)), value, visit)
		}
	case reflect.String:
		if v.Type() != reflect.TypeFor[commoncfg.Secret]() && v.Len() > 0 {
			visit(Setting{key, v.String()})
		}
	}
}

func yamlKey(field reflect.StructField) string {
	key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return key
}

// joinKeys joins two keys. The key of an inlined struct is empty.
func joinKeys(parent, key string) string {
	if parent == "" || key == "" {
		return parent + key
	}
	return parent + "::" + key
}
