// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"cmp"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"

	amconfig "github.com/prometheus/alertmanager/config"
	amcommoncfg "github.com/prometheus/alertmanager/config/common"
	commoncfg "github.com/prometheus/common/config"
	"go.opentelemetry.io/collector/confmap/xconfmap"
)

// mask is what Alertmanager writes in place of a secret.
const mask = "<secret>"

// redactor takes secrets out of text. The longest go first: one may be part of another.
type redactor struct{ secrets []string }

// newRedactor knows every secret in a configuration of Alertmanager.
func newRedactor(cfg *amconfig.Config) *redactor {
	r := new(redactor)
	r.addSecrets(reflect.ValueOf(cfg))
	return r
}

func (r *redactor) add(secret string) {
	if len(secret) < 4 || secret == mask { // shorter ones are in every text
		return
	}
	r.secrets = append(r.secrets, secret)
	if escaped := url.QueryEscape(secret); escaped != secret {
		r.secrets = append(r.secrets, escaped)
	}
	if at, err := url.Parse(secret); err == nil && at.Host != "" && len(at.RequestURI()) > 4 {
		r.secrets = append(r.secrets, at.RequestURI())
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
}

// addSecrets finds all that is of one of Alertmanager's types for secrets.
func (r *redactor) addSecrets(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			r.addSecrets(v.Elem())
		}
	case reflect.Struct:
		if secret, ok := reflect.TypeAssert[amcommoncfg.SecretURL](v); ok {
			if secret.URL != nil {
				r.add(secret.URL.String())
			}
			return
		}
		for field, value := range v.Fields() {
			if field.IsExported() {
				r.addSecrets(value)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			r.addSecrets(v.Index(i))
		}
	case reflect.Map:
		for _, value := range v.Seq2() {
			r.addSecrets(value)
		}
	case reflect.String:
		switch v.Type() {
		case reflect.TypeFor[commoncfg.Secret](), reflect.TypeFor[amconfig.SecretTemplateURL](), reflect.TypeFor[amcommoncfg.SecretTemplateURL]():
			r.add(v.String())
		}
	}
}

var mayBeSecret = regexp.MustCompile(`(^|_)(url|key|token|token_id|secret|password|credentials|values|secrets)$`)

// addTexts takes for secret all that stands under a key of such a name.
func (r *redactor) addTexts(key string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, one := range value {
			r.addTexts(name, one)
		}
	case []any:
		for _, one := range value {
			r.addTexts(key, one)
		}
	case xconfmap.ExpandedValue:
		r.addTexts(key, value.Value)
		r.addTexts(key, value.Original)
	case nil:
	default:
		if mayBeSecret.MatchString(key) {
			r.add(fmt.Sprint(value))
		}
	}
}

// address is a URL, of which only the host is no secret: Slack, Telegram and others have theirs in the path.
var address = regexp.MustCompile(`(https?://)(?:[^\s/"@]*@)?([^\s/"?:]+(?::\d+)?)[^\s"]*`)

// redact returns the text without secrets.
func (r *redactor) redact(text string) string {
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, mask)
	}
	return address.ReplaceAllString(text, "$1$2/"+mask)
}

// shownURL returns what may be shown of a text that should be a URL and may be none: not who asks, nor what for. A password
// may hold any sign, so that it ends at the last @.
func shownURL(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if ok {
		scheme += "://"
	} else {
		scheme, rest = "", text
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = mask + rest[at:]
	}
	if at := strings.IndexAny(rest, "?#"); at >= 0 {
		rest = rest[:at+1] + mask
	}
	return scheme + rest
}
