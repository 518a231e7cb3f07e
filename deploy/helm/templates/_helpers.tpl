{{- define "vpcflow.name" -}}
{{- if contains "otelcol-vpcflow" .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-otelcol-vpcflow" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The labels that select the pods of the release. Prometheus takes the name of the job from the first. */}}
{{- define "vpcflow.selector" -}}
app.kubernetes.io/name: otelcol-vpcflow
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "vpcflow.labels" -}}
{{ include "vpcflow.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "vpcflow.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "vpcflow.name" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "vpcflow.secret" -}}
{{- .Values.secret.existingName | default (include "vpcflow.name" .) -}}
{{- end -}}

{{- define "vpcflow.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Nine tenths of limits.memory in MiB, for Go's garbage collector; empty for another unit than Mi and Gi. */}}
{{- define "vpcflow.goMemory" -}}
{{- $memory := dig "limits" "memory" "" . | toString -}}
{{- if regexMatch "^[0-9]+Gi$" $memory -}}
{{- div (mul (trimSuffix "Gi" $memory | int64) 1024 9) 10 -}}MiB
{{- else if regexMatch "^[0-9]+Mi$" $memory -}}
{{- div (mul (trimSuffix "Mi" $memory | int64) 9) 10 -}}MiB
{{- end -}}
{{- end -}}

{{/* The roles of the mode, as YAML: the configuration of each in files/, its replicas, and what the chart changes in it. */}}
{{- define "vpcflow.roles" -}}
{{- $networks := .Values.internalNetworks -}}
{{- if eq .Values.mode "single" }}
collector:
  file: production
  replicas: 1
  volume: true
  page: true
  resources: {{ toJson .Values.resources }}
  user: {{ toJson .Values.config }}
  config:
    {{- with $networks }}
    processors: {vpc_detection: {internal_networks: {{ toJson . }}}}
    exporters: {vpc_dashboard: {internal_networks: {{ toJson . }}}}
    {{- end }}
    service: {}
{{- else }}
{{- $client := toJson (merge (dict "brokers" .Values.kafka.brokers) .Values.kafka.client) }}
{{- $health := `{endpoint: "${env:HEALTH_ENDPOINT:-0.0.0.0:13133}", component_health: {include_permanent_errors: true, include_recoverable_errors: true, recovery_duration: 10m}}` }}
{{- $telemetry := `{metrics: {readers: [{pull: {exporter: {prometheus: {host: "${env:METRICS_HOST:-localhost}", port: 8888}}}}]}}` }}
reader:
  file: reader
  replicas: {{ .Values.kafka.readers.replicas }}
  resources: {{ toJson .Values.kafka.readers.resources }}
  user: {{ toJson .Values.kafka.readers.config }}
  config:
    extensions: {health_check: {{ $health }}, kafka_storage: {{ $client }}}
    exporters: {kafka: {{ $client }}}
    service: {extensions: [kafka_storage, health_check], telemetry: {{ $telemetry }}}
detector:
  file: detector
  replicas: {{ .Values.kafka.detectors.replicas }}
  resources: {{ toJson .Values.kafka.detectors.resources }}
  user: {{ toJson .Values.kafka.detectors.config }}
  config:
    extensions: {health_check: {{ $health }}, kafka_storage: {{ $client }}}
    receivers: {vpc_flow: {kafka: {{ $client }}}}
    {{- with $networks }}
    processors: {vpc_detection: {internal_networks: {{ toJson . }}}}
    {{- end }}
    exporters: {kafka: {{ $client }}}
    service: {extensions: [kafka_storage, health_check], telemetry: {{ $telemetry }}}
page:
  file: page
  replicas: 1
  page: true
  resources: {{ toJson .Values.kafka.page.resources }}
  user: {{ toJson .Values.kafka.page.config }}
  config:
    extensions:
      health_check: {{ $health }}
      basicauth: {htpasswd: {inline: "admin:${env:DASHBOARD_PASSWORD}"}}
      kafka_storage: {{ toJson (merge (dict "prefix" "page") (fromJson $client)) }}
    receivers:
      vpc_flow/flows: {kafka: {{ $client }}}
      vpc_flow/alerts: {kafka: {{ $client }}}
    exporters:
      vpc_dashboard:
        endpoint: ${env:DASHBOARD_ENDPOINT:-localhost:8765}
        auth: {authenticator: basicauth}
        storage: kafka_storage
        {{- with $networks }}
        internal_networks: {{ toJson . }}
        {{- end }}
      alert_notifier:
        storage: kafka_storage
        external_url: ${env:DASHBOARD_URL:-http://localhost:8765}
        slack_configs: [{api_url: "${env:SLACK_WEBHOOK_URL}", channel: "${env:SLACK_CHANNEL:-#security}", send_resolved: true}]
    service:
      extensions: [kafka_storage, health_check, basicauth]
      telemetry: {{ $telemetry }}
      pipelines: {logs/alerts: {exporters: [alert_notifier, vpc_dashboard]}}
{{- end }}
{{- end -}}
