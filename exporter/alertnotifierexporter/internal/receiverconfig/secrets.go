// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"

	amconfig "github.com/prometheus/alertmanager/config"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	commoncfg "github.com/prometheus/common/config"
	"go.opentelemetry.io/collector/confmap/xconfmap"

	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// NewRedactor returns a redactor of all secrets in a loaded configuration.
func NewRedactor(cfg *amconfig.Config) *redact.Redactor {
	r := new(redact.Redactor)
	addSecrets(r, reflect.ValueOf(cfg))
	return r
}

// addSecrets adds all values of Alertmanager's secret types.
func addSecrets(r *redact.Redactor, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			addSecrets(r, v.Elem())
		}
	case reflect.Struct:
		if secret, ok := reflect.TypeAssert[amcommoncfg.SecretURL](v); ok {
			if secret.URL != nil {
				r.Add(secret.URL.String())
			}
			return
		}
		for field, value := range v.Fields() {
			if field.IsExported() {
				addSecrets(r, value)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			addSecrets(r, v.Index(i))
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			addSecrets(r, value)
		}
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[commoncfg.Secret](), reflect.TypeFor[amconfig.SecretTemplateURL](), reflect.TypeFor[amcommoncfg.SecretTemplateURL]():
			r.Add(v.String())
		}
	}
}

// redactorOf returns a redactor of all values that may be secrets according to their key. It is for settings that cannot
// be loaded.
func redactorOf(given ...any) *redact.Redactor {
	r := new(redact.Redactor)
	for _, value := range given {
		addPossibleSecrets(r, "", value)
	}
	return r
}

var possibleSecretKey = regexp.MustCompile(`(^|_)(url|key|token|token_id|secret|password|credentials|values|secrets)$`)

func addPossibleSecrets(r *redact.Redactor, key string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, entry := range value {
			addPossibleSecrets(r, name, entry)
		}
	case []any:
		for _, entry := range value {
			addPossibleSecrets(r, key, entry)
		}
	case xconfmap.ExpandedValue:
		addPossibleSecrets(r, key, value.Value)
		addPossibleSecrets(r, key, value.Original)
	case nil:
	default:
		if possibleSecretKey.MatchString(key) {
			r.Add(fmt.Sprint(value))
		}
	}
}

var secretKey = regexp.MustCompile(`(^|_)(key|token|secret|password|credentials)$`)

// checkSecretsAreText returns an error for the first secret that YAML has decoded as a number, a boolean or a time: its
// original text, such as leading zeros, is then lost.
func checkSecretsAreText(path string, settings map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		switch value := settings[key].(type) {
		case map[string]any:
			if err := checkSecretsAreText(path+key+"::", value); err != nil {
				return err
			}
		case nil, string, []any, xconfmap.ExpandedValue:
		default:
			if secretKey.MatchString(key) {
				return fmt.Errorf("%s%s: is not text; put it in quotes", path, key)
			}
		}
	}
	return nil
}
