"""gunicorn: threads, because a request waits for PostgreSQL more than it computes."""

import os

host = os.environ.get("HOST", "127.0.0.1")
bind = (
    f"[{host}]:{os.environ.get('PORT', '8000')}"
    if ":" in host
    else f"{host}:{os.environ.get('PORT', '8000')}"
)
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A fresh process now and then: image and workbook libraries leave memory behind. The jitter keeps
# the workers from going all at once.
max_requests = 5000
max_requests_jitter = 500
timeout = 60
graceful_timeout = 8
keepalive = 30
# /tmp may be a disk: a heartbeat file there stalls when the disk does.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True  # nobody steers it from outside
