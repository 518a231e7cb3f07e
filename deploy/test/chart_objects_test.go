// Copyright The otelcol-vpcflow Authors
// SPDX-License-Identifier: Apache-2.0

package deploytest

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func TestChartHasTheObjectsOfItsMode(t *testing.T) {
	for name, c := range map[string]struct {
		values string
		want   []string
	}{
		"single": {single, []string{
			"ConfigMap/vpcflow-otelcol-vpcflow-collector", "NetworkPolicy/vpcflow-otelcol-vpcflow", "PodDisruptionBudget/vpcflow-otelcol-vpcflow-collector",
			"Service/vpcflow-otelcol-vpcflow", "Service/vpcflow-otelcol-vpcflow-metrics", "ServiceAccount/vpcflow-otelcol-vpcflow",
			"StatefulSet/vpcflow-otelcol-vpcflow-collector",
		}},
		"kafka": {kafka, []string{
			"ConfigMap/vpcflow-otelcol-vpcflow-detector", "ConfigMap/vpcflow-otelcol-vpcflow-page", "ConfigMap/vpcflow-otelcol-vpcflow-reader",
			"NetworkPolicy/vpcflow-otelcol-vpcflow",
			"PodDisruptionBudget/vpcflow-otelcol-vpcflow-detector", "PodDisruptionBudget/vpcflow-otelcol-vpcflow-page", "PodDisruptionBudget/vpcflow-otelcol-vpcflow-reader",
			"Service/vpcflow-otelcol-vpcflow", "Service/vpcflow-otelcol-vpcflow-metrics", "ServiceAccount/vpcflow-otelcol-vpcflow",
			"StatefulSet/vpcflow-otelcol-vpcflow-detector", "StatefulSet/vpcflow-otelcol-vpcflow-page", "StatefulSet/vpcflow-otelcol-vpcflow-reader",
		}},
		"everything": {single + everything, []string{
			"ConfigMap/vpcflow-otelcol-vpcflow-collector", "Ingress/vpcflow-otelcol-vpcflow", "NetworkPolicy/vpcflow-otelcol-vpcflow",
			"PodDisruptionBudget/vpcflow-otelcol-vpcflow-collector", "PrometheusRule/vpcflow-otelcol-vpcflow", "Service/vpcflow-otelcol-vpcflow",
			"Service/vpcflow-otelcol-vpcflow-metrics", "ServiceAccount/vpcflow-otelcol-vpcflow", "ServiceMonitor/vpcflow-otelcol-vpcflow",
			"StatefulSet/vpcflow-otelcol-vpcflow-collector",
		}},
		"a secret of the chart": {
			"sqsQueueUrl: https://sqs.eu-west-1.amazonaws.com/123456789012/flow-logs\n" +
				"secret: {slackWebhookUrl: 'https://hooks.slack.com/a', dashboardPassword: 0123456789ab}\n" +
				"serviceAccount: {create: false, name: mine}\nnetworkPolicy: {enabled: false}\npodDisruptionBudget: {enabled: false}",
			[]string{
				"ConfigMap/vpcflow-otelcol-vpcflow-collector", "Secret/vpcflow-otelcol-vpcflow", "Service/vpcflow-otelcol-vpcflow",
				"Service/vpcflow-otelcol-vpcflow-metrics", "StatefulSet/vpcflow-otelcol-vpcflow-collector",
			},
		},
	} {
		assert.Equal(t, c.want, slices.Sorted(maps.Keys(manifests(t, c.values))), name)
	}
}

// modes are the values with which the tests below check all objects.
var modes = map[string]string{"single": single, "single with everything": single + everything, "kafka": kafka, "kafka with everything": kafka + everything}

func TestPodsRunWithoutPrivileges(t *testing.T) {
	forEachSet(t, func(t *testing.T, _ map[string]runtime.Object, set *apps.StatefulSet) {
		pod := set.Spec.Template.Spec
		assert.Equal(t, &core.PodSecurityContext{
			RunAsNonRoot: new(true), RunAsUser: new(int64(10001)), RunAsGroup: new(int64(10001)), FSGroup: new(int64(10001)),
			FSGroupChangePolicy: new(core.FSGroupChangeOnRootMismatch), SeccompProfile: &core.SeccompProfile{Type: core.SeccompProfileTypeRuntimeDefault},
		}, pod.SecurityContext)
		assert.Equal(t, &core.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true), Capabilities: &core.Capabilities{Drop: []core.Capability{"ALL"}},
		}, pod.Containers[0].SecurityContext)
		assert.Equal(t, new(false), pod.AutomountServiceAccountToken)
	})
}

