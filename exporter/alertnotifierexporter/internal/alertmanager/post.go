// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertmanager

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/httpresult"
	"github.com/vpcflow/otelcol-vpcflow/internal/redact"
)

// redactor reduces URLs in errors to their host, because they may contain a password.
var redactor redact.Redactor

// postedAlert is an alert in the API of Alertmanager, version 2.
type postedAlert struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

// post sends alerts to the API. A permanent error means that a retry would fail too. The outcome is sent, failed or
// refused, or empty if no request was sent.
func post(
	ctx context.Context, client *http.Client, endpoint string, alerts []*amalert.Alert, now func() time.Time,
) (outcome, reason string, err error) {
	body, err := json.Marshal(toAPI(alerts))
	if err != nil {
		return "", "", consumererror.NewPermanent(err)
	}
	url := strings.TrimSuffix(endpoint, "/") + "/api/v2/alerts"
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", "", consumererror.NewPermanent(redactor.Error(err))
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "failed", "other", redactor.Error(err)
	}
	defer response.Body.Close()
	return httpresult.Classify("Alertmanager", response, now())
}

func toAPI(alerts []*amalert.Alert) []postedAlert {
	list := make([]postedAlert, len(alerts))
	for i, a := range alerts {
		list[i] = postedAlert{
			Labels: map[string]string{}, Annotations: map[string]string{},
			StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		}
		for name, value := range a.Labels {
			list[i].Labels[string(name)] = string(value)
		}
		for name, value := range a.Annotations {
			list[i].Annotations[string(name)] = string(value)
		}
	}
	return list
}
