// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

// Package securityhub imports alerts as findings into AWS Security Hub.
package securityhub

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/episode"
	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/notificationlog"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// AccountPlaceholder is replaced by the account of the alert in the ARN of a role.
const AccountPlaceholder = "{account}"

// Limits of one BatchImportFindings request. The body has the list of findings and a few bytes around it.
const (
	maxFindings = 100
	maxBody     = 240_000
)

// Client imports alerts with BatchImportFindings. A Client is not safe for concurrent use.
type Client struct {
	// Account is the account whose Security Hub receives all findings. Empty means the account of each alert.
	Account string
	// Region is the region of the Security Hub. Empty means the region of each alert.
	Region string
	// RoleARN is the role to assume, in which [AccountPlaceholder] is replaced. Empty uses the credentials that the AWS
	// SDK finds.
	RoleARN string
	// ExternalID is the sts:ExternalId for the role. Empty sends none.
	ExternalID string
	// Endpoint is the URL of the API. Empty means AWS.
	Endpoint string
	// Timeout is the maximum duration of one request.
	Timeout time.Duration
	// EpisodeTimeout is the time without alerts after which a finding is archived. Zero means never.
	EpisodeTimeout time.Duration
	// Log records the imported episodes.
	Log *notificationlog.Log
	// ExternalURL is the base of links to the dashboard. It may be empty.
	ExternalURL string
	// Now returns the time.
	Now func() time.Time
	// Count counts a request or a rejected alert. The outcome is sent, failed (retried) or refused (dropped).
	Count func(ctx context.Context, outcome, reason string)

	http        *http.Client
	loaded      aws.Config
	credentials map[target]aws.CredentialsProvider
	save        func(context.Context)
}

// item is an alert with its finding.
type item struct {
	uid     string
	alerts  []*alert.Alert   // the new alerts of the episode
	episode *episode.Episode // stored in the log after the import succeeds
	finding *asff
	body    []byte
}

// Start loads the configuration of the AWS SDK. Credentials are requested when first needed. Each successful request is
// followed by a call of save.
func (c *Client) Start(ctx context.Context, _ component.Host, _ storage.Client, save func(context.Context)) (err error) {
	c.save = save
	c.credentials = map[target]aws.CredentialsProvider{}
	client := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DisableKeepAlives = true // alerts are rare
	})
	if c.loaded, err = config.LoadDefaultConfig(ctx, config.WithHTTPClient(client)); err != nil {
		return fmt.Errorf("load AWS configuration: %w", err)
	}
	// The SDK may have added the certificates of AWS_CA_BUNDLE to the transport.
	if built, ok := c.loaded.HTTPClient.(*awshttp.BuildableClient); ok {
		client = built
	}
	c.http = &http.Client{
		Transport: client.GetTransport(),
		// A redirect would send the findings to another host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return nil
}

// Send imports the alerts. It returns the alerts to send again later, unless the error is permanent.
func (c *Client) Send(ctx context.Context, alerts []*alert.Alert) (unsent []*alert.Alert, err error) {
	items, rejected := c.itemsOf(ctx, alerts)
	failed, errs := c.importAll(ctx, items)
	for _, each := range failed {
		unsent = append(unsent, each.alerts...)
	}
	return unsent, combine(rejected, errs)
}

// Tick archives the findings of timed-out episodes.
func (c *Client) Tick(ctx context.Context) error {
	byTarget := map[target][]*item{}
	for _, e := range c.Log.TimedOut(c.Now(), c.EpisodeTimeout) {
		to, err := c.targetOf(&e.Alert)
		if err != nil { // only after a change of the configuration
			c.Log.Put(e.Alert.UID, episode.NewEnded(c.Now()))
			continue
		}
		each := &item{uid: e.Alert.UID, episode: episode.NewEnded(c.Now())}
		each.finding = findingOf(&e.Alert, to, e.StartsAt, c.Now(), true, c.ExternalURL)
		byTarget[to] = append(byTarget[to], each)
	}
	_, errs := c.importAll(ctx, byTarget)
	return errors.Join(errs.temporary, errs.permanent)
}

// Save writes the log to the storage.
func (c *Client) Save(ctx context.Context) error { return c.Log.Save(ctx) }

// targetOf returns the Security Hub for an alert.
func (c *Client) targetOf(a *alert.Alert) (target, error) {
	to := target{cmp.Or(c.Account, a.Account), cmp.Or(c.Region, a.Region)}
	if to.account == "" {
		return to, fmt.Errorf("alert %s has no account; set security_hub::account", a.UID)
	}
	if to.region == "" {
		return to, fmt.Errorf("alert %s has no region; set security_hub::region", a.UID)
	}
	// Both become a part of a host name or an ARN.
	if strings.ContainsFunc(to.account+to.region, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		return to, fmt.Errorf("alert %s: invalid account %q or region %q", a.UID, to.account, to.region)
	}
	return to, nil
}

