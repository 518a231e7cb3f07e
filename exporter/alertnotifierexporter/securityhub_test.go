// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package alertnotifierexporter

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"

	"github.com/vpcflow/otelcol-vpcflow/exporter/alertnotifierexporter/internal/alerttest"
	"github.com/vpcflow/otelcol-vpcflow/internal/alert"
)

// awsCredentials gives the AWS SDK credentials and the URL of its services.
func awsCredentials(t *testing.T, endpoint string) {
	t.Helper()
	t.Setenv("AWS_ENDPOINT_URL", endpoint)
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "eu-west-1")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(t.TempDir(), "none"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(t.TempDir(), "none"))
}

// startMoto starts moto, an emulator of AWS.
func startMoto(t *testing.T) (endpoint string) {
	t.Helper()
	program, err := filepath.Abs("../../_build/moto/bin/moto_server")
	require.NoError(t, err)
	if _, err := os.Stat(program); errors.Is(err, os.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("moto is not installed: make moto")
	}
	require.FileExists(t, program, "make moto")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	moto := exec.CommandContext(t.Context(), program, "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	require.NoError(t, moto.Start())
	t.Cleanup(func() { _ = moto.Process.Kill(); _ = moto.Wait() })
	endpoint = fmt.Sprintf("http://127.0.0.1:%d", port)
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint+"/moto-api/data.json", http.NoBody)
		require.NoError(t, err)
		request.Close = true
		response, err := http.DefaultClient.Do(request)
		return err == nil && response.Body.Close() == nil
	}, time.Minute, 100*time.Millisecond)
	return endpoint
}

// storedFindings returns the findings that an account has in moto, by Id.
func storedFindings(t *testing.T, endpoint, account, region string) map[string]map[string]any {
	t.Helper()
	body := []byte("{}")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint+"/findings", bytes.NewReader(body))
	require.NoError(t, err)
	request.Close = true
	request.Header.Set("X-Moto-Account-Id", account)
	hash := sha256.Sum256(body)
	require.NoError(t, v4.NewSigner().SignHTTP(t.Context(), aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"},
		request, hex.EncodeToString(hash[:]), "securityhub", region, alerttest.Noon()))
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(text))
	var answer struct{ Findings []map[string]any }
	require.NoError(t, json.Unmarshal(text, &answer))
	byID := map[string]map[string]any{}
	for _, f := range answer.Findings {
		byID[f["Id"].(string)] = f
	}
	assert.Len(t, byID, len(answer.Findings), "each Id once")
	return byID
}

func inAccount(account, region string, a *alert.Alert) *alert.Alert {
	next := *a
	next.Account, next.Region = account, region
	return &next
}

func TestMotoStoresOneFindingPerEpisodeInTheAccountOfTheAlert(t *testing.T) {
	endpoint := startMoto(t)
	awsCredentials(t, endpoint)
	r := start(t, noQueue+"external_url: http://dashboard:8765\nsecurity_hub: {role_arn: 'arn:aws:iam::{account}:role/findings', external_id: x, endpoint: "+endpoint+"}\n")
	first := alerttest.PortScan("a", "203.0.113.7")
	other := inAccount("222222222222", "us-east-1", alerttest.PortScan("b", "2001:db8::7"))
	require.NoError(t, r.send(first, other))

	findings := storedFindings(t, endpoint, "123456789012", "eu-west-1")
	require.Len(t, findings, 1)
	opened := findings["otelcol-vpcflow/a"]
	assert.Equal(t, "ACTIVE", opened["RecordState"])
	assert.Equal(t, map[string]any{"Status": "NEW"}, opened["Workflow"])
	assert.Equal(t, "arn:aws:securityhub:eu-west-1:123456789012:product/123456789012/default", opened["ProductArn"])
	assert.Equal(t, "123456789012", opened["AwsAccountId"])
	assert.Equal(t, map[string]any{"Label": "HIGH", "Original": "high"}, opened["Severity"])
	assert.Equal(t, []any{"TTPs/Discovery"}, opened["Types"])
	assert.Equal(t, "2025-01-15T00:00:00.000Z", opened["CreatedAt"])
	assert.Equal(t, "2025-01-15T12:00:00.000Z", opened["UpdatedAt"])
	assert.Equal(t, "http://dashboard:8765/alerts/a", opened["SourceUrl"])
	elsewhere := storedFindings(t, endpoint, "222222222222", "us-east-1")
	require.Len(t, elsewhere, 1)
	assert.Equal(t, "2001:db8::7", elsewhere["otelcol-vpcflow/b"]["Network"].(map[string]any)["SourceIpV6"])

	r.advance(10 * time.Minute)
	updated := alerttest.WithSeverity(alert.Critical, alerttest.Later(alert.Updated, first))
	require.NoError(t, r.send(updated))
	r.advance(10 * time.Minute)
	require.NoError(t, r.send(updated), "a duplicate")
	got := storedFindings(t, endpoint, "123456789012", "eu-west-1")["otelcol-vpcflow/a"]
	assert.Equal(t, "CRITICAL", got["Severity"].(map[string]any)["Label"])
	assert.Equal(t, "ACTIVE", got["RecordState"])
	assert.Equal(t, "2025-01-15T12:10:00.000Z", got["UpdatedAt"], "the duplicate is not imported")

	require.NoError(t, r.send(alerttest.Later(alert.Resolved, updated)))
	findings = storedFindings(t, endpoint, "123456789012", "eu-west-1")
	require.Len(t, findings, 1, "one finding's life")
	got = findings["otelcol-vpcflow/a"]
	assert.Equal(t, "ARCHIVED", got["RecordState"])
	assert.Equal(t, map[string]any{"Status": "RESOLVED"}, got["Workflow"])
	assert.Equal(t, opened["CreatedAt"], got["CreatedAt"])
	assert.Equal(t, "2025-01-15T12:20:00.000Z", got["UpdatedAt"])
	assert.Equal(t, map[string]int64{"security_hub sent": 4}, r.metric("vpc_flow.notifier.notifications"))
}