func TestEachReferenceOfAPodExists(t *testing.T) {
	forEachSet(t, func(t *testing.T, all map[string]runtime.Object, set *apps.StatefulSet) {
		pod := set.Spec.Template.Spec
		volumes := map[string]bool{}
		for _, volume := range pod.Volumes {
			volumes[volume.Name] = true
			if volume.ConfigMap != nil {
				configuration := all["ConfigMap/"+volume.ConfigMap.Name].(*core.ConfigMap).Data
				for _, argument := range pod.Containers[0].Args {
					assert.NotEmpty(t, configuration[filepath.Base(argument)], argument)
				}
			}
		}
		for _, claim := range set.Spec.VolumeClaimTemplates {
			volumes[claim.Name] = true
		}
		for _, mount := range pod.Containers[0].VolumeMounts {
			assert.True(t, volumes[mount.Name], mount.Name)
			delete(volumes, mount.Name)
		}
		assert.Empty(t, volumes, "volumes that are not mounted")
		assert.Contains(t, all, "ServiceAccount/"+pod.ServiceAccountName)
		assert.Contains(t, all, "Service/"+set.Spec.ServiceName)
		for key, value := range set.Spec.Selector.MatchLabels {
			assert.Equal(t, value, set.Spec.Template.Labels[key])
		}
	})
}

// TestOnlyReadinessFollowsTheDestinations also checks that the ports of the probes are those of the health check.
func TestOnlyReadinessFollowsTheDestinations(t *testing.T) {
	forEachSet(t, func(t *testing.T, _ map[string]runtime.Object, set *apps.StatefulSet) {
		container := set.Spec.Template.Spec.Containers[0]
		health := slices.IndexFunc(container.Ports, func(port core.ContainerPort) bool { return port.Name == "health" })
		assert.Equal(t, int32(13133), container.Ports[health].ContainerPort)
		open := core.ProbeHandler{TCPSocket: &core.TCPSocketAction{Port: intstr.FromString("health")}}
		assert.Equal(t, open, container.StartupProbe.ProbeHandler)
		assert.Equal(t, open, container.LivenessProbe.ProbeHandler)
		assert.Equal(t, core.ProbeHandler{HTTPGet: &core.HTTPGetAction{Path: "/", Port: intstr.FromString("health")}}, container.ReadinessProbe.ProbeHandler)
	})
}

// forEachSet runs a test for each StatefulSet of each mode.
func forEachSet(t *testing.T, test func(*testing.T, map[string]runtime.Object, *apps.StatefulSet)) {
	t.Helper()
	count := 0
	for mode, values := range modes {
		all := manifests(t, values)
		for name, object := range all {
			if set, ok := object.(*apps.StatefulSet); ok {
				count++
				t.Run(mode+" "+name, func(t *testing.T) { test(t, all, set) })
			}
		}
	}
	assert.Equal(t, 8, count)
}

func TestOnlyTheSingleCollectorHasAVolume(t *testing.T) {
	set := manifests(t, single+everything)["StatefulSet/vpcflow-otelcol-vpcflow-collector"].(*apps.StatefulSet)
	assert.Equal(t, int32(1), *set.Spec.Replicas)
	claim := set.Spec.VolumeClaimTemplates[0].Spec
	assert.Equal(t, "10Gi", claim.Resources.Requests.Storage().String())
	assert.Equal(t, "gp3", *claim.StorageClassName)
	mounts := set.Spec.Template.Spec.Containers[0].VolumeMounts
	assert.Contains(t, mounts, core.VolumeMount{Name: "state", MountPath: "/var/lib/otelcol-vpcflow"})
	for name, replicas := range map[string]int32{"reader": 2, "detector": 3, "page": 1} {
		set := manifests(t, kafka)["StatefulSet/vpcflow-otelcol-vpcflow-"+name].(*apps.StatefulSet)
		assert.Equal(t, replicas, *set.Spec.Replicas)
		assert.Empty(t, set.Spec.VolumeClaimTemplates)
		assert.Equal(t, apps.ParallelPodManagement, set.Spec.PodManagementPolicy)
	}
}

func TestServicesAndPoliciesSelectThePodsThatHaveTheirPorts(t *testing.T) {
	for mode, values := range modes {
		all := manifests(t, values)
		for name, object := range all {
			switch object := object.(type) {
			case *core.Service:
				selected := 0
				for _, set := range selectedBy(all, object.Spec.Selector) {
					selected++
					names := map[string]bool{}
					for _, port := range set.Spec.Template.Spec.Containers[0].Ports {
						names[port.Name] = true
					}
					assert.True(t, names[object.Spec.Ports[0].TargetPort.String()], "%s: %s", mode, name)
				}
				assert.NotZero(t, selected, "%s: %s", mode, name)
			case *policy.PodDisruptionBudget:
				assert.Len(t, selectedBy(all, object.Spec.Selector.MatchLabels), 1, "%s: %s", mode, name)
			case *networking.NetworkPolicy:
				want := 1
				if strings.HasPrefix(mode, "kafka") {
					want = 3
				}
				assert.Len(t, selectedBy(all, object.Spec.PodSelector.MatchLabels), want, "%s: %s", mode, name)
			case *monitoring.ServiceMonitor:
				metrics := all["Service/vpcflow-otelcol-vpcflow-metrics"].(*core.Service)
				for key, value := range object.Spec.Selector.MatchLabels {
					assert.Equal(t, value, metrics.Labels[key])
				}
				assert.Equal(t, "otelcol-vpcflow", metrics.Labels[object.Spec.JobLabel], "the alerting rules expect this job")
				assert.Equal(t, metrics.Spec.Ports[0].Name, object.Spec.Endpoints[0].Port)
			}
		}
	}
}

