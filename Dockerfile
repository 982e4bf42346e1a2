# syntax=docker/dockerfile:1
# One target per service: docker build --target signaling -t <repository>/signaling:<version> .
ARG BASE=python:3.11-slim-bookworm
ARG RUST=rust:1-slim-bookworm
ARG NODE=node:22-bookworm-slim

# --- The web client, with the code generated for it. ---
FROM ${NODE} AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY proto /build/proto
COPY web/ ./
RUN PATH="/build/web/node_modules/.bin:$PATH" buf generate ../proto \
    --template '{"version":"v2","plugins":[{"local":"protoc-gen-es","out":"src/gen","opt":["target=ts","import_extension=none"]}]}'
RUN npm run build

# --- What every Python stage needs. ---
FROM ${BASE} AS uv
RUN pip install --no-cache-dir --disable-pip-version-check uv==0.13.9
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
WORKDIR /app

# --- The code generated for the services. ---
FROM uv AS generated
COPY pyproject.toml uv.lock ./
COPY services/media/datapath/py/pyproject.toml services/media/datapath/py/pyproject.toml
RUN uv sync --frozen --only-group proto --no-install-workspace
COPY proto proto
RUN mkdir -p gen/python && .venv/bin/python -m grpc_tools.protoc -Iproto --python_out=gen/python --grpc_python_out=gen/python \
    $(find proto -name '*.proto')

# --- The Rust extension, as a wheel. ---
FROM ${RUST} AS rust

FROM uv AS datapath
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY --from=rust /usr/local/rustup /usr/local/rustup
COPY --from=rust /usr/local/cargo /usr/local/cargo
ENV RUSTUP_HOME=/usr/local/rustup CARGO_HOME=/usr/local/cargo PATH=/usr/local/cargo/bin:$PATH
COPY pyproject.toml uv.lock ./
COPY services/media/datapath services/media/datapath
RUN uv build --wheel --package sipulung-datapath --out-dir /wheels

# --- Dependencies from the lock file: all of them for media, without those of media for the others. ---
FROM uv AS environment
COPY pyproject.toml uv.lock ./
COPY services/media/datapath/py/pyproject.toml services/media/datapath/py/pyproject.toml
RUN uv sync --frozen --no-default-groups --no-install-workspace \
    --no-install-package aiortc --no-install-package aioice --no-install-package av --no-install-package pylibsrtp \
    --no-install-package pyee --no-install-package pyopenssl --no-install-package google-crc32c \
    --no-install-package ifaddr --no-install-package kubernetes

FROM uv AS media-environment
COPY pyproject.toml uv.lock ./
COPY services/media/datapath/py/pyproject.toml services/media/datapath/py/pyproject.toml
RUN uv sync --frozen --no-default-groups --no-install-workspace
COPY --from=datapath /wheels /wheels
RUN uv pip install --no-deps /wheels/*.whl

# --- What the images of all services have in common. ---
FROM ${BASE} AS service
LABEL org.opencontainers.image.title="Sipulung" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 sipulung && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin sipulung
WORKDIR /app
ENV PATH=/app/bin:/app/.venv/bin:$PATH PYTHONPATH=/app:/app/gen/python PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
COPY LICENSE ./
COPY --from=generated /app/gen gen
COPY services/__init__.py services/__init__.py
COPY services/common services/common

FROM service AS auth
COPY --from=environment /app/.venv .venv
COPY services/auth services/auth
COPY services/cli services/cli
COPY bin bin
USER 10001:10001
ENTRYPOINT ["python", "-m", "services.auth"]

FROM service AS roster
COPY --from=environment /app/.venv .venv
COPY services/roster services/roster
USER 10001:10001
ENTRYPOINT ["python", "-m", "services.roster"]

FROM service AS signaling
COPY --from=environment /app/.venv .venv
COPY --from=web /build/web/dist web/dist
COPY services/signaling services/signaling
USER 10001:10001
ENTRYPOINT ["python", "-m", "services.signaling"]

FROM service AS media
COPY --from=media-environment /app/.venv .venv
COPY services/media services/media
USER 10001:10001
ENTRYPOINT ["python", "-m", "services.media"]