// itemsOf returns an item for each changed episode, with its newest alert, by target. Duplicates are left out. Alerts
// without an account or region are rejected.
func (c *Client) itemsOf(ctx context.Context, alerts []*alert.Alert) (byTarget map[target][]*item, rejected error) {
	now := c.Now()
	byTarget = map[target][]*item{}
	items := map[string]*item{}
	var errs []error
	for _, a := range alerts {
		each := items[a.UID]
		e := c.Log.Get(a.UID)
		if each != nil {
			e = each.episode
		}
		if e != nil && (e.Ended || e.Has(a)) {
			continue
		}
		to, err := c.targetOf(a)
		if err != nil {
			c.Count(ctx, "refused", "no_account_or_region")
			errs = append(errs, err)
			continue
		}
		if each == nil {
			each = &item{uid: a.UID}
			items[a.UID] = each
			byTarget[to] = append(byTarget[to], each)
		}
		created := startOf(a)
		if e != nil {
			created = e.StartsAt
			e = e.WithAlert(a, now)
		} else {
			e = episode.New(a, now)
			e.StartsAt = created
		}
		ended := a.Status == alert.Resolved
		each.alerts = append(each.alerts, a)
		each.finding = findingOf(a, to, created, now, ended, c.ExternalURL)
		if each.episode = e.WithNotification(now); ended {
			each.episode = episode.NewEnded(now)
		}
	}
	return byTarget, errors.Join(errs...)
}

// failures are the errors of several requests.
type failures struct{ temporary, permanent error }

// combine returns an error that is permanent if no alert remains to be sent.
func combine(rejected error, errs failures) error {
	permanent := errors.Join(rejected, errs.permanent)
	switch {
	case errs.temporary != nil && permanent != nil:
		// Without the type, or the whole would be permanent.
		return fmt.Errorf("%w; rejected: %s", errs.temporary, permanent.Error())
	case errs.temporary != nil:
		return errs.temporary
	case permanent != nil:
		return consumererror.NewPermanent(permanent)
	}
	return nil
}

// importAll imports the findings of each target. It returns the items to send again. One target's failure does not
// affect the others.
func (c *Client) importAll(ctx context.Context, byTarget map[target][]*item) (again []*item, errs failures) {
	order := slices.SortedFunc(maps.Keys(byTarget), func(a, b target) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.region, b.region))
	})
	for _, to := range order {
		rest := byTarget[to]
		for len(rest) > 0 {
			batch, err := takeBatch(&rest)
			if err != nil {
				errs.permanent = errors.Join(errs.permanent, err)
				continue
			}
			failed, result := c.importBatch(ctx, to, batch)
			again = append(again, failed...)
			errs.permanent = errors.Join(errs.permanent, result.permanent)
			if result.temporary == nil {
				continue
			}
			errs.temporary = errors.Join(errs.temporary, result.temporary)
			if len(failed) == len(batch) { // the next request would fail, too
				again = append(again, rest...)
				break
			}
		}
	}
	return again, errs
}

// takeBatch removes the items of one request from the list.
func takeBatch(list *[]*item) (batch []*item, err error) {
	size := len(`{"Findings":[]}`)
	for _, each := range *list {
		if each.body == nil {
			if each.body, err = json.Marshal(each.finding); err != nil {
				*list = (*list)[1:]
				return batch, fmt.Errorf("encode finding %s: %w", each.uid, err)
			}
		}
		if size += len(each.body) + 1; len(batch) > 0 && (size > maxBody || len(batch) == maxFindings) {
			break
		}
		batch = append(batch, each)
	}
	*list = (*list)[len(batch):]
	return batch, nil
}

// importBatch sends one request. It stores the imported episodes in the log, and returns the items to send again.
func (c *Client) importBatch(ctx context.Context, to target, batch []*item) (again []*item, errs failures) {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	var bodies [][]byte
	for _, each := range batch {
		bodies = append(bodies, each.body)
	}
	body := slices.Concat([]byte(`{"Findings":[`), bytes.Join(bodies, []byte{','}), []byte(`]}`))
	answer, err := c.post(ctx, to, body)
	if err != nil {
		err = fmt.Errorf("account %s, region %s: %w", to.account, to.region, err)
		if consumererror.IsPermanent(err) {
			c.Count(ctx, "refused", "clientError")
			return nil, failures{permanent: err}
		}
		c.Count(ctx, "failed", "serverError")
		return batch, failures{temporary: err}
	}
	failed := map[string]failedFinding{}
	for _, each := range answer.FailedFindings {
		failed[each.ID] = each
	}
	imported := 0
	for _, each := range batch {
		f, ok := failed[each.finding.ID]
		if !ok {
			c.Log.Put(each.uid, each.episode)
			imported++
			continue
		}
		err := fmt.Errorf("account %s, region %s: finding %s: %w", to.account, to.region, each.uid, f.err())
		if f.retryable() {
			c.Count(ctx, "failed", "serverError")
			again = append(again, each)
			errs.temporary = errors.Join(errs.temporary, err)
		} else {
			c.Count(ctx, "refused", "clientError")
			errs.permanent = errors.Join(errs.permanent, err)
		}
	}
	if imported > 0 {
		c.Count(ctx, "sent", "")
		c.save(ctx)
	}
	return again, errs
}

// credentialsOf returns the credentials for a target.
func (c *Client) credentialsOf(to target) aws.CredentialsProvider {
	if c.RoleARN == "" {
		return c.loaded.Credentials
	}
	if known, ok := c.credentials[to]; ok {
		return known
	}
	loaded := c.loaded.Copy()
	loaded.Region = cmp.Or(loaded.Region, to.region)
	arn := strings.ReplaceAll(c.RoleARN, AccountPlaceholder, to.account)
	provider := aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(loaded), arn, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "otelcol-vpcflow"
		if c.ExternalID != "" {
			o.ExternalID = &c.ExternalID
		}
	}))
	if len(c.credentials) >= maxTargets {
		clear(c.credentials) // whoever writes flow logs must not fill the memory
	}
	c.credentials[to] = provider
	return provider
}

// maxTargets bounds the cached credentials.
const maxTargets = 1000
