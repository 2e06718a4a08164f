# Blomst in a container: README.md, "Run in a container", says how to build, run and check it.
ARG PYTHON=3.11-slim

# What Blomst is made with: a layer of its own, so that a new Blomst does not bring it anew.
FROM docker.io/library/python:${PYTHON} AS parts
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock .container/strip.py ./
# Building, serving and training a network opens no header file, no tests, no libclang and no GPU.
RUN python -m venv --without-pip /opt/python \
 && pip --python /opt/python/bin/python install --only-binary :all: --require-hashes -r requirements.lock \
 && pip --python /opt/python/bin/python uninstall --yes libclang \
 && cd /opt/python/lib/python*/site-packages \
 && rm -rf tensorflow/include ai_edge_litert/libLiteRt*Gpu* \
 && find . -type d -name tests -prune -exec rm -r {} + \
 && python /build/strip.py tensorflow

# Blomst itself, and the network converted once, so that no container has to.
FROM parts AS blomst
COPY .container/build.lock ./
RUN pip install --only-binary :all: --require-hashes -r build.lock
COPY LICENSE README.md pyproject.toml ./
COPY models models
COPY static static
COPY templates templates
COPY app app
RUN pip wheel --no-index --no-deps --no-build-isolation . \
 && pip --python /opt/python/bin/python install --no-index --no-deps --target /opt/blomst blomst-*.whl \
 && PYTHONPATH=/opt/blomst /opt/python/bin/python -m app prepare --data /opt/blomst/prepared \
 && chmod -R a+rX /opt/blomst

FROM docker.io/library/python:${PYTHON}
COPY --from=parts /opt/python /opt/python
COPY --from=blomst /opt/blomst /opt/blomst
RUN install --directory --owner 10001 --group 10001 /data /data/tmp
# TMPDIR: under a read-only root there is no other place.
ENV PATH=/opt/blomst/bin:/opt/python/bin:$PATH \
    PYTHONPATH=/opt/blomst PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    BLOMST_PREPARED=/opt/blomst/prepared/derived BLOMST_DATA=/data TMPDIR=/data/tmp \
    BLOMST_HOST=0.0.0.0 BLOMST_PORT=8000
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", "import http.client, os, sys; asked = http.client.HTTPConnection('127.0.0.1', int(os.environ['BLOMST_PORT']), timeout=4); asked.request('GET', '/readyz'); sys.exit(asked.getresponse().status != 200)"]
ENTRYPOINT ["blomst"]
CMD ["serve"]
