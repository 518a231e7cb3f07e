// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	amalert "github.com/prometheus/alertmanager/alert"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// poster tells an Alertmanager, by its API, version 2. There an alert is alive for as long as it is sent again and
// again; what is told to whom, and how often, is that Alertmanager's.
type poster struct {
	Alertmanager
	timeout   time.Duration
	silence   time.Duration // after which an episode is over
	ledger    *ledger
	external  string
	now       func() time.Time
	count     func(ctx context.Context, outcome, reason string)
	telemetry component.TelemetrySettings
	client    *http.Client
}

// maxPosted is how many alerts are posted in one request.
const maxPosted = 256

func (p *poster) start(ctx context.Context, host component.Host) (err error) {
	if p.client, err = p.ToClient(ctx, host.GetExtensions(), p.telemetry); err != nil {
		return errors.New(new(redactor).redact(err.Error())) // a proxy_url may have a password
	}
	return nil
}

func (p *poster) tell(ctx context.Context, alerts []*alert.Alert) (left []*alert.Alert, err error) {
	var refused []error
	for len(alerts) > 0 {
		n := min(len(alerts), maxPosted)
		episodes, posted := p.news(alerts[:n])
		err := p.post(ctx, posted)
		switch {
		case err == nil:
			for uid, e := range episodes {
				p.ledger.put(uid, e)
			}
		case consumererror.IsPermanent(err):
			refused = append(refused, err)
		default:
			return alerts, errors.Join(append([]error{err}, texts(refused)...)...)
		}
		alerts = alerts[n:]
	}
	return nil, errors.Join(refused...)
}

// news returns the episodes as they are after the alerts, and what has to be posted about that.
func (p *poster) news(alerts []*alert.Alert) (after map[string]*episode, posted []*amalert.Alert) {
	now := p.now()
	after = map[string]*episode{}
	newest := map[string]*amalert.Alert{}
	var order []string
	for _, a := range alerts {
		known := p.ledger.episodes[a.UID]
		e := cmp.Or(after[a.UID], known)
		switch {
		case e != nil && e.Ended, e == nil && a.Status == alert.Resolved:
			continue
		case e == nil:
			e = begin(a, now)
		default:
			e = e.with(a, now)
		}
		if newest[a.UID] == nil {
			order = append(order, a.UID)
			if known != nil && known.Told != e.Alert.Severity { // which is a label, so that this is another alert
				posted = append(posted, known.model(known.Told, now, p.external))
			}
		}
		if a.Status == alert.Resolved {
			// What begins and ends at once, as when history is read, is left to end by itself: it would not be told of.
			if known != nil {
				newest[a.UID] = e.model(e.Alert.Severity, now, p.external)
			}
			after[a.UID] = over(now)
			continue
		}
		newest[a.UID] = e.model(e.Alert.Severity, now.Add(p.ResolveTimeout), p.external)
		after[a.UID] = e.told(now)
	}
	for _, uid := range order {
		posted = append(posted, newest[uid])
	}
	return after, posted
}

// tick sends all that lasts again. What has been silent for too long is left to end by itself.
func (p *poster) tick(ctx context.Context) error {
	now := p.now()
	for _, e := range p.ledger.silent(now, p.silence) {
		p.ledger.put(e.Alert.UID, over(now))
	}
	ends := now.Add(p.ResolveTimeout)
	lasting := p.ledger.open(func(*episode) bool { return true })
	for chunk := range slices.Chunk(lasting, maxPosted) {
		alerts := make([]*amalert.Alert, len(chunk))
		for i, e := range chunk {
			alerts[i] = e.model(e.Told, ends, p.external)
		}
		if err := p.post(ctx, alerts); err != nil {
			return err
		}
	}
	return nil
}

func (p *poster) save(ctx context.Context) error { return p.ledger.save(ctx) }

// postable is an alert as Alertmanager's API takes it.
type postable struct {
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"`
	GeneratorURL string            `json:"generatorURL,omitempty"`
}

func (p *poster) post(ctx context.Context, alerts []*amalert.Alert) error {
	if len(alerts) == 0 {
		return nil
	}
	body := make([]postable, len(alerts))
	for i, a := range alerts {
		body[i] = postable{Labels: map[string]string{}, Annotations: map[string]string{}, StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL}
		for name, value := range a.Labels {
			body[i].Labels[string(name)] = string(value)
		}
		for name, value := range a.Annotations {
			body[i].Annotations[string(name)] = string(value)
		}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return consumererror.NewPermanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(p.Endpoint, "/")+"/api/v2/alerts", bytes.NewReader(text))
	if err != nil {
		return consumererror.NewPermanent(errors.New(new(redactor).redact(err.Error())))
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := p.client.Do(request)
	if err != nil {
		p.count(ctx, "failed", "other")
		return errors.New(new(redactor).redact(err.Error()))
	}
	defer response.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(response.Body, 1024)) // which only explains
	return p.judge(ctx, response, string(said))
}

func (p *poster) judge(ctx context.Context, response *http.Response, said string) error {
	code := response.StatusCode
	if code/100 == 2 {
		p.count(ctx, "sent", "")
		return nil
	}
	err := fmt.Errorf("Alertmanager answers %s: %s", response.Status, clean(said))
	if code/100 == 4 && code != http.StatusTooManyRequests && code != http.StatusRequestTimeout {
		p.count(ctx, "refused", "clientError")
		return consumererror.NewPermanent(err)
	}
	p.count(ctx, "failed", "serverError")
	if wait, ok := retryAfter(response.Header.Get("Retry-After"), p.now()); ok {
		return exporterhelper.NewThrottleRetry(err, wait)
	}
	return err
}

// retryAfter reads seconds or a date, as RFC 9110, 10.2.3, has them. More than an hour is an hour.
func retryAfter(value string, now time.Time) (time.Duration, bool) {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = max(0, date.Sub(now))
	} else {
		return 0, false
	}
	return min(wait, time.Hour), true
}
