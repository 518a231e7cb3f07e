// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package deploytest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

func TestSettingsAreMergedOverTheConfigurationOfTheRole(t *testing.T) {
	changes := func(values, role string) (parsed struct{ Extensions, Processors, Exporters map[string]map[string]any }) {
		all := manifests(t, values+"\ninternalNetworks: [10.0.0.0/8, 203.0.113.0/24]")
		text := all["ConfigMap/vpcflow-otelcol-vpcflow-"+role].(*core.ConfigMap).Data["changes.yaml"]
		require.NoError(t, utilyaml.Unmarshal([]byte(text), &parsed))
		return parsed
	}
	networks := []any{"10.0.0.0/8", "203.0.113.0/24"}
	one := changes(single+"config: {exporters: {alert_notifier: {min_severity: medium}}}", "collector")
	assert.Equal(t, networks, one.Processors["vpc_detection"]["internal_networks"])
	assert.Equal(t, map[string]map[string]any{"vpc_dashboard": {"internal_networks": networks}, "alert_notifier": {"min_severity": "medium"}}, one.Exporters)

	many := strings.Replace(kafka, "kafka: {", "kafka: {page: {config: {exporters: {alert_notifier: {min_severity: medium}}}}, ", 1)
	assert.Equal(t, networks, changes(many, "detector").Processors["vpc_detection"]["internal_networks"])
	page := changes(many, "page")
	assert.Equal(t, networks, page.Exporters["vpc_dashboard"]["internal_networks"])
	assert.Equal(t, "medium", page.Exporters["alert_notifier"]["min_severity"])
	assert.Equal(t, "kafka_storage", page.Exporters["alert_notifier"]["storage"])
	brokers := []any{"kafka-1:9092", "kafka-2:9093"}
	for _, role := range []string{"reader", "detector", "page"} {
		settings := changes(many, role)
		clients := []map[string]any{settings.Extensions["kafka_storage"]}
		if role != "page" {
			clients = append(clients, settings.Exporters["kafka"])
		}
		for _, client := range clients {
			assert.Equal(t, brokers, client["brokers"], role)
			assert.NotEmpty(t, client["auth"], role)
		}
	}
}

// TestThePageAsksForAPassword reads the settings with which the page of each mode starts.
func TestThePageAsksForAPassword(t *testing.T) {
	for role, values := range map[string]string{"collector/production.yaml": single, "page/changes.yaml": kafka} {
		name, file, _ := strings.Cut(role, "/")
		var settings struct {
			Extensions map[string]struct{ Htpasswd struct{ Inline string } }
			Exporters  map[string]struct {
				Auth struct{ Authenticator string }
			}
			Service struct{ Extensions []string }
		}
		text := manifests(t, values)["ConfigMap/vpcflow-otelcol-vpcflow-"+name].(*core.ConfigMap).Data[file]
		require.NoError(t, utilyaml.Unmarshal([]byte(text), &settings))
		assert.Equal(t, "admin:${env:DASHBOARD_PASSWORD}", settings.Extensions["basicauth"].Htpasswd.Inline)
		assert.Equal(t, "basicauth", settings.Exporters["vpc_dashboard"].Auth.Authenticator)
		assert.Contains(t, settings.Service.Extensions, "basicauth")
	}
}

func TestGoMemoryLimitIsNineTenthsOfTheMemory(t *testing.T) {
	for memory, want := range map[string]string{"2Gi": "1843MiB", "1Gi": "921MiB", "512Mi": "460MiB", "2G": ""} {
		set := manifests(t, single+"resources: {limits: {memory: "+memory+"}}")["StatefulSet/vpcflow-otelcol-vpcflow-collector"].(*apps.StatefulSet)
		got := ""
		for _, variable := range set.Spec.Template.Spec.Containers[0].Env {
			if variable.Name == "GOMEMLIMIT" {
				got = variable.Value
			}
		}
		assert.Equal(t, want, got, memory)
	}
}

func TestPrometheusRuleHasTheAlertsOfTheDashboards(t *testing.T) {
	rule := manifests(t, single+everything)["PrometheusRule/vpcflow-otelcol-vpcflow"].(*monitoring.PrometheusRule)
	text, err := os.ReadFile("../../dashboards/alerts.yaml")
	require.NoError(t, err)
	var want monitoring.PrometheusRuleSpec
	require.NoError(t, utilyaml.UnmarshalStrict(text, &want))
	assert.Equal(t, want, rule.Spec)
	assert.Equal(t, "prometheus", rule.Labels["release"])
}