// hub is a stand-in for Security Hub in one account.
type hub struct {
	*server
	t *testing.T
	// failing has an error code by the Id of a finding.
	failing map[string]string
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{server: newServer(t), t: t, failing: map[string]string{}}
	awsCredentials(t, h.URL)
	h.work()
	return h
}

// work answers as Security Hub does.
func (h *hub) work() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.handler = func(w http.ResponseWriter, _ *http.Request) {
		h.mu.Lock()
		defer h.mu.Unlock()
		var failed []any
		for _, f := range h.requests[len(h.requests)-1].body["Findings"].([]any) {
			id := f.(map[string]any)["Id"].(string)
			if code := h.failing[id]; code != "" {
				failed = append(failed, map[string]any{"Id": id, "ErrorCode": code, "ErrorMessage": "no"})
			}
		}
		assert.NoError(h.t, json.NewEncoder(w).Encode(map[string]any{"FailedCount": len(failed), "FailedFindings": failed}))
	}
}

// imported returns the findings of each request since the last call, as Id and RecordState.
func (h *hub) imported() (requests [][]string) {
	for _, request := range h.takeRequests() {
		assert.Equal(h.t, "/findings/import", request.path)
		assert.Contains(h.t, request.header.Get("Authorization"), "/securityhub/aws4_request")
		var list []string
		for _, f := range request.body["Findings"].([]any) {
			fields := f.(map[string]any)
			list = append(list, strings.TrimPrefix(fields["Id"].(string), "otelcol-vpcflow/")+" "+fields["RecordState"].(string))
		}
		requests = append(requests, list)
	}
	return requests
}

func (h *hub) config() string {
	return noQueue + h.hub()
}

// hub returns the setting of the destination.
func (h *hub) hub() string {
	return "security_hub: {account: '111111111111', endpoint: " + h.URL + "}\n"
}

func TestSecurityHubReceivesAtMostAHundredFindingsPerRequest(t *testing.T) {
	h := newHub(t)
	r := start(t, h.config())
	var alerts []*alert.Alert
	for i := range 201 {
		alerts = append(alerts, alerttest.PortScan(fmt.Sprint("u", i), "203.0.113.7"))
	}
	require.NoError(t, r.send(alerts...))
	var sizes []int
	for _, request := range h.imported() {
		sizes = append(sizes, len(request))
	}
	assert.Equal(t, []int{100, 100, 1}, sizes)
}

