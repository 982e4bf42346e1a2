{{- /* Everything in the pods of the four services that is the same. dict: root, component, values, environment (a list
       of entries of its own), ports, volumes, mounts, token (whether it talks to the Kubernetes API), grace */}}

{{- define "sipulung.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "sipulung.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- /* Pods of one rollout spread over the nodes. dict: root, component */}}
{{- define "sipulung.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "sipulung.selector" . | nindent 6 }}
  {{- if .rollout }}
  matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}

{{- define "sipulung.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* What the chart sets. Pod variables come first: others refer to them. */}}
{{- define "sipulung.ownEnvironment" -}}
{{- $full := include "sipulung.fullname" .root -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- name: NODE_NAME
  valueFrom: { fieldRef: { fieldPath: spec.nodeName } }
- name: SIPULUNG_GRPC_LISTEN
  value: 0.0.0.0:7100
- name: SIPULUNG_ADMIN_LISTEN
  value: 0.0.0.0:7200
- name: SIPULUNG_NATS_URL
  {{- include "sipulung.storeUrl" (dict "store" .root.Values.nats "secret" (include "sipulung.storesSecret" .root) "key" "nats-url") | nindent 2 }}
- name: SIPULUNG_REDIS_URL
  {{- include "sipulung.storeUrl" (dict "store" .root.Values.valkey "secret" (include "sipulung.storesSecret" .root) "key" "redis-url") | nindent 2 }}
- name: SIPULUNG_SERVICE_KEY_FILE
  value: /etc/sipulung/service/service.key
- name: SIPULUNG_AUTH_ADDRESS
  value: {{ $full }}-auth:7100
- name: SIPULUNG_ROSTER_ADDRESS
  value: {{ $full }}-roster:7100
- name: SIPULUNG_OTLP_ENDPOINT
  value: {{ .root.Values.telemetry.otlpEndpoint | quote }}
- name: SIPULUNG_LOG_LEVEL
  value: {{ .root.Values.logLevel }}
{{- with .own }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The same, and what the operator gives in its place: the API server refuses a name that stands there twice. */}}
{{- define "sipulung.environment" -}}
{{- $given := merge (dict) .values.environment .root.Values.environment -}}
{{- range fromYamlArray (include "sipulung.ownEnvironment" .) }}
{{- if not (hasKey $given .name) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- range $name, $value := $given }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "sipulung.storeUrl" -}}
{{- if .store.urlSecret.name -}}
valueFrom: { secretKeyRef: { name: {{ .store.urlSecret.name }}, key: {{ .store.urlSecret.key }} } }
{{- else if .store.url -}}
value: {{ .store.url | quote }}
{{- else -}}
valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key }} } }
{{- end }}
{{- end }}

{{- define "sipulung.podTemplate" -}}
metadata:
  labels:
    {{- include "sipulung.labels" . | nindent 4 }}
  {{- with .values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "sipulung.fullname" .root }}-{{ .component }}
  automountServiceAccountToken: {{ .token | default false }}
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .grace }}
  {{- with .root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  securityContext:
    {{- include "sipulung.podSecurity" . | nindent 4 }}
  topologySpreadConstraints:
    {{- include "sipulung.spread" (dict "root" .root "component" .component "rollout" true) | nindent 4 }}
  {{- with include "sipulung.placement" .values }}
  {{- . | nindent 2 }}
  {{- end }}
  containers:
    - name: {{ .component }}
      image: {{ printf "%s/%s:%s" .root.Values.image.repository .component (.root.Values.image.tag | default .root.Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      env:
        {{- include "sipulung.environment" . | nindent 8 }}
      ports:
        - { name: grpc, containerPort: 7100 }
        - { name: admin, containerPort: 7200 }
        {{- with .ports }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      # Nothing but the process itself decides whether it lives; others decide only whether it is ready.
      startupProbe:
        httpGet: { path: /livez, port: admin }
        periodSeconds: 1
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /livez, port: admin }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 3
      readinessProbe:
        httpGet: { path: /readyz, port: admin }
        periodSeconds: 3
        timeoutSeconds: 3
        failureThreshold: 2
      # Those who reach this pod learn meanwhile that it goes.
      lifecycle:
        preStop: { sleep: { seconds: 5 } }
      resources:
        {{- toYaml .values.resources | nindent 8 }}
      securityContext:
        {{- include "sipulung.containerSecurity" . | nindent 8 }}
      volumeMounts:
        - { name: service-key, mountPath: /etc/sipulung/service, readOnly: true }
        - { name: tmp, mountPath: /tmp }
        {{- with .mounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: service-key
      secret: { secretName: {{ include "sipulung.serviceKeySecret" .root }}, defaultMode: 0440 }
    - name: tmp
      emptyDir: { sizeLimit: 64Mi }
    {{- with .volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "sipulung.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "sipulung.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end }}

{{- /* At most one pod at a time is taken away for maintenance. */}}
{{- define "sipulung.disruption" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "sipulung.metadata" . | nindent 2 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      {{- include "sipulung.selector" . | nindent 6 }}
{{- end }}

{{- /* Headless: a gRPC client sees every pod and spreads its calls. */}}
{{- define "sipulung.grpcService" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "sipulung.metadata" . | nindent 2 }}
spec:
  clusterIP: None
  selector:
    {{- include "sipulung.selector" . | nindent 4 }}
  ports:
    - { name: grpc, port: 7100, targetPort: grpc, appProtocol: kubernetes.io/h2c }
{{- end }}
