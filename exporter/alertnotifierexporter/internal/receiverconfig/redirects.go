// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package receiverconfig

import (
	"net/url"
	"reflect"

	amconfig "github.com/prometheus/alertmanager/config"
	commoncfg "github.com/prometheus/common/config"
)

// disableRedirects makes all HTTP clients of the receivers follow no redirect. A redirect would turn a POST into a GET, and
// send secrets to another host.
func disableRedirects(cfg *amconfig.Config) {
	if cfg.Global != nil {
		disableIn(reflect.ValueOf(cfg.Global))
	}
	disableIn(reflect.ValueOf(cfg.Receivers))
}

func disableIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if client, ok := reflect.TypeAssert[*commoncfg.HTTPClientConfig](v); ok {
			client.FollowRedirects = false
			return
		}
		disableIn(v.Elem())
	case reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() {
				disableIn(value)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			disableIn(v.Index(i))
		}
	default:
	}
}

// Host returns the host to which one integration sends, for messages; empty if it has no URL. The integration slack with
// the index 1 is the second entry of slack_configs.
func Host(receiver *amconfig.Receiver, integration string, index int) string {
	for field, value := range reflect.ValueOf(*receiver).Fields() {
		if yamlKey(field) == integration+"_configs" && index < value.Len() {
			return hostIn(reflect.Indirect(value.Index(index)))
		}
	}
	return ""
}

// hostIn returns the host of the first field that is a URL. A URL may also be a template.
func hostIn(settings reflect.Value) string {
	for field, value := range settings.Fields() {
		if value.Kind() == reflect.String && yamlKey(field) == "url" {
			if address, err := url.Parse(value.String()); err == nil {
				return address.Host
			}
		}
		if !field.IsExported() || value.Kind() != reflect.Pointer || value.IsNil() || value.Elem().Kind() != reflect.Struct {
			continue
		}
		if embedded := value.Elem().FieldByName("URL"); embedded.IsValid() {
			if address, ok := reflect.TypeAssert[*url.URL](embedded); ok && address != nil {
				return address.Host
			}
		}
	}
	return ""
}