// selectedBy returns the StatefulSets whose pods have the labels.
func selectedBy(all map[string]runtime.Object, labels map[string]string) (selected []*apps.StatefulSet) {
	for _, object := range all {
		set, ok := object.(*apps.StatefulSet)
		if !ok {
			continue
		}
		matches := true
		for key, value := range labels {
			matches = matches && set.Spec.Template.Labels[key] == value
		}
		if matches {
			selected = append(selected, set)
		}
	}
	return selected
}

func TestNetworkPolicyOpensOnlyWhatIsNeeded(t *testing.T) {
	peers := func(values string) (page, metrics []networking.NetworkPolicyPeer, tcp []int32) {
		spec := manifests(t, values)["NetworkPolicy/vpcflow-otelcol-vpcflow"].(*networking.NetworkPolicy).Spec
		assert.Equal(t, []networking.PolicyType{networking.PolicyTypeIngress, networking.PolicyTypeEgress}, spec.PolicyTypes)
		require.Len(t, spec.Ingress, 2)
		assert.Equal(t, "page", spec.Ingress[0].Ports[0].Port.String())
		assert.Equal(t, "metrics", spec.Ingress[1].Ports[0].Port.String())
		assert.Equal(t, "53", spec.Egress[0].Ports[0].Port.String())
		// EKS Pod Identity and the metadata of the instance use HTTP on port 80, which is open for nothing else.
		addresses := []string{}
		for _, peer := range spec.Egress[2].To {
			addresses = append(addresses, peer.IPBlock.CIDR)
		}
		assert.Equal(t, []string{"169.254.170.23/32", "fd00:ec2::23/128", "169.254.169.254/32"}, addresses)
		assert.Equal(t, "80", spec.Egress[2].Ports[0].Port.String())
		assert.Len(t, spec.Egress, 3)
		for _, port := range spec.Egress[1].Ports {
			tcp = append(tcp, port.Port.IntVal)
		}
		return spec.Ingress[0].From, spec.Ingress[1].From, tcp
	}
	everywhere := []networking.NetworkPolicyPeer{{NamespaceSelector: &meta.LabelSelector{}}}
	page, metrics, tcp := peers(single)
	assert.Equal(t, []networking.NetworkPolicyPeer{{PodSelector: &meta.LabelSelector{}}}, page, "only the namespace")
	assert.Equal(t, everywhere, metrics)
	assert.Equal(t, []int32{443}, tcp)
	page, _, tcp = peers(kafka + "ingress: {enabled: true, host: a.example.com}")
	assert.Equal(t, everywhere, page, "the controller of the ingress is in another namespace")
	assert.Equal(t, []int32{443, 9092, 9093}, tcp)
	page, metrics, tcp = peers(single + everything)
	assert.Equal(t, []networking.NetworkPolicyPeer{{IPBlock: &networking.IPBlock{CIDR: "10.0.0.0/8"}}}, page)
	assert.Equal(t, []networking.NetworkPolicyPeer{{PodSelector: &meta.LabelSelector{MatchLabels: map[string]string{"app": "prometheus"}}}}, metrics)
	assert.Equal(t, []int32{443, 587}, tcp)
}

func TestIngressHasTLSAndLinksOpenIt(t *testing.T) {
	all := manifests(t, single+everything)
	ingress := all["Ingress/vpcflow-otelcol-vpcflow"].(*networking.Ingress).Spec
	assert.Equal(t, []networking.IngressTLS{{Hosts: []string{"vpcflow.example.com"}, SecretName: "vpcflow-tls"}}, ingress.TLS)
	backend := ingress.Rules[0].HTTP.Paths[0].Backend.Service
	assert.Equal(t, all["Service/"+backend.Name].(*core.Service).Spec.Ports[0].Name, backend.Port.Name)
	environment := all["StatefulSet/vpcflow-otelcol-vpcflow-collector"].(*apps.StatefulSet).Spec.Template.Spec.Containers[0].Env
	assert.Contains(t, environment, core.EnvVar{Name: "DASHBOARD_URL", Value: "https://vpcflow.example.com"})
}

func TestServiceAccountHasTheRole(t *testing.T) {
	account := manifests(t, single+everything)["ServiceAccount/vpcflow-otelcol-vpcflow"].(*core.ServiceAccount)
	assert.Equal(t, map[string]string{"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/vpcflow", "a": "b"}, account.Annotations)
	assert.Empty(t, manifests(t, single)["ServiceAccount/vpcflow-otelcol-vpcflow"].(*core.ServiceAccount).Annotations, "EKS Pod Identity needs none")
}