func TestSecurityHubReceivesAtMost240KBPerRequest(t *testing.T) {
	h := newHub(t)
	r := start(t, h.config())
	var alerts []*alert.Alert
	for i := range 90 {
		a := alerttest.PortScan(fmt.Sprint("u", i), "203.0.113.7")
		a.Title, a.Body, a.Impact, a.Mitigation = strings.Repeat("t", 9000), strings.Repeat("b", 9000), strings.Repeat("i", 9000), strings.Repeat("m", 9000)
		a.Destinations = nil
		for j := range 5000 {
			a.Destinations = append(a.Destinations, netip.AddrFrom4([4]byte{10, 0, byte(j >> 8), byte(j)}))
		}
		alerts = append(alerts, a)
	}
	unsent, err := r.destinations[0].sender.Send(t.Context(), alerts)
	require.NoError(t, err)
	require.Empty(t, unsent)
	requests := h.takeRequests()
	total := 0
	for _, request := range requests {
		text, err := json.Marshal(request.body)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(text), 240_000)
		for _, f := range request.body["Findings"].([]any) {
			total++
			fields := f.(map[string]any)
			assert.Len(t, []rune(fields["Title"].(string)), 256)
			assert.Len(t, []rune(fields["Description"].(string)), 1024)
			assert.Len(t, []rune(fields["Remediation"].(map[string]any)["Recommendation"].(map[string]any)["Text"].(string)), 512)
			assert.LessOrEqual(t, len(fields["ProductFields"].(map[string]any)), 50)
		}
	}
	assert.Greater(t, len(requests), 1)
	assert.Equal(t, 90, total)
}

func TestSecurityHubReceivesOnlyFailedFindingsAgain(t *testing.T) {
	h := newHub(t)
	h.failing = map[string]string{"otelcol-vpcflow/b": "InternalException", "otelcol-vpcflow/c": "InvalidInput"}
	r := start(t, h.config())
	a, b, c := alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.8"), alerttest.PortScan("c", "203.0.113.9")
	unsent, err := r.destinations[0].sender.Send(t.Context(), []*alert.Alert{a, b, c})
	require.ErrorContains(t, err, "account 111111111111, region eu-west-1: finding b: InternalException: no")
	require.ErrorContains(t, err, "rejected: account 111111111111, region eu-west-1: finding c: InvalidInput: no")
	assert.False(t, consumererror.IsPermanent(err))
	assert.Equal(t, []*alert.Alert{b}, unsent)
	assert.Equal(t, map[string]int64{"security_hub sent": 1, "security_hub failed serverError": 1, "security_hub refused clientError": 1},
		r.metric("vpc_flow.notifier.notifications"))
	h.imported()
	h.failing = nil
	require.NoError(t, r.send(unsent...))
	assert.Equal(t, [][]string{{"b ACTIVE"}}, h.imported())
}

func TestSecurityHubErrors(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		header    []string
		permanent bool
	}{
		"an internal error is retried":                 {500, nil, false},
		"a throttled request is retried":               {429, nil, false},
		"throttling with status 400 is retried":        {400, []string{"X-Amzn-Errortype", "ThrottlingException:http://x"}, false},
		"expired credentials are retried":              {403, []string{"X-Amzn-Errortype", "ExpiredTokenException"}, false},
		"a response that is not JSON is retried":       {200, nil, false},
		"an invalid request is permanent":              {400, []string{"X-Amzn-Errortype", "InvalidInputException"}, true},
		"an account without Security Hub is permanent": {401, []string{"X-Amzn-Errortype", "InvalidAccessException"}, true},
		"denied access is permanent":                   {403, nil, true},
		"a redirect is permanent":                      {307, []string{"Location", "http://127.0.0.1:1"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			r := start(t, h.config())
			h.respond(c.status, c.header...)
			a := alerttest.PortScan("a", "203.0.113.7")
			unsent, err := r.destinations[0].sender.Send(t.Context(), []*alert.Alert{a})
			require.Error(t, err)
			assert.Equal(t, c.permanent, consumererror.IsPermanent(err))
			if c.permanent {
				assert.Empty(t, unsent)
			} else {
				assert.Equal(t, []*alert.Alert{a}, unsent)
			}
		})
	}
}

