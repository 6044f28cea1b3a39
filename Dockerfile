# syntax=docker/dockerfile:1
# The portal's image: one for web, worker, beat and the migration.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv/portal
COPY deploy/requirements.lock deploy/requirements.lock
RUN pip install --require-hashes --only-binary :all: -r deploy/requirements.lock
# By name, so that neither .env nor var/ can get in.
COPY manage.py manage.py
COPY pyproject.toml pyproject.toml
COPY LICENSE LICENSE
COPY NOTICE NOTICE
COPY accounts accounts
COPY audit audit
COPY budget budget
COPY common common
COPY covid covid
COPY learning learning
COPY jobruns jobruns
COPY kpi kpi
COPY meetings meetings
COPY pages pages
COPY planning planning
COPY projects projects
COPY reminders reminders
COPY reports reports
COPY sakhon_portal sakhon_portal
COPY spreadsheets spreadsheets
COPY strategy strategy
COPY submissions submissions
COPY data data
COPY locale locale
COPY static static
COPY templates templates
# The key signs nothing here; collectstatic only needs the settings to load.
RUN python -m sakhon_portal.webfonts static/fonts \
 && python -m sakhon_portal.translations build \
 && SECRET_KEY=of-the-build-only STATIC_MANIFEST=on STATIC_ROOT=/srv/static VAR_DIR=/tmp/var \
    python manage.py collectstatic --noinput \
 && python -m compileall -q /srv/portal /opt/venv/lib \
 && chmod -R a+rX /srv/portal /srv/static /opt/venv \
 && rm -rf /tmp/var

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=sakhon_portal.settings \
    STATIC_MANIFEST=on STATIC_ROOT=/srv/static VAR_DIR=/srv/var
RUN useradd --uid 10001 --no-create-home --home-dir /srv/portal --shell /usr/sbin/nologin portal \
 && mkdir -p /srv/var/published /srv/var/private /srv/shared-static \
 && chown -R portal:portal /srv/var /srv/shared-static
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/static /srv/static
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
USER portal
EXPOSE 8000
CMD ["gunicorn", "--config", "python:sakhon_portal.gunicorn", "--bind", "0.0.0.0:8000"]
