"""Ask the web process next door whether it is healthy, as the proxy in front of it would ask.

Exit code 0 means yes. For the health check of a container, which has no curl.
"""

import http.client
import os
import sys


def main() -> None:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().replace("*", "localhost")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    connection.request("GET", "/health/", headers={"Host": host.lstrip("."), "X-Forwarded-Proto": "https"})
    sys.exit(connection.getresponse().status != http.HTTPStatus.OK)


if __name__ == "__main__":
    main()