func TestSchemaRefusesWrongValuesByName(t *testing.T) {
	for _, c := range []struct{ name, values, want string }{
		{"no queue", "secret: {existingName: a}", "sqsQueueUrl"},
		{"a queue that is no URL", "sqsQueueUrl: flow-logs\nsecret: {existingName: a}", "sqsQueueUrl"},
		{"an unknown mode", single + "mode: both", "mode"},
		{"no brokers", single + "mode: kafka", "kafka/brokers"},
		{"a broker without a port", single + "mode: kafka\nkafka: {brokers: [kafka]}", "kafka/brokers/0"},
		{"settings of the single collector with kafka", kafka + "config: {receivers: {}}", "config"},
		{"a misspelled key", single + "persistance: {size: 1Gi}", "persistance"},
		{"a misspelled key inside", single + "image: {tagg: a}", "tagg"},
		{"a size without a unit", single + "persistence: {size: '10'}", "persistence/size"},
		{"a text for a number of replicas", single + "kafka: {readers: {replicas: two}}", "kafka/readers/replicas"},
		{"no reader", single + "kafka: {readers: {replicas: 0}}", "kafka/readers/replicas"},
		{"one reader", single + "kafka: {readers: {replicas: 1}}", ""},
		{"a role that is no ARN", single + "serviceAccount: {roleArn: vpcflow}", "serviceAccount/roleArn"},
		{"an ingress without a host", single + "ingress: {enabled: true}", "ingress/host"},
		{"no secret", "sqsQueueUrl: https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs", "secret/slackWebhookUrl"},
		{"a short password", "sqsQueueUrl: https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs\n" +
			"secret: {slackWebhookUrl: 'https://hooks.slack.com/a', dashboardPassword: 0123456789a}", "secret/dashboardPassword"},
		{"a network without a length", single + "internalNetworks: [10.0.0.0]", "internalNetworks/0"},
		{"a port that does not exist", single + "networkPolicy: {extraPorts: [65536]}", "networkPolicy/extraPorts/0"},
		{"the last port", single + "networkPolicy: {extraPorts: [65535]}", ""},
		{"an interval without a unit", single + "serviceMonitor: {interval: '30'}", "serviceMonitor/interval"},
		{"a pull policy that does not exist", single + "image: {pullPolicy: Sometimes}", "image/pullPolicy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := render(t, c.values)
			if c.want == "" {
				assert.NoError(t, err)
				return
			}
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
}

// TestCollectorAcceptsTheConfigurationsOfTheChart runs the collector's own check on each configuration, with the variables of its pod.
func TestCollectorAcceptsTheConfigurationsOfTheChart(t *testing.T) {
	binary, err := filepath.Abs("../../_build/otelcol-vpcflow")
	require.NoError(t, err)
	if _, err := os.Stat(binary); os.IsNotExist(err) && os.Getenv("CI") == "" {
		t.Skip("the collector is not built: make build")
	}
	forEachSet(t, func(t *testing.T, all map[string]runtime.Object, set *apps.StatefulSet) {
		pod := set.Spec.Template.Spec
		folder := t.TempDir()
		for name, text := range all["ConfigMap/"+set.Name].(*core.ConfigMap).Data {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		arguments := []string{"validate"}
		for _, argument := range pod.Containers[0].Args {
			arguments = append(arguments, strings.ReplaceAll(argument, "/etc/otelcol-vpcflow/chart/", folder+"/"))
		}
		environment := []string{
			"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T0/B0/x", "DASHBOARD_PASSWORD=secret", "KAFKA_PASSWORD=secret", "STATE_DIR=" + t.TempDir(),
		}
		for _, variable := range pod.Containers[0].Env {
			value := variable.Value
			if variable.ValueFrom != nil {
				value = set.Name + "-0"
			}
			environment = append(environment, variable.Name+"="+value)
		}
		command := exec.CommandContext(t.Context(), binary, arguments...)
		command.Env = append(command.Environ(), environment...)
		output, err := command.CombinedOutput()
		require.NoError(t, err, string(output))
		assert.NotContains(t, string(output), "Warning")
	})
}
