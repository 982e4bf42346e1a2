{{- define "sipulung.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- /* The labels that select the pods of one component; they never change. dict: root, component */}}
{{- define "sipulung.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "sipulung.labels" -}}
{{ include "sipulung.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: sipulung
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "sipulung.metadata" -}}
name: {{ include "sipulung.fullname" .root }}-{{ .component }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "sipulung.labels" . | nindent 2 }}
{{- end }}

{{- define "sipulung.serviceKeySecret" -}}
{{ .Values.secrets.serviceKey | default (printf "%s-service-key" (include "sipulung.fullname" .)) }}
{{- end }}

{{- define "sipulung.signingKeysSecret" -}}
{{ .Values.secrets.signingKeys | default (printf "%s-signing-keys" (include "sipulung.fullname" .)) }}
{{- end }}

{{- define "sipulung.storesSecret" -}}
{{ include "sipulung.fullname" . }}-stores
{{- end }}

{{- /* "true" when the store is part of this release. dict: store (values of nats or valkey) */}}
{{- define "sipulung.included" -}}
{{- if not (or .store.url .store.urlSecret.name) }}true{{ end }}
{{- end }}