// sessionXML is a response to AssumeRole.
const sessionXML = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>k</AccessKeyId>` +
	`<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`

func TestSecurityHubOfOneAccountFailsAlone(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		body      string
		permanent bool
	}{
		"a role that denies access is permanent": {403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>", true},
		"an unavailable STS is retried":          {503, "<ErrorResponse><Error><Code>ServiceUnavailable</Code><Message>no</Message></Error></ErrorResponse>", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t)
			sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "x", r.FormValue("ExternalId"))
				if r.FormValue("RoleArn") == "arn:aws:iam::123456789012:role/findings" {
					w.WriteHeader(c.status)
					_, _ = io.WriteString(w, c.body)
					return
				}
				_, _ = io.WriteString(w, sessionXML)
			}))
			defer sts.Close()
			t.Setenv("AWS_ENDPOINT_URL_STS", sts.URL)
			r := start(t, noQueue+"security_hub: {role_arn: 'arn:aws:iam::{account}:role/findings', external_id: x, endpoint: "+h.URL+"}\n")
			a, b := alerttest.PortScan("a", "203.0.113.7"), inAccount("222222222222", "us-east-1", alerttest.PortScan("b", "203.0.113.7"))
			unsent, err := r.destinations[0].sender.Send(t.Context(), []*alert.Alert{a, b})
			require.ErrorContains(t, err, "account 123456789012, region eu-west-1: ")
			require.ErrorContains(t, err, "get AWS credentials: ")
			assert.Equal(t, c.permanent, consumererror.IsPermanent(err))
			assert.Equal(t, [][]string{{"b ACTIVE"}}, h.imported())
			if c.permanent {
				assert.Empty(t, unsent)
			} else {
				assert.Equal(t, []*alert.Alert{a}, unsent)
			}
		})
	}
}

func TestSecurityHubRejectsAlertsWithoutAnAccountOrRegion(t *testing.T) {
	h := newHub(t)
	r := start(t, noQueue+"security_hub: {role_arn: 'arn:aws:iam::{account}:role/findings', endpoint: "+h.URL+"}\n")
	for name, c := range map[string]struct{ account, region, want string }{
		"no account":        {"", "eu-west-1", "alert a has no account; set security_hub::account"},
		"no region":         {"123456789012", "", "alert a has no region; set security_hub::region"},
		"a region as a URL": {"123456789012", "x.example.com/", `alert a: invalid account "123456789012" or region "x.example.com/"`},
	} {
		t.Run(name, func(t *testing.T) {
			unsent, err := r.destinations[0].sender.Send(t.Context(), []*alert.Alert{inAccount(c.account, c.region, alerttest.PortScan("a", "203.0.113.7"))})
			assert.Empty(t, unsent)
			require.ErrorContains(t, err, c.want)
			assert.True(t, consumererror.IsPermanent(err))
			assert.Empty(t, h.takeRequests())
		})
	}
	assert.Equal(t, map[string]int64{"security_hub refused no_account_or_region": 3}, r.metric("vpc_flow.notifier.notifications"))
}

func TestSecurityHubReceivesTheNewestAlertOfAnEpisodeInABatch(t *testing.T) {
	h := newHub(t)
	r := start(t, h.config())
	a := alerttest.PortScan("a", "203.0.113.7")
	require.NoError(t, r.send(a, alerttest.Later(alert.Updated, a), alerttest.PortScan("b", "203.0.113.8"), alerttest.Later(alert.Resolved, a)))
	assert.Equal(t, [][]string{{"a ARCHIVED", "b ACTIVE"}}, h.imported())
	require.NoError(t, r.send(a), "a detector has crashed")
	assert.Empty(t, h.imported())
}

func TestSecurityHubArchivesTimedOutEpisodes(t *testing.T) {
	h := newHub(t)
	r := start(t, h.config())
	require.NoError(t, r.send(alerttest.PortScan("a", "203.0.113.7")))
	h.imported()
	r.advance(25*time.Hour - time.Second)
	r.tickAll()
	assert.Empty(t, h.imported())
	r.advance(time.Second)
	h.respond(500)
	r.tickAll()
	assert.Len(t, h.takeRequests(), 1)
	h.work()
	r.tickAll()
	assert.Equal(t, [][]string{{"a ARCHIVED"}}, h.imported(), "after a failure")
	r.tickAll()
	assert.Empty(t, h.imported())
}

func TestSecurityHubWithAStorageReceivesNoDuplicateAfterARestart(t *testing.T) {
	h := newHub(t)
	extensions := fileStorage(t, t.TempDir())
	a, b := alerttest.PortScan("a", "203.0.113.7"), alerttest.PortScan("b", "203.0.113.7")
	for _, c := range []struct {
		send []*alert.Alert
		want []string
	}{{[]*alert.Alert{a}, []string{"a ACTIVE"}}, {[]*alert.Alert{a, b}, []string{"b ACTIVE"}}} {
		r := newHarness(t, h.hub()+"storage: file_storage\ngroup_wait: 0s\n")
		r.extensions = extensions
		require.NoError(t, r.Start(t.Context(), r))
		require.NoError(t, r.send(c.send...))
		require.Eventually(t, func() bool { return h.count() > 0 }, 10*time.Second, time.Millisecond)
		require.NoError(t, r.Shutdown(t.Context()))
		assert.Equal(t, [][]string{c.want}, h.imported())
	}
}
