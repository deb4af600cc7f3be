# The application without servers: PostgreSQL and Redis are named by DATABASE_URL and REDIS_URL.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=gridgov.settings GRIDGOV_VAR=/var/lib/gridgov MEDIA_ROOT=/var/lib/gridgov/media

RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/gridgov gridgov
WORKDIR /app

COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --no-deps -r requirements/run.txt

COPY . .
# Translations and static files belong to the image. The secrets are for this step alone:
# nothing of the database, the chains or the registers is touched by it.
RUN python -m gridgov.kit.catalogues compile \
 && SECRET_KEY=build CHAIN_KEY=build INDEX_KEY=build DATA_KEYS=1:for-this-step-of-the-image-and-nothing-else \
    DATABASE_URL=postgresql://build REDIS_URL=redis://build \
    GRIDGOV_VAR=/app/var python manage.py collectstatic --noinput \
 && install -d -o gridgov -g gridgov /var/lib/gridgov/media \
 && mv /app/var/static /var/lib/gridgov/static

USER gridgov
EXPOSE 8000
ENV HOST=0.0.0.0 PORT=8000
CMD ["gunicorn", "gridgov.wsgi"]
