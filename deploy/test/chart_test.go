// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package deploytest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"log"
	"os"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // Helm logs that files of the chart are links
	os.Exit(m.Run())
}

const chartFolder = "../helm"

// The values that a user must set.
const (
	single = `
sqsQueueUrl: https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs
secret: {existingName: vpcflow}
`
	kafka = single + `
mode: kafka
kafka: {brokers: [kafka-1:9092, kafka-2:9093], client: {tls: {}, auth: {sasl: {mechanism: SCRAM-SHA-512, username: vpcflow, password: "${env:KAFKA_PASSWORD}"}}}}
`
	everything = `
internalNetworks: [10.0.0.0/8, 203.0.113.0/24]
serviceAccount: {roleArn: "arn:aws:iam::123456789012:role/vpcflow", annotations: {a: b}}
image: {digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000", pullSecrets: [{name: registry}]}
persistence: {storageClass: gp3}
ingress: {enabled: true, className: nginx, host: vpcflow.example.com, tlsSecret: vpcflow-tls, annotations: {a: b}}
networkPolicy: {pageFrom: [{ipBlock: {cidr: 10.0.0.0/8}}], metricsFrom: [{podSelector: {matchLabels: {app: prometheus}}}], extraPorts: [587]}
serviceMonitor: {enabled: true, labels: {release: prometheus}}
prometheusRule: {enabled: true, labels: {release: prometheus}}
podAnnotations: {a: b}
podLabels: {a: b}
nodeSelector: {a: b}
tolerations: [{key: a, operator: Exists}]
affinity: {nodeAffinity: {}}
priorityClassName: high
extraEnv: [{name: A, value: b}]
`
)

// render returns the manifests as Helm renders them for a new release.
func render(t *testing.T, values string) (string, error) {
	t.Helper()
	chart, err := loader.Load(chartFolder)
	require.NoError(t, err)
	parsed, err := chartutil.ReadValues([]byte(values))
	require.NoError(t, err)
	install := action.NewInstall(&action.Configuration{})
	install.DryRun, install.ClientOnly = true, true
	install.ReleaseName, install.Namespace = "vpcflow", "security"
	install.KubeVersion = &chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"}
	release, err := install.Run(chart, parsed)
	if err != nil {
		return "", err
	}
	return release.Manifest, nil
}

// manifests decodes rendered manifests. It fails for a field that the type of the object does not have.
func manifests(t *testing.T, values string) map[string]runtime.Object {
	t.Helper()
	text, err := render(t, values)
	require.NoError(t, err)
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{apps.AddToScheme, core.AddToScheme, networking.AddToScheme, policy.AddToScheme, monitoring.AddToScheme} {
		require.NoError(t, add(scheme))
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	all := map[string]runtime.Object{}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if len(bytes.TrimSpace(document)) == 0 {
			continue
		}
		object, kind, err := decoder.Decode(document, nil, nil)
		require.NoError(t, err, string(document))
		name := kind.Kind + "/" + object.(meta.Object).GetName()
		require.NotContains(t, all, name)
		all[name] = object
	}
	return all
}

func TestChartPassesLint(t *testing.T) {
	for name, values := range map[string]string{"single": single, "kafka": kafka, "single with everything": single + everything, "kafka with everything": kafka + everything} {
		parsed, err := chartutil.ReadValues([]byte(values))
		require.NoError(t, err)
		lint := action.NewLint()
		lint.Strict = true
		result := lint.Run([]string{chartFolder}, parsed)
		assert.Empty(t, result.Errors, name)
		for _, message := range result.Messages {
			assert.Contains(t, message.Error(), "icon is recommended", name)
		}
	}
}
